"""Inspects clips with PyAV."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

import av
from av import Packet, VideoFrame, VideoStream
from av.container import InputContainer
from av.stream import Disposition, Stream

from shared.adapters.media.clip_pictures import ClipPictures, quarter_turns
from shared.adapters.media.guarded_stream import (
    GuardedStream,
    is_of_the_machine,
    machine_faults,
)
from shared.adapters.media.mp4_boxes import require_whole
from shared.domain.clip import ClipFacts
from shared.domain.errors import InvalidClipError
from shared.ports.inspectors import InspectedClip

_MISSING_FRAMES_TOLERATED = 2
# Of a larger picture only key frames are decoded: the others refer to several earlier frames, and
# a decoder holds all of these.
_MOST_PIXELS_WITH_REFERENCES = 1920 * 1088


class PyAVClipInspector:
    """Reads and decodes a clip in one pass.

    Raises UnavailableError once `is_stopping`, which by default is never.
    """

    def __init__(self, *, is_stopping: Callable[[], bool] = bool) -> None:
        self._is_stopping = is_stopping

    def inspect(self, clip: BinaryIO) -> InspectedClip:
        with machine_faults():
            return _inspected(cast("BinaryIO", GuardedStream(clip, self._is_stopping)))


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


class _Decoder:
    """Decodes what the pictures need, and holds no more frames than that takes."""

    def __init__(self, video: VideoStream, seconds: float | None) -> None:
        # Threads would hold a frame each.
        video.thread_type = "NONE"
        self._video = video
        self._codec = video.codec_context
        self._only_keys = video.width * video.height > _MOST_PIXELS_WITH_REFERENCES
        self._begin: float | None = None
        self.pictures = ClipPictures(seconds, video.sample_aspect_ratio)
        self.first: _FirstFrame | None = None

    def add(self, packet: "Packet[Any]") -> None:
        if packet.stream_index != self._video.index:
            return
        if self._only_keys and self.first is not None and not packet.is_keyframe:
            return
        for frame in self._frames(packet):
            self._take(frame, packet)
        if self.first is not None and not self.pictures.needs_every_frame:
            self._codec.skip_frame = "NONREF"

    def _frames(self, packet: "Packet[Any]") -> Iterator[VideoFrame]:
        try:
            yield from self._codec.decode(packet)
            if self._only_keys and packet.is_keyframe:
                yield from self._codec.decode(None)
                self._codec.flush_buffers()
        except (av.InvalidDataError, av.EOFError):
            # A player skips a damaged frame, too.
            return

    def _take(self, frame: VideoFrame, packet: "Packet[Any]") -> None:
        if self.first is None:
            self.first = _FirstFrame(frame, self._video)
        pts = packet.pts if frame.pts is None else frame.pts
        seconds = float((pts or 0) * (self._video.time_base or 0))
        if self._begin is None:
            self._begin = seconds
        self.pictures.take(frame, seconds - self._begin)


class _FirstFrame:
    """What is known only once a frame is decoded."""

    def __init__(self, frame: VideoFrame, video: VideoStream) -> None:
        self.pixel_format = frame.format.name
        self.size = _displayed_size(frame, video)


def _inspected(clip: BinaryIO) -> InspectedClip:
    boxes = require_whole(clip)
    with _opened(clip) as container:
        video = _video_stream(container)
        audio = container.streams.best("audio")
        picture, sound, decoder = _read(container, video, audio)
        if decoder.first is None:
            raise InvalidClipError("The clip has no frame that can be decoded.")
        _require_frames(picture, video)
        pictures = decoder.pictures.encoded(picture.seconds)
        width, height = decoder.first.size
        facts = ClipFacts(
            duration_seconds=picture.seconds,
            width=width,
            height=height,
            fps=picture.frames / picture.seconds,
            video_codec=video.codec.canonical_name,
            pixel_format=decoder.first.pixel_format,
            audio_codec=audio.codec.canonical_name if audio else None,
            audio_seconds=sound.seconds if audio else None,
            size_bytes=boxes.size_bytes,
            c2pa_manifest=boxes.has_manifest,
            pictures=tuple(pictures),
        )
    return InspectedClip(facts=facts, pictures=pictures)


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


def _read(
    container: InputContainer, video: VideoStream, audio: Stream | None
) -> tuple[_Presented, _Presented, _Decoder]:
    """Return picture and sound as presented, and what was decoded."""
    picture, sound = _Presented(video), _Presented(audio)
    decoder = _Decoder(video, _announced_seconds(video))
    for packet in container.demux():
        if packet.is_corrupt:
            raise InvalidClipError("The clip is cut off or damaged in the middle of a frame.")
        picture.add(packet)
        sound.add(packet)
        decoder.add(packet)
    return picture, sound, decoder


def _announced_seconds(video: VideoStream) -> float | None:
    """Return the duration by the index of the clip, if that has one."""
    return float(video.duration * (video.time_base or 0)) if video.duration else None


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
    return (frame.height, width) if quarter_turns(frame) % 2 else (width, frame.height)
