"""Renders a real MP4 for a prompt: on this machine, in about a second, for nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class ClipSpec:
    """All that decides a clip, to its last byte.

    `variation` is any string: it chooses the colours, the motion and the chord.
    `fast_start` puts the index before the media, so that a player needs no second request.
    """

    prompt: str
    caption: str
    width: int
    height: int
    fps: int
    seconds: int
    audio: bool
    variation: str
    fast_start: bool = True


def render_clip(
    spec: ClipSpec, destination: Path, *, is_stopping: Callable[[], bool] = bool
) -> None:
    """Write H.264 and AAC as an MP4; the same bytes for the same spec.

    Raise OSError where this machine cannot, and InterruptedError once `is_stopping`, which by
    default is never.
    """
    # Whoever only describes a clip does not wait for PyAV and Pillow.
    from shared.adapters.local.clip.encoder import encode

    encode(spec, destination, is_stopping)
