"""Inspects pictures with Pillow."""

import hashlib
import io
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from shared.domain.errors import InvalidInputError
from shared.domain.inputs import ACCEPTED, MAX_INPUT_BYTES, MAX_PIXELS, Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

# A phone may store further views beside the picture (MPO); its first view is a JPEG.
_MEDIA_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png"}
# The parser of JPEG opens MPO, too.
_PARSERS = ("JPEG", "PNG")
_MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16")
_ORIENTATION = 0x0112
_ON_ITS_SIDE = (5, 6, 7, 8)
# A JPEG is decoded at an eighth of its size.
_REDUCTION = 8
# A progressive one needs 120 MB all the same: memory for one at a time.
_decoding = Lock()
_OTHER_TYPES = {
    b"GIF8": "a GIF",
    b"RIFF": "a WebP or another RIFF file",
    b"%PDF": "a PDF",
    b"<svg": "an SVG",
    b"<?xm": "an SVG or other XML",
    b"II*\0": "a TIFF",
    b"MM\0*": "a TIFF",
}


class PillowPictureInspector:
    """Reads the whole file without decoding a PNG, and a JPEG only at an eighth of its size."""

    def inspect(self, content: bytes) -> Picture:
        if len(content) > MAX_INPUT_BYTES:
            raise InvalidInputError(
                f"The picture has {len(content):,} bytes. Send no more than {MAX_INPUT_BYTES:,}."
            )
        # Only these parsers see the bytes.
        with _as_invalid(content), Image.open(io.BytesIO(content), formats=_PARSERS) as picture:
            _require_usable(picture)
            width, height = picture.size
            # PngImageFile's own method decodes the picture, to find metadata behind it.
            if Image.Image.getexif(picture).get(_ORIENTATION) in _ON_ITS_SIDE:
                width, height = height, width
            media_type = _MEDIA_TYPES[picture.format or ""]
            _require_whole(picture)
        return Picture(
            sha256=hashlib.sha256(content).hexdigest(),
            media_type=media_type,
            size_bytes=len(content),
            width=width,
            height=height,
        )


def _require_usable(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise InvalidInputError(
            f"The picture has {width} x {height} pixels. Send no more than "
            f"{MAX_PIXELS // 1_000_000} megapixels."
        )
    if picture.format == "PNG" and getattr(picture, "is_animated", False):
        raise InvalidInputError(f"The picture is animated. {ACCEPTED}")
    if picture.mode not in _MODES:
        raise InvalidInputError(
            f"The picture is in {picture.mode}, not in RGB or grey. Convert it to RGB."
        )


def _require_whole(picture: Image.Image) -> None:
    """Raise one of Pillow's errors if the file is damaged or cut off. The picture is used up."""
    if picture.format == "PNG":
        picture.verify()
        return
    picture.draft(None, (picture.width // _REDUCTION, picture.height // _REDUCTION))
    with _decoding:
        picture.load()


@contextmanager
def _as_invalid(content: bytes) -> "Iterator[None]":
    try:
        yield
    except UnidentifiedImageError as error:
        raise InvalidInputError(f"This is {_name_of(content)}. {ACCEPTED}") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidInputError(
            f"The picture has too many pixels. Send no more than {MAX_PIXELS // 1_000_000} "
            f"megapixels."
        ) from error
    # Pillow's parsers raise these for damaged files.
    except (OSError, SyntaxError, ValueError, EOFError, LookupError, OverflowError) as error:
        raise InvalidInputError(f"The picture is damaged or cut off: {error}.") from error


def _name_of(content: bytes) -> str:
    if not content:
        return "an empty file"
    if content[4:8] == b"ftyp":
        brand = content[8:12].decode("ascii", "replace")
        return f"a HEIC, AVIF or video file ({brand})"
    start = content.lstrip()[:4].lower() if content[:1].isspace() else content[:4]
    return _OTHER_TYPES.get(start, "no picture in a known format")
