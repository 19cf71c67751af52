"""Inspection of clips, and of pictures that callers send."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.domain.clip import ClipFacts, Companion
    from shared.domain.inputs import Picture


class InspectedClip(Struct, frozen=True, kw_only=True):
    """`pictures` has the bytes of each of `facts.pictures`."""

    facts: ClipFacts
    pictures: Mapping[Companion, bytes]


class ClipInspector(Protocol):
    def inspect(self, clip: BinaryIO) -> InspectedClip:
        """Read the stream once from its beginning, in constant memory.

        Raise InvalidClipError unless it is a whole MP4 with a video stream.
        """


class PictureInspector(Protocol):
    def inspect(self, content: bytes) -> Picture:
        """Read the type and size from the content, not from its name.

        Raise InvalidInputError, before any pixel is decoded, unless it is a whole JPEG or PNG in
        RGB or grey, of one picture, within the limits of bytes and pixels.
        """
