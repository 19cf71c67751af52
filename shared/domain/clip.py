"""The measured facts of a clip, and the free space that storing clips requires."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.domain.video import GenerationParameters

# Larger than every clip seen so far, from Veo or rendered: a bound, not an estimate.
_MOST_BYTES_EACH_SECOND = {"720p": 2_000_000, "1080p": 4_000_000, "4k": 16_000_000}

_TOLERANCE_FRAMES = 2
_TOLERANCE_SECONDS_OF_SOURCE = 1

# A clip may be stored twice during a write, and several are written at the same time.
_ROOM = 4


@dataclass(frozen=True, kw_only=True)
class ClipFacts:
    """The clip as a player presents it: edit lists, rotation and pixel shape are applied.

    `fps` is the average; `audio_codec` and `audio_seconds` are None for a silent clip.
    `pixel_format` is FFmpeg's name, such as yuv420p; empty in records of earlier releases.
    `c2pa_manifest`: the file has a C2PA manifest, which is not validated; None is as above.
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


def has_ordered_length(clip: ClipFacts, ordered: "GenerationParameters") -> bool:
    """Whether the clip is as long as it was ordered.

    Google documents no exact length of a clip that is made from another one.
    """
    seconds = _TOLERANCE_FRAMES / ordered.fps
    if ordered.source_clip is not None:
        seconds = _TOLERANCE_SECONDS_OF_SOURCE
    difference = timedelta(seconds=clip.duration_seconds - ordered.clip_seconds)
    return abs(difference) <= timedelta(seconds=seconds)


def room_for(clips: "Iterable[GenerationParameters]") -> int:
    """Return how many bytes must be free before these clips are made."""
    return sum(map(_most_bytes, clips)) * _ROOM


def _most_bytes(clip: "GenerationParameters") -> int:
    most = _MOST_BYTES_EACH_SECOND.get(clip.resolution, max(_MOST_BYTES_EACH_SECOND.values()))
    return most * ceil(clip.clip_seconds)
