"""Test before a paid submission that the store supports every operation of storing a clip."""

import logging
import secrets
from datetime import timedelta
from io import BytesIO

from shared.domain.errors import (
    ObjectExistsError,
    ShowreelError,
    StorageFullError,
    UnavailableError,
)
from shared.domain.storage_layout import PROBES
from shared.ports import Clock
from shared.ports.object_store import ObjectStore

_CONTENT = b"This object tests that clips can be stored here. It may be deleted."
_ABANDONED_AFTER = timedelta(hours=1)
_METADATA = {"purpose": "probe"}

logger = logging.getLogger(__name__)


class ObjectStoreProbe:
    """Performs once in a process, with a small object, every operation of storing a clip.

    Permissions alone prove less: a bucket may have a retention policy, or a condition on names.
    """

    def __init__(self, objects: ObjectStore, now: Clock) -> None:
        self._objects = objects
        self._now = now
        self._is_proven = False
        self._last_error = ""

    @property
    def last_error(self) -> str:
        return self._last_error

    def require_room(self, size_bytes: int) -> None:
        free = self._objects.free_bytes()
        if free is not None and free < size_bytes:
            raise StorageFullError(
                f"There is no room for another clip: {_megabytes(free)} are free, and "
                f"{_megabytes(size_bytes)} are needed. Free some space."
            )

    def require(self, size_bytes: int) -> None:
        try:
            self.require_room(size_bytes)
            if not self._is_proven:
                self._prove()
        except ShowreelError as error:
            self._report(error)
            raise
        self._last_error = ""

    def _prove(self) -> None:
        """Safe in several threads: each uses objects of its own."""
        try:
            self._rehearse(f"{PROBES}/{secrets.token_hex(8)}")
        except ShowreelError as error:
            raise UnavailableError(
                f"Nothing is submitted, because a clip could not be stored. {error.message}"
            ) from error
        self._is_proven = True

    def _rehearse(self, name: str) -> None:
        first, second = f"{name}.1.txt", f"{name}.2.txt"
        self._remove_abandoned()
        self._put(first)
        try:
            self._put(first)
        except ObjectExistsError:
            pass
        else:
            raise UnavailableError("The store created an object that existed.")
        # With new metadata, as the clip of a generator gets them.
        self._objects.rename(first, second, metadata=_METADATA)
        self._objects.copy(second, first)
        with self._objects.open(first) as content:
            if content.read() != _CONTENT:
                raise UnavailableError("The store returned other bytes than were stored.")
        self._objects.delete(first)
        self._objects.delete(second)

    def _put(self, path: str) -> None:
        self._objects.put(path, BytesIO(_CONTENT), content_type="text/plain")

    def _remove_abandoned(self) -> None:
        """Remove objects of processes that ended during a test."""
        oldest = self._now() - _ABANDONED_AFTER
        for found in self._objects.list(f"{PROBES}/"):
            if found.updated_at < oldest:
                self._objects.delete(found.path)

    def _report(self, error: ShowreelError) -> None:
        """Log each error once, not for every waiting video."""
        if error.message != self._last_error:
            self._last_error = error.message
            logger.error("storage.refused: %s", error.message)


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1_000_000:,.0f} MB"
