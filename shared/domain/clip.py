"""What is known of a clip after it was looked into."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ClipFacts:
    """`fps` is the average; `audio_codec` is None for a silent clip."""

    duration_seconds: float
    width: int
    height: int
    fps: float
    video_codec: str
    audio_codec: str | None
    size_bytes: int
