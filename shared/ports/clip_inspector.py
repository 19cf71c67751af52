"""Looking into clips."""

from typing import BinaryIO, Protocol

from shared.domain.clip import ClipFacts


class ClipInspector(Protocol):
    """Looks into clips. Each method reads from the beginning of the stream, flat in memory."""

    def inspect(self, clip: BinaryIO) -> ClipFacts:
        """Raise InvalidClipError unless it is a whole MP4 with a video stream."""

    def thumbnail(self, clip: BinaryIO) -> bytes:
        """Return a JPEG of the first frame that is not black. Raise InvalidClipError."""
