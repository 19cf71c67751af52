"""Looks into clips with PyAV."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import av
from av import VideoFrame, VideoStream
from av.container import InputContainer
from av.stream import Disposition
from PIL import Image

from shared.adapters.media.guarded_stream import (
    GuardedStream,
    is_of_the_machine,
    machine_faults,
)
from shared.adapters.media.mp4_header import read_header
from shared.domain.clip import ClipFacts
from shared.domain.errors import InvalidClipError

_MISSING_FRAMES_TOLERATED = 2
# Sound may outlast the picture by its last packets, and the header counts the longer one.
_SECONDS_TOLERATED = 0.5

_THUMBNAIL_WIDTH = 640
_JPEG_QUALITY = 85
# A black frame is one of which nearly every pixel is darker than this.
_DARK = 32
_NEARLY_EVERY = 0.98


class PyAVClipInspector:
    """Reads packets as they are, and decodes no more frames than a thumbnail needs.

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
        header = read_header(clip)
        with _opened(clip) as container:
            video = _video_stream(container)
            frames, duration = _played(container, video)
            _require_as_claimed(header.duration_seconds, duration)
            _require_as_claimed(_claimed_seconds(video), duration)
            sound = container.streams.best("audio")
            return ClipFacts(
                duration_seconds=duration,
                width=video.width,
                height=video.height,
                fps=frames / duration,
                video_codec=video.codec.canonical_name,
                audio_codec=sound.codec.canonical_name if sound else None,
                size_bytes=header.size_bytes,
            )

    def _thumbnail(self, clip: BinaryIO) -> bytes:
        with _opened(clip) as container:
            video = _video_stream(container)
            # Threads would decode many frames ahead of the first one that is asked for.
            video.thread_type = "NONE"
            picture = _first_light(map(_picture, container.decode(video)))
        jpeg = io.BytesIO()
        picture.save(jpeg, "JPEG", quality=_JPEG_QUALITY)
        return jpeg.getvalue()


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


def _played(container: InputContainer, video: VideoStream) -> tuple[int, float]:
    """Return how many frames are really there, and how long they last in seconds."""
    frames, begins, ends = 0, [], []
    for packet in container.demux():
        if packet.is_corrupt:
            raise InvalidClipError("The clip is cut off or damaged in the middle of a frame.")
        if packet.stream_index == video.index and packet.pts is not None and packet.size:
            frames += 1
            begins.append(packet.pts)
            ends.append(packet.pts + (packet.duration or 0))
    if frames < max(1, video.frames - _MISSING_FRAMES_TOLERATED):
        raise InvalidClipError(f"The clip holds {frames} of the {video.frames} frames it lists.")
    duration = _seconds(max(ends) - min(begins), video)
    if duration <= 0:
        raise InvalidClipError("The clip lasts no time.")
    return frames, duration


def _require_as_claimed(claimed: float | None, played: float) -> None:
    if claimed is not None and abs(claimed - played) > _SECONDS_TOLERATED:
        raise InvalidClipError(
            f"The clip says that it lasts {claimed:.2f} s, but its frames last {played:.2f} s."
        )


def _claimed_seconds(video: VideoStream) -> float | None:
    return None if video.duration is None else _seconds(video.duration, video)


def _seconds(ticks: int, video: VideoStream) -> float:
    return float(ticks * (video.time_base or 0))


def _first_light(pictures: Iterator[Image.Image]) -> Image.Image:
    """Return the first picture that is not black, or the first of all where every one is."""
    first = next(pictures, None)
    if first is None:
        raise InvalidClipError("The clip has no frame that can be decoded.")
    if not _is_black(first):
        return first
    return next((picture for picture in pictures if not _is_black(picture)), first)


def _is_black(picture: Image.Image) -> bool:
    brightness = picture.convert("L").histogram()
    return sum(brightness[:_DARK]) >= _NEARLY_EVERY * sum(brightness)


def _picture(frame: VideoFrame) -> Image.Image:
    width = min(frame.width, _THUMBNAIL_WIDTH)
    height = max(1, round(frame.height * width / frame.width))
    scaled = frame.reformat(width, height, "rgb24")
    plane = scaled.planes[0]
    return Image.frombytes("RGB", (width, height), bytes(plane), "raw", "RGB", plane.line_size)
