"""The clip that a synthetic clip extends or edits."""

import io
from collections.abc import Iterator

import av
from av import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from PIL import Image

# How bright an edited clip stays behind the words, and when an extension no longer shows the clip.
_DIMMED = 0.5
_FADED_AT = 0.3
# In so few blocks across, the words of a picture are not legible.
_BLOCKS = 20


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
