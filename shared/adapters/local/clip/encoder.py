"""Frames and sound into one MP4."""

import os
from collections.abc import Callable, Iterator
from errno import EINTR, ENOMEM
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av import AudioStream, VideoFrame, VideoStream
from av.container import OutputContainer
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc

from shared.adapters.local.clip.backdrop import Backdrop
from shared.adapters.local.clip.picture import draw_frames
from shared.adapters.local.clip.sound import SAMPLE_RATE, draw_chord
from shared.adapters.local.clip.title import Layout, draw_title

if TYPE_CHECKING:
    from shared.adapters.local.clip_renderer import ClipSpec

# The fastest preset, given back what makes it High profile and keeps the colours smooth. More
# threads are no faster here, and make the bytes depend on the machine.
_H264_OPTIONS = {
    "preset": "ultrafast",
    "crf": "24",
    "threads": "1",
    "x264-params": "cabac=1:8x8dct=1:deblock=0,0:aq-mode=1",
}
_AAC_BIT_RATE = 96_000
_BT709_MATRIX = 1


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
        picture = _add_picture(container, spec)
        sound = _add_sound(container) if spec.audio else None
        if sound is not None:
            for samples in draw_chord(variation=spec.variation, seconds=spec.seconds):
                container.mux(sound.encode(samples))
            container.mux(sound.encode())
        for frame in _frames(spec):
            if is_stopping():
                raise InterruptedError(EINTR, "this process was asked to stop")
            container.mux(picture.encode(frame))
        container.mux(picture.encode())


def _frames(spec: "ClipSpec") -> Iterator[VideoFrame]:
    layout = Layout(width=spec.width, height=spec.height)
    words = draw_title(prompt=spec.prompt, caption=spec.caption, layout=layout)
    return draw_frames(
        Backdrop(words, variation=spec.variation),
        words,
        layout=layout,
        fps=spec.fps,
        count=spec.fps * spec.seconds,
    )


def _add_picture(container: OutputContainer, spec: "ClipSpec") -> VideoStream:
    stream = container.add_stream("libx264", rate=spec.fps, options=_H264_OPTIONS)
    stream.width, stream.height, stream.pix_fmt = spec.width, spec.height, "yuv420p"
    stream.gop_size = 2 * spec.fps
    stream.color_range, stream.colorspace = ColorRange.MPEG, _BT709_MATRIX
    stream.color_primaries, stream.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    return stream


def _add_sound(container: OutputContainer) -> AudioStream:
    stream = container.add_stream("aac", rate=SAMPLE_RATE)
    stream.layout, stream.bit_rate = "stereo", _AAC_BIT_RATE
    return stream
