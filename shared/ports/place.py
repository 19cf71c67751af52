"""The place where clips are stored, and whether it can store another."""

from typing import Protocol


class Place(Protocol):
    """Checked before a paid submission: a clip that cannot be stored must not be generated."""

    @property
    def trouble(self) -> str:
        """A sentence that says why the last clip could not be stored; empty if it was stored."""
        ...

    def require_room(self, size_bytes: int) -> None:
        """Raise StorageFullError unless there is room for `size_bytes`."""

    def require(self, size_bytes: int) -> None:
        """Also raise UnavailableError unless every operation of storing a clip works."""
