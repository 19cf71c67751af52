"""The place in which clips are kept, and whether it can keep another."""

from typing import Protocol


class Place(Protocol):
    """Asked before anything is paid for: a clip that cannot be kept must not be made."""

    @property
    def trouble(self) -> str:
        """A sentence that says why the last clip could not be kept; empty where it could."""
        ...

    def require_room(self, size_bytes: int) -> None:
        """Raise StorageFullError unless so many bytes can be stored."""

    def require(self, size_bytes: int) -> None:
        """The same, and raise UnavailableError unless the place can do what storing needs."""
