"""Inspection of clips."""

from typing import BinaryIO, Protocol

from shared.domain.clip import ClipFacts


class ClipInspector(Protocol):
    """Inspects clips. Each method reads the stream from its beginning, in constant memory."""

    def inspect(self, clip: BinaryIO) -> ClipFacts:
        """Raise InvalidClipError unless it is a whole MP4 with a video stream."""

    def thumbnail(self, clip: BinaryIO) -> bytes:
        """Return a JPEG of the first frame that is not black. Raise InvalidClipError."""
