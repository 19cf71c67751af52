"""What is measured of a clip before it is stored."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ClipFacts:
    """The clip as a player presents it: edit lists, rotation and pixel shape are applied.

    `fps` is the average; `audio_codec` and `audio_seconds` are None for a silent clip.
    `pixel_format` is FFmpeg's name, such as yuv420p; empty in records of earlier releases.
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
