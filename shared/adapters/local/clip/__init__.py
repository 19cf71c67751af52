"""Render a real MP4 for a prompt, locally and in about a second."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct


class ClipSpec(Struct, frozen=True, kw_only=True):
    """Everything that determines the bytes of a clip.

    `variation` is any string; it selects the colours, the motion and the chord. `fast_start` puts
    the index before the media, so that a player needs no second request.

    A clip with an `image` begins with it and pushes in slowly; it may end with the `last_frame`.
    `references` are shown in a strip under the prompt. Each is the content of a JPEG or PNG.
    A clip may begin with all of the clip `extended`, or show the prompt over the clip `edited`.
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
    image: bytes | None = None
    last_frame: bytes | None = None
    references: tuple[bytes, ...] = ()
    extended: bytes | None = None
    edited: bytes | None = None


def render_clip(
    spec: ClipSpec, destination: Path, *, is_stopping: Callable[[], bool] = bool
) -> None:
    """Write an MP4 with H.264 and AAC; equal specs give equal bytes.

    Raise OSError if the clip cannot be written, and InterruptedError once `is_stopping` returns
    True; by default it never does.
    """
    # PyAV and Pillow are imported for rendering only, not to create a ClipSpec.
    from shared.adapters.local.clip.encoder import encode

    encode(spec, destination, is_stopping)
