"""Inspection of clips."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from shared.domain.clip import ClipFacts, Companion


@dataclass(frozen=True, kw_only=True)
class InspectedClip:
    """`pictures` has the bytes of each of `facts.pictures`."""

    facts: ClipFacts
    pictures: Mapping[Companion, bytes]


class ClipInspector(Protocol):
    def inspect(self, clip: BinaryIO) -> InspectedClip:
        """Read the stream once from its beginning, in constant memory.

        Raise InvalidClipError unless it is a whole MP4 with a video stream.
        """
