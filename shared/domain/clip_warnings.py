"""How a stored clip differs from what was ordered, or from what browsers play.

A clip that decodes and has the ordered duration is paid for and is stored; other differences become
warnings of its video. Serious ones also keep the clip from replacing a current video.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from shared.domain.clip import ClipFacts
from shared.domain.models import frame_size
from shared.domain.video import GenerationParameters

_RATIO_TOLERANCE = 0.02
_SIZE_TOLERANCE = 0.95
_AUDIO_TOLERANCE_SECONDS = 0.5
_PLAYED_EVERYWHERE = ("h264", frozenset({"yuv420p", "yuvj420p", ""}))
# Current Chrome, Firefox and Safari each play some of these, on some machines.
_PLAYED_BY_SOME = frozenset({"av1", "hevc", "vp8", "vp9"})


class ClipWarningCode(StrEnum):
    SHAPE_MISMATCH = "shape_mismatch"
    RESOLUTION_LOWER = "resolution_lower"
    CODEC_NOT_PLAYED = "codec_not_played"
    CODEC_NOT_PLAYED_EVERYWHERE = "codec_not_played_everywhere"
    AUDIO_LONGER = "audio_longer"


_PROMOTE = "It never replaces a current video by itself: promote it to show it."

_Warning = tuple[ClipWarningCode, str]

KEPT_ASIDE = frozenset({ClipWarningCode.SHAPE_MISMATCH, ClipWarningCode.CODEC_NOT_PLAYED})


def clip_warnings(clip: ClipFacts, ordered: GenerationParameters) -> Mapping[ClipWarningCode, str]:
    """Return a sentence for each warning, by its code."""
    return dict((*_of_size(clip, ordered), *_of_codec(clip), *_of_audio(clip)))


def may_replace_current(clip: ClipFacts, ordered: GenerationParameters) -> bool:
    """Whether the clip may replace a current video."""
    return KEPT_ASIDE.isdisjoint(clip_warnings(clip, ordered))


def _of_size(clip: ClipFacts, ordered: GenerationParameters) -> Iterator[_Warning]:
    width, height = frame_size(ordered.resolution, ordered.aspect_ratio)
    made = f"The clip is {clip.width}x{clip.height}"
    if abs(clip.width * height / (clip.height * width) - 1) > _RATIO_TOLERANCE:
        message = f"{made}, but {ordered.aspect_ratio} was ordered. {_PROMOTE}"
        yield ClipWarningCode.SHAPE_MISMATCH, message
    elif clip.width < width * _SIZE_TOLERANCE:
        message = f"{made}, but {ordered.resolution} was ordered, which the price is based on."
        yield ClipWarningCode.RESOLUTION_LOWER, message


def _of_codec(clip: ClipFacts) -> Iterator[_Warning]:
    codec, formats = _PLAYED_EVERYWHERE
    if clip.video_codec == codec and clip.pixel_format in formats:
        return
    made = f"The clip is {clip.video_codec} {clip.pixel_format}".rstrip()
    if clip.video_codec in _PLAYED_BY_SOME:
        message = f"{made}, which some browsers do not play."
        yield ClipWarningCode.CODEC_NOT_PLAYED_EVERYWHERE, message
    else:
        yield ClipWarningCode.CODEC_NOT_PLAYED, f"{made}, which browsers do not play. {_PROMOTE}"


def _of_audio(clip: ClipFacts) -> Iterator[_Warning]:
    longer = (clip.audio_seconds or 0) - clip.duration_seconds
    if longer > _AUDIO_TOLERANCE_SECONDS:
        message = f"The sound lasts {longer:.1f} s longer than the picture."
        yield ClipWarningCode.AUDIO_LONGER, message
