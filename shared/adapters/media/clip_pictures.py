"""Draws the pictures of a clip with Pillow, from its frames in the order of their presentation."""

import io
from collections.abc import Iterator
from fractions import Fraction

from av import VideoFrame
from av.video.reformatter import Colorspace
from PIL import Image

from shared.domain.clip import Companion

# The thumbnail of an upright clip is as wide as that of any other.
_THUMBNAIL_BOX = (640, 100_000)
_THUMBNAIL_QUALITY = 85
# A frame is black if nearly every pixel is darker than this.
_DARK = 32
_NEARLY_EVERY = 0.98

_ACROSS = 4
_TILES = _ACROSS * _ACROSS
_TILE_BOX = (320, 320)
_TILE_QUALITY = 75
_PREVIEW_QUALITY = 60
_PREVIEW_METHOD = 2
_PREVIEW_MILLISECONDS = 200
# For the spacing of tiles while the duration is unknown, as that of a fragmented clip.
_USUAL_SECONDS = 8.0

_UNSPECIFIED_COLORSPACE = 2
# Without a tag, browsers take BT.709 for HD, and FFmpeg takes BT.601 for everything.
_HD_HEIGHT = 720


class ClipPictures:
    """Takes what it needs of each frame, and keeps no frame.

    The thumbnail is the first frame that is not black, else the first one. The sprite sheet and
    the preview have the same tiles, evenly spaced in a clip of about `seconds`.
    """

    def __init__(self, seconds: float | None, aspect: Fraction | None) -> None:
        self._spacing = (seconds or _USUAL_SECONDS) / _TILES
        self._aspect = aspect or Fraction(1)
        self._thumbnail: Image.Image | None = None
        self._tiles: list[tuple[float, Image.Image]] = []
        self.needs_every_frame = True

    def take(self, frame: VideoFrame, at: float) -> None:
        """Look at a frame that is presented `at` seconds after the first one."""
        if self.needs_every_frame:
            picture = _picture(frame, self._aspect, _THUMBNAIL_BOX)
            self.needs_every_frame = _is_black(picture)
            if self._thumbnail is None or not self.needs_every_frame:
                self._thumbnail = picture
        if not self._tiles or (
            self._part(at) > self._part(self._tiles[-1][0]) and len(self._tiles) <= _TILES
        ):
            self._tiles.append((at, _picture(frame, self._aspect, _TILE_BOX)))

    def encoded(self, seconds: float) -> dict[Companion, bytes]:
        """Return the pictures of a clip that lasts `seconds`; none if no frame was taken."""
        if self._thumbnail is None:
            return {}
        tiles = list(self._spaced_tiles(seconds))
        return {
            "thumbnail": _jpeg(self._thumbnail, _THUMBNAIL_QUALITY),
            "spritesheet": _jpeg(_sheet(tiles), _TILE_QUALITY),
            "preview": _animation(tiles),
        }

    def _part(self, at: float) -> int:
        """Return a number that grows by 1 in the middle of each part of the clip."""
        return int(at / self._spacing + 0.5)

    def _spaced_tiles(self, seconds: float) -> Iterator[Image.Image]:
        """Yield the tile that is nearest to the middle of each part of the clip."""
        for number in range(_TILES):
            middle = (number + 0.5) * seconds / _TILES
            yield min(self._tiles, key=lambda tile: abs(tile[0] - middle))[1]


def _sheet(tiles: list[Image.Image]) -> Image.Image:
    width, height = tiles[0].size
    sheet = Image.new("RGB", (_ACROSS * width, len(tiles) // _ACROSS * height))
    for number, tile in enumerate(tiles):
        row, column = divmod(number, _ACROSS)
        sheet.paste(tile, (column * width, row * height))
    return sheet


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=quality)
    return jpeg.getvalue()


def _animation(tiles: list[Image.Image]) -> bytes:
    webp = io.BytesIO()
    tiles[0].save(
        webp,
        "WEBP",
        save_all=True,
        append_images=tiles[1:],
        duration=_PREVIEW_MILLISECONDS,
        loop=0,
        quality=_PREVIEW_QUALITY,
        method=_PREVIEW_METHOD,
    )
    return webp.getvalue()


def _is_black(picture: Image.Image) -> bool:
    brightness = picture.convert("L").histogram()
    return sum(brightness[:_DARK]) >= _NEARLY_EVERY * sum(brightness)


def _picture(frame: VideoFrame, aspect: Fraction, box: tuple[int, int]) -> Image.Image:
    """Return the frame as displayed, reduced to fit into a box before it is turned."""
    shown = float(frame.width * aspect)
    share = min(1.0, box[0] / shown, box[1] / frame.height)
    size = (max(1, round(shown * share)), max(1, round(frame.height * share)))
    scaled = frame.reformat(*size, "rgb24", src_colorspace=_colorspace(frame))
    plane = scaled.planes[0]
    picture = Image.frombytes("RGB", size, bytes(plane), "raw", "RGB", plane.line_size)
    # Rotation by quarter turns loses no pixel.
    return picture.rotate(90 * quarter_turns(frame), expand=True)


def quarter_turns(frame: VideoFrame) -> int:
    """Return how often a player turns the frame counterclockwise by 90 degrees, 0 to 3."""
    return round(frame.rotation / 90) % 4


def _colorspace(frame: VideoFrame) -> Colorspace | None:
    untagged = frame.colorspace == _UNSPECIFIED_COLORSPACE and frame.height >= _HD_HEIGHT
    return Colorspace.ITU709 if untagged else None
