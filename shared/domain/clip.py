"""The measured facts of a clip, and the free space that storing clips requires."""

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.domain.video import GenerationParameters

# Larger than every clip seen so far, from Veo or rendered: a bound, not an estimate.
_MOST_BYTES_EACH_SECOND = {"720p": 2_000_000, "1080p": 4_000_000, "4k": 16_000_000}

# Clips of Gemini Omni that were ordered with 3 s have been measured as 3.029 s.
_TOLERANCE_SECONDS = 0.1
_TOLERANCE_SECONDS_OF_SOURCE = 1

# A clip may be stored twice during a write, and several are written at the same time.
_ROOM = 4


Companion = Literal["thumbnail", "spritesheet", "preview"]
"""A picture of a clip, stored beside it, by its name in the API."""

COMPANIONS: tuple[Companion, ...] = ("thumbnail", "spritesheet", "preview")


class ClipFacts(Struct, frozen=True, kw_only=True):
    """The clip as a player presents it: edit lists, rotation and pixel shape are applied.

    `fps` is the average; `audio_codec` and `audio_seconds` are None for a silent clip.
    `pixel_format` is FFmpeg's name, such as yuv420p; empty in records of earlier releases.
    `c2pa_manifest`: the file has one, not validated; None in records of earlier releases.
    `pictures` are those stored beside the clip; earlier releases stored only the thumbnail.
    """

    duration_seconds: float
    width: int
    height: int
    fps: float
    video_codec: str
    audio_codec: str | None
    size_bytes: int
    pixel_format: str = ""
    audio_seconds: float | None = None
    c2pa_manifest: bool | None = None
    pictures: tuple[Companion, ...] = ("thumbnail",)


def has_ordered_length(clip: ClipFacts, ordered: "GenerationParameters") -> bool:
    """Whether the clip is as long as it was ordered.

    Google documents no exact length of a clip that is made from another one.
    """
    made_from_clip = ordered.source_clip is not None
    seconds = _TOLERANCE_SECONDS_OF_SOURCE if made_from_clip else _TOLERANCE_SECONDS
    difference = timedelta(seconds=clip.duration_seconds - ordered.clip_seconds)
    return abs(difference) <= timedelta(seconds=seconds)


def room_for(clips: "Iterable[GenerationParameters]") -> int:
    """Return how many bytes must be free before these clips are made."""
    return sum(map(_most_bytes, clips)) * _ROOM


def _most_bytes(clip: "GenerationParameters") -> int:
    most = _MOST_BYTES_EACH_SECOND.get(clip.resolution, max(_MOST_BYTES_EACH_SECOND.values()))
    return most * ceil(clip.clip_seconds)
