"""Inspection of pictures that callers send."""

from typing import Protocol

from shared.domain.inputs import Picture


class PictureInspector(Protocol):
    def inspect(self, content: bytes) -> Picture:
        """Read the type and size from the content, not from its name.

        Raise InvalidInputError, before any pixel is decoded, unless it is a whole JPEG or PNG in
        RGB or grey, of one picture, within the limits of bytes and pixels.
        """
