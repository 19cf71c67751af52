"""The frames of a clip: backdrop, words, and the line that shows how much has passed."""

from collections.abc import Iterator
from fractions import Fraction

from av import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from PIL import Image

from shared.adapters.local.clip.backdrop import Backdrop
from shared.adapters.local.clip.title import Layout


def draw_frames(
    backdrop: Backdrop, words: Image.Image, *, layout: Layout, fps: int, count: int
) -> Iterator[VideoFrame]:
    """Yield limited-range BT.709 frames, as players expect of H.264."""
    scaler = VideoReformatter()
    overlay = _Overlay(words)
    for number in range(count):
        picture = backdrop.paint(number / count).convert("RGBA")
        frame = scaler.reformat(
            VideoFrame.from_bytes(picture.tobytes(), *picture.size, "rgba"),
            layout.width,
            layout.height,
            "yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC,
            threads=1,
        )
        overlay.lay(frame, layout.progress_line((number + 1) / count))
        frame.pts, frame.time_base = number, Fraction(1, fps)
        yield frame


class _Overlay:
    """White words for each plane of a frame; chroma has half the resolution."""

    def __init__(self, words: Image.Image) -> None:
        half = (words.width + 1) // 2, (words.height + 1) // 2
        fine, coarse = _Stencil(words), _Stencil(words.resize(half, Image.Resampling.BOX))
        self._stencils = [(235, 1, fine), (128, 2, coarse), (128, 2, coarse)]

    def lay(self, frame: VideoFrame, line: tuple[int, int, int, int]) -> None:
        for plane, (white, scale, stencil) in zip(frame.planes, self._stencils, strict=True):
            picture = Image.frombytes("L", (plane.line_size, plane.height), bytes(plane))
            picture.paste(white, stencil.box, stencil.mask)
            left, top, right, bottom = (edge // scale for edge in line)
            picture.paste(white, (left, top, right, bottom))
            plane.update(picture.tobytes())


class _Stencil:
    def __init__(self, words: Image.Image) -> None:
        self.box = words.getbbox()
        self.mask = words.crop(self.box)
