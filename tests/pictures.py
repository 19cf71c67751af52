"""Pictures as callers send them."""

import base64
import io
from typing import Any

from PIL import Image

SIZE = (64, 36)
RED = (200, 30, 30)


def a_picture(
    kind: str = "PNG",
    *,
    size: tuple[int, int] = SIZE,
    mode: str = "RGB",
    colour: Any = RED,  # noqa: ANN401  # Pillow's own.
    **options: Any,  # noqa: ANN401  # Pillow's own.
) -> bytes:
    content = io.BytesIO()
    Image.new(mode, size, colour if mode in ("RGB", "RGBA") else 0).save(content, kind, **options)
    return content.getvalue()


def turned(size: tuple[int, int] = SIZE) -> bytes:
    """A JPEG on its side, with a note that a viewer turns it (EXIF)."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return a_picture("JPEG", size=size, exif=exif)


def data_uri(content: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
