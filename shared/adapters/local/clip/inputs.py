"""What a synthetic clip shows of its inputs: pictures, and the clip that it extends or edits."""

import io
from collections.abc import Iterator, Sequence

import av
from av import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from PIL import Image, ImageOps

# How bright an edited clip stays behind the words, and when an extension no longer shows the clip.
_DIMMED = 0.5
_FADED_AT = 0.3
# In so few blocks across, the words of a picture are not legible.
_BLOCKS = 20

# The magnification at the end.
_CLOSER = 0.08
# The last frame is mixed in during the last part of a clip.
_FADE_BEGINS = 0.6
_STRIP_HEIGHT = 0.22
_GAP = 0.02


def frames_of(content: bytes, *, size: tuple[int, int]) -> Iterator[VideoFrame]:
    """Yield the frames in the form in which they are encoded."""
    scaler = VideoReformatter()
    with av.open(io.BytesIO(content), mode="r") as container:
        for frame in container.decode(video=0):
            yield scaler.reformat(
                frame,
                *size,
                "yuv420p",
                src_colorspace=Colorspace.ITU709,
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
                interpolation=Interpolation.BICUBIC,
                threads=1,
            )


def picture_of(frame: VideoFrame) -> Image.Image:
    shown = frame.reformat(format="rgb24", src_colorspace=Colorspace.ITU709)
    plane, size = shown.planes[0], (shown.width, shown.height)
    return Image.frombytes("RGB", size, bytes(plane), "raw", "RGB", plane.line_size)


def without_words(picture: Image.Image) -> Image.Image:
    block = max(1, picture.width // _BLOCKS)
    return picture.reduce(block).resize(picture.size, Image.Resampling.BICUBIC)


class Edited:
    """Shows the clip, dimmed behind the words of its edit, and its last picture once it ends."""

    def __init__(self, content: bytes, *, size: tuple[int, int]) -> None:
        self._frames = frames_of(content, size=size)
        self._ground = Image.new("RGB", size)
        self._shown = self._ground

    def paint(self, _moment: float) -> Image.Image:
        frame = next(self._frames, None)
        if frame is not None:
            self._shown = Image.blend(self._ground, without_words(picture_of(frame)), _DIMMED)
        return self._shown


def faded(last: Image.Image, picture: Image.Image, moment: float) -> Image.Image:
    """Return the picture of an extension, which begins as the last one of the clip before it."""
    if moment >= _FADED_AT:
        return picture
    return Image.blend(
        last, picture.resize(last.size, Image.Resampling.BICUBIC), moment / _FADED_AT
    )


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
