"""Clips that are made from pictures: a slow push in on a frame, and strips of references."""

import io
from collections.abc import Sequence

from PIL import Image, ImageOps

# The magnification at the end.
_CLOSER = 0.08
# The last frame is mixed in during the last part of a clip.
_FADE_BEGINS = 0.6
_STRIP_HEIGHT = 0.22
_GAP = 0.02


class PushIn:
    """Shows the whole `image` at moment 0, pushes in, and ends with `last_frame`."""

    def __init__(self, image: bytes, last_frame: bytes | None, *, size: tuple[int, int]) -> None:
        self._size = size
        self._image = _covering(image, size)
        self._last = _covering(last_frame, size) if last_frame else None

    def paint(self, moment: float) -> Image.Image:
        """Return an RGB picture of the clip's size at `moment`, the elapsed fraction of it."""
        width, height = self._size
        share = 1 / (1 + _CLOSER * moment)
        left, top = width * (1 - share) / 2, height * (1 - share) / 2
        shown = self._image.resize(
            self._size, Image.Resampling.BILINEAR, (left, top, width - left, height - top)
        )
        if self._last is None or moment <= _FADE_BEGINS:
            return shown
        return Image.blend(shown, self._last, (moment - _FADE_BEGINS) / (1 - _FADE_BEGINS))


class Strip:
    """References side by side along the bottom of a picture."""

    def __init__(self, references: Sequence[bytes], *, size: tuple[int, int]) -> None:
        width, height = size
        gap, tall = round(height * _GAP), round(height * _STRIP_HEIGHT)
        wide = (width - gap * (len(references) + 1)) // max(1, len(references))
        self._tiles = [
            (ImageOps.contain(_opened(each), (wide, tall)), gap + number * (wide + gap))
            for number, each in enumerate(references)
        ]
        self._bottom = height - gap

    def lay(self, picture: Image.Image) -> Image.Image:
        for tile, left in self._tiles:
            picture.paste(tile, (left, self._bottom - tile.height))
        return picture


def _covering(content: bytes, size: tuple[int, int]) -> Image.Image:
    return ImageOps.fit(_opened(content), size, Image.Resampling.LANCZOS)


def _opened(content: bytes) -> Image.Image:
    """Return the picture upright, in RGB, on white where it is transparent."""
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
        upright = ImageOps.exif_transpose(opened)
    if upright.mode == "I;16":
        return upright.point(lambda level: level / 256).convert("L").convert("RGB")
    opaque = Image.new("RGBA", upright.size, "white")
    opaque.alpha_composite(upright.convert("RGBA"))
    return opaque.convert("RGB")
