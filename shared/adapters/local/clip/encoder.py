"""Render frames, and encode them with sound into an MP4."""

import os
from collections.abc import Callable, Iterator
from errno import EINTR, ENOMEM
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av import AudioStream, VideoFrame, VideoStream
from av.container import OutputContainer
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)
from PIL import Image

from shared.adapters.local.clip.backdrop import Backdrop
from shared.adapters.local.clip.inputs import (
    Edited,
    PushIn,
    Strip,
    faded,
    frames_of,
    picture_of,
    without_words,
)
from shared.adapters.local.clip.sound import SAMPLE_RATE, draw_chord
from shared.adapters.local.clip.title import Layout, draw_title

if TYPE_CHECKING:
    from shared.adapters.local.clip import ClipSpec

# The fastest preset plus the options of the High profile and of smooth gradients. One thread,
# because more are not faster here and make the bytes depend on the machine.
_H264_OPTIONS = {
    "preset": "ultrafast",
    "crf": "24",
    "threads": "1",
    "x264-params": "cabac=1:8x8dct=1:deblock=0,0:aq-mode=1",
}
# The usual coder searches for longer than a chord is worth.
_AAC_OPTIONS = {"aac_coder": "fast"}
_AAC_BIT_RATE = 96_000
_BT709_MATRIX = 1

_COMMENT = "A synthetic clip, rendered by Showreel. No model has generated it."


def encode(spec: "ClipSpec", destination: Path, is_stopping: Callable[[], bool]) -> None:
    try:
        _encode(spec, destination, is_stopping)
    except av.FFmpegError as error:
        raise OSError(error.errno, error.strerror) from error
    except MemoryError as error:
        raise OSError(ENOMEM, os.strerror(ENOMEM)) from error


def _encode(spec: "ClipSpec", destination: Path, is_stopping: Callable[[], bool]) -> None:
    options = {"movflags": "+faststart"} if spec.fast_start else {}
    with av.open(str(destination), "w", format="mp4", options=options) as container:
        container.metadata["comment"] = _COMMENT
        picture = _add_picture(container, spec)
        sound = _add_sound(container) if spec.audio else None
        if sound is not None:
            for samples in draw_chord(variation=spec.variation, seconds=spec.seconds):
                container.mux(sound.encode(samples))
            container.mux(sound.encode())
        for number, frame in enumerate(_frames(spec)):
            if is_stopping():
                raise InterruptedError(EINTR, "this process was asked to stop")
            frame.pts, frame.time_base = number, Fraction(1, spec.fps)
            container.mux(picture.encode(frame))
        container.mux(picture.encode())


def _frames(spec: "ClipSpec") -> Iterator[VideoFrame]:
    """Yield limited-range BT.709 frames, as players expect of H.264."""
    extended = frames_of(spec.extended, size=(spec.width, spec.height)) if spec.extended else ()
    last, start = None, 0
    for frame in extended:
        yield frame
        last, start = frame, start + 1
    yield from _own_frames(spec, start, without_words(picture_of(last)) if last else None)


def _own_frames(spec: "ClipSpec", start: int, before: Image.Image | None) -> Iterator[VideoFrame]:
    """Yield the frames from number `start` on, which follow `before` in an extension."""
    layout = Layout(width=spec.width, height=spec.height)
    words = draw_title(prompt=spec.prompt, caption=spec.caption, layout=layout)
    if spec.image is not None:
        # The picture is shown as it is, without words on it.
        words = Image.new("L", words.size)
    paint, overlay = _painter(spec, words, before), _Overlay(words)
    scaler, count = VideoReformatter(), spec.fps * spec.seconds - start
    for number in range(count):
        # The first frame is moment 0. Only a last frame needs moment 1: others start again there.
        last = count - 1 if spec.image is not None else count
        picture = paint(number / last).convert("RGBA")
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
        yield frame


def _painter(
    spec: "ClipSpec", words: Image.Image, before: Image.Image | None
) -> Callable[[float], Image.Image]:
    """Return what paints the picture at a moment, small or of the clip's size."""
    size = (spec.width, spec.height)
    if spec.image is not None:
        return PushIn(spec.image, spec.last_frame, size=size).paint
    if spec.edited is not None:
        return Edited(spec.edited, size=size).paint
    backdrop = Backdrop(words, variation=spec.variation)
    if before is not None:
        return lambda moment: faded(before, backdrop.paint(moment), moment)
    if not spec.references:
        return backdrop.paint
    strip = Strip(spec.references, size=size)
    return lambda moment: strip.lay(backdrop.paint(moment).resize(size, Image.Resampling.BICUBIC))


def _add_picture(container: OutputContainer, spec: "ClipSpec") -> VideoStream:
    stream = container.add_stream("libx264", rate=spec.fps, options=_H264_OPTIONS)
    stream.width, stream.height, stream.pix_fmt = spec.width, spec.height, "yuv420p"
    stream.gop_size = 2 * spec.fps
    stream.color_range, stream.colorspace = ColorRange.MPEG, _BT709_MATRIX
    stream.color_primaries, stream.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    return stream


def _add_sound(container: OutputContainer) -> AudioStream:
    stream = container.add_stream("aac", rate=SAMPLE_RATE, options=_AAC_OPTIONS)
    stream.layout, stream.bit_rate = "stereo", _AAC_BIT_RATE
    return stream


class _Overlay:
    """Draws white text onto each plane of a frame; chroma has half the resolution."""

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
        self.box = words.getbbox() or (0, 0, 1, 1)
        self.mask = words.crop(self.box)
