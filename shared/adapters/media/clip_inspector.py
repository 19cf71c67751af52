"""Inspects clips with PyAV."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from typing import Any, BinaryIO, cast

import av
from av import Packet, VideoFrame, VideoStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.reformatter import Colorspace
from PIL import Image

from shared.adapters.media.guarded_stream import (
    GuardedStream,
    is_of_the_machine,
    machine_faults,
)
from shared.adapters.media.mp4_boxes import require_whole
from shared.domain.clip import ClipFacts
from shared.domain.errors import InvalidClipError

_MISSING_FRAMES_TOLERATED = 2

_THUMBNAIL_WIDTH = 640
_JPEG_QUALITY = 85
# A frame is black if nearly every pixel is darker than this.
_DARK = 32
_NEARLY_EVERY = 0.98

_UNSPECIFIED_COLORSPACE = 2
# Without a tag, browsers take BT.709 for HD, and FFmpeg takes BT.601 for everything.
_HD_HEIGHT = 720


class PyAVClipInspector:
    """Reads packets without decoding them, and decodes only until the first usable frame.

    Raises UnavailableError once `is_stopping`, which by default is never.
    """

    def __init__(self, *, is_stopping: Callable[[], bool] = bool) -> None:
        self._is_stopping = is_stopping

    def inspect(self, clip: BinaryIO) -> ClipFacts:
        with machine_faults():
            return self._inspect(self._guarded(clip))

    def thumbnail(self, clip: BinaryIO) -> bytes:
        with machine_faults():
            return self._thumbnail(self._guarded(clip))

    def _guarded(self, clip: BinaryIO) -> BinaryIO:
        return cast("BinaryIO", GuardedStream(clip, self._is_stopping))

    def _inspect(self, clip: BinaryIO) -> ClipFacts:
        boxes = require_whole(clip)
        with _opened(clip) as container:
            video = _video_stream(container)
            audio = container.streams.best("audio")
            picture, sound, first = _presented(container, video, audio)
            _require_frames(picture, video)
            width, height = _displayed_size(first, video)
            return ClipFacts(
                duration_seconds=picture.seconds,
                width=width,
                height=height,
                fps=picture.frames / picture.seconds,
                video_codec=video.codec.canonical_name,
                pixel_format=first.format.name,
                audio_codec=audio.codec.canonical_name if audio else None,
                audio_seconds=sound.seconds if audio else None,
                size_bytes=boxes.size_bytes,
                c2pa_manifest=boxes.has_manifest,
            )

    def _thumbnail(self, clip: BinaryIO) -> bytes:
        with _opened(clip) as container:
            video = _video_stream(container)
            # Threads would decode many frames beyond the first one that is needed.
            video.thread_type = "NONE"
            picture = partial(_picture, aspect=video.sample_aspect_ratio)
            shown = _first_light(map(picture, container.decode(video)))
        jpeg = io.BytesIO()
        shown.save(jpeg, "JPEG", quality=_JPEG_QUALITY)
        return jpeg.getvalue()


class _Presented:
    """The part of a stream that a player presents, without packets hidden by the edit list."""

    def __init__(self, stream: Stream | None) -> None:
        self._stream = stream
        self._begins: list[int] = []
        self._ends: list[int] = []
        self.packets = 0

    def add(self, packet: "Packet[Any]") -> None:
        if self._stream is None or packet.stream_index != self._stream.index:
            return
        if packet.pts is None or not packet.size:
            return
        self.packets += 1
        if not packet.is_discard:
            self._begins.append(packet.pts)
            self._ends.append(packet.pts + (packet.duration or 0))

    @property
    def frames(self) -> int:
        return len(self._begins)

    @property
    def seconds(self) -> float:
        if self._stream is None or not self._begins:
            return 0.0
        return float((max(self._ends) - min(self._begins)) * (self._stream.time_base or 0))


@contextmanager
def _opened(clip: BinaryIO) -> Iterator[InputContainer]:
    clip.seek(0)
    try:
        with av.open(clip, mode="r", format="mp4", metadata_errors="ignore") as container:
            yield container
    except av.FFmpegError as error:
        if is_of_the_machine(error.errno):
            raise OSError(error.errno, error.strerror) from error
        raise InvalidClipError(f"The clip cannot be read: {error.strerror}.") from error


def _video_stream(container: InputContainer) -> VideoStream:
    for stream in container.streams.video:
        is_cover = stream.disposition & Disposition.attached_pic
        is_known = stream.codec_context is not None
        if is_known and stream.width and stream.height and not is_cover:
            return stream
    raise InvalidClipError("The clip has no video stream that can be played.")


def _presented(
    container: InputContainer, video: VideoStream, audio: Stream | None
) -> tuple[_Presented, _Presented, VideoFrame]:
    """Return picture and sound as presented, and the first frame that can be decoded."""
    video.thread_type = "NONE"
    picture, sound, first = _Presented(video), _Presented(audio), None
    for packet in container.demux():
        if packet.is_corrupt:
            raise InvalidClipError("The clip is cut off or damaged in the middle of a frame.")
        picture.add(packet)
        sound.add(packet)
        if first is None and packet.stream_index == video.index:
            first = _decoded(video, packet)
    if first is None:
        raise InvalidClipError("The clip has no frame that can be decoded.")
    return picture, sound, first


def _decoded(video: VideoStream, packet: "Packet[Any]") -> VideoFrame | None:
    try:
        frames = video.codec_context.decode(packet)
    except (av.InvalidDataError, av.EOFError):
        return None
    return frames[0] if frames else None


def _require_frames(picture: _Presented, video: VideoStream) -> None:
    """A clip that lost frames still lists them."""
    if picture.packets < video.frames - _MISSING_FRAMES_TOLERATED:
        raise InvalidClipError(
            f"The clip holds {picture.packets} of the {video.frames} frames it lists."
        )
    if picture.seconds <= 0:
        raise InvalidClipError("The picture of the clip has no duration.")


def _displayed_size(frame: VideoFrame, video: VideoStream) -> tuple[int, int]:
    """Return (width, height) after pixel shape and rotation."""
    width = round(frame.width * (video.sample_aspect_ratio or 1))
    return (frame.height, width) if _quarter_turns(frame) % 2 else (width, frame.height)


def _quarter_turns(frame: VideoFrame) -> int:
    """Return how often a player turns the frame counterclockwise by 90 degrees, 0 to 3."""
    return round(frame.rotation / 90) % 4


def _first_light(pictures: Iterator[Image.Image]) -> Image.Image:
    """Return the first picture that is not black, or the first one if all are."""
    first = next(pictures, None)
    if first is None:
        raise InvalidClipError("The clip has no frame that can be decoded.")
    if not _is_black(first):
        return first
    return next((picture for picture in pictures if not _is_black(picture)), first)


def _is_black(picture: Image.Image) -> bool:
    brightness = picture.convert("L").histogram()
    return sum(brightness[:_DARK]) >= _NEARLY_EVERY * sum(brightness)


def _picture(frame: VideoFrame, aspect: Fraction | None) -> Image.Image:
    shown = frame.width * (aspect or 1)
    width = round(min(shown, _THUMBNAIL_WIDTH))
    height = max(1, round(frame.height * width / shown))
    scaled = frame.reformat(width, height, "rgb24", src_colorspace=_colorspace(frame))
    plane = scaled.planes[0]
    picture = Image.frombytes("RGB", (width, height), bytes(plane), "raw", "RGB", plane.line_size)
    # Rotation by quarter turns loses no pixel.
    return picture.rotate(90 * _quarter_turns(frame), expand=True)


def _colorspace(frame: VideoFrame) -> Colorspace | None:
    untagged = frame.colorspace == _UNSPECIFIED_COLORSPACE and frame.height >= _HD_HEIGHT
    return Colorspace.ITU709 if untagged else None
