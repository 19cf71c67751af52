"""Inspection of clips."""

from collections.abc import Mapping
from typing import BinaryIO, Protocol

from msgspec import Struct

from shared.domain.clip import ClipFacts, Companion


class InspectedClip(Struct, frozen=True, kw_only=True):
    """`pictures` has the bytes of each of `facts.pictures`."""

    facts: ClipFacts
    pictures: Mapping[Companion, bytes]


class ClipInspector(Protocol):
    def inspect(self, clip: BinaryIO) -> InspectedClip:
        """Read the stream once from its beginning, in constant memory.

        Raise InvalidClipError unless it is a whole MP4 with a video stream.
        """
