"""Objects in a bucket of Cloud Storage."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from shared.adapters.google.stored_object import Properties, StoredObject, open_reader
from shared.building import built_once
from shared.domain.errors import (
    ConflictError,
    ObjectExistsError,
    ObjectNotFoundError,
    StorageError,
    UnavailableError,
)
from shared.domain.storage_layout import media_type_of
from shared.ports.object_store import (
    MEDIA_CACHE_CONTROL,
    ObjectInfo,
    PutMode,
    SignedMethod,
    SignedURL,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import timedelta

    from shared.adapters.google.bucket import GCSBucket
    from shared.adapters.google.url_signer import V4URLSigner

_WRITE_ID = "write_id"
_ATTEMPTS = 10

_LONGEST_NAME_BYTES = 1024
_PART = r"(?!\.)[^/\\\0\r\n\ud800-\udfff]+"
_NAME = re.compile(rf"{_PART}(?:/{_PART})*")


class GCSObjectStore:
    """Signs without a storage client; any other method opens `bucket` at its first call.

    Clients may cache media for a day, because the bytes of a name never change, and must revalidate
    other objects.
    """

    def __init__(self, bucket: Callable[[], GCSBucket], *, signer: V4URLSigner) -> None:
        self._open_bucket = bucket
        self._signer = signer
        # Any thread replaces it as a whole. Every change has the generation as its condition.
        self._opened: dict[str, StoredObject] = {}

    def with_brief_calls(self) -> GCSObjectStore:
        """Return the same store with short retries, for calls that are repeated later."""
        return GCSObjectStore(self._bucket.with_brief_calls, signer=self._signer)

    @built_once
    def _bucket(self) -> GCSBucket:
        return self._open_bucket()

    def put(
        self,
        path: str,
        content: BinaryIO,
        *,
        content_type: str,
        mode: PutMode = PutMode.CREATE,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        _require_name(path)
        write_id = secrets.token_hex(8)
        try:
            self._bucket.upload(
                path,
                content,
                _properties(content_type),
                metadata={**(metadata or {}), _WRITE_ID: write_id},
                if_generation=0 if mode is PutMode.CREATE else None,
            )
        except ConflictError:
            # The existing object may be this write itself, whose answer was lost.
            self._require_written_by(path, write_id)

    def replace(self, found: ObjectInfo, content: BinaryIO) -> None:
        self._bucket.upload(
            found.path,
            content,
            _properties(found.content_type),
            metadata={},
            if_generation=int(found.version),
        )

    def open(self, path: str) -> BinaryIO:
        """Return a stream of one generation: reads raise ObjectNotFoundError once it is moved."""
        found = self._look(path)
        self._opened = {path: found}
        return open_reader(found, self._bucket.read)

    def head(self, path: str) -> ObjectInfo:
        return self._look(path).info

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        folder = prefix.removesuffix("/")
        if folder and not _is_name(folder):
            return
        for stored in self._bucket.list(prefix):
            # A folder that was made in the console is an object whose name ends in a slash.
            if _is_name(stored.path):
                yield stored.info

    def rename(
        self, source: str, target: str, *, metadata: Mapping[str, str] | None = None
    ) -> None:
        _require_name(source)
        _require_name(target)
        opened = self._opened
        for attempt in range(_ATTEMPTS):
            try:
                is_known = attempt == 0 and source != target and source in opened
                found = opened[source] if is_known else self._bucket.look(source)
            except ObjectNotFoundError:
                self._require_renamed(source, target)
                return
            if source == target or self._is_moved(found, target, metadata):
                return
        raise UnavailableError(f"The object {source!r} keeps changing. Try again soon.")

    def copy(self, source: str, target: str, *, mode: PutMode = PutMode.CREATE) -> None:
        _require_name(source)
        _require_name(target)
        try:
            self._bucket.copy(self._bucket.look(source), target, mode)
        except ObjectNotFoundError:
            if mode is PutMode.OVERWRITE:
                raise
            self._require_renamed(source, target)
        except ConflictError:
            # Another process made the copy, or the source has changed: the service reports both so.
            self._bucket.look(target)

    def free_bytes(self) -> int | None:
        return None

    def is_case_sensitive(self) -> bool:
        return True

    def delete(self, path: str) -> None:
        _require_name(path)
        with suppress(ObjectNotFoundError):
            self._bucket.delete(path)

    def delete_unchanged(self, found: ObjectInfo) -> None:
        with suppress(ObjectNotFoundError, ConflictError):
            self._bucket.delete(found.path, if_generation=int(found.version))

    def sign(
        self,
        path: str,
        *,
        expires_in: timedelta,
        method: SignedMethod = SignedMethod.GET,
        disposition: str | None = None,
    ) -> SignedURL:
        # An empty name would sign the URL of the bucket, which lists its objects.
        _require_name(path)
        return self._signer.sign(
            path, expires_in=expires_in, method=method, disposition=disposition
        )

    def _look(self, path: str) -> StoredObject:
        if not _is_name(path):
            raise ObjectNotFoundError(f"There is no object at {path!r}.")
        return self._bucket.look(path)

    def _require_written_by(self, path: str, write_id: str) -> None:
        try:
            found = self._bucket.look(path)
        except ObjectNotFoundError:
            raise UnavailableError(f"The object {path!r} was not stored. Try again.") from None
        if found.metadata.get(_WRITE_ID) != write_id:
            raise ObjectExistsError(f"There is an object at {path!r} already.")

    def _require_renamed(self, source: str, target: str) -> None:
        try:
            self._bucket.look(target)
        except ObjectNotFoundError:
            raise ObjectNotFoundError(f"There is no object at {source!r}.") from None

    def _is_moved(
        self, found: StoredObject, target: str, metadata: Mapping[str, str] | None
    ) -> bool:
        """Move the object, or keep an existing target; return False if the object has changed."""
        try:
            self._complete(found, target, metadata or {})
            self._bucket.move(found, target)
        except ObjectNotFoundError:
            return False
        except ConflictError:
            return self._has_given_way(found, target)
        return True

    def _complete(self, found: StoredObject, target: str, metadata: Mapping[str, str]) -> None:
        """Set the properties that `put` sets on a clip that the generator wrote.

        They include its type: a bucket ignores the type in a signed URL if the object has one.
        """
        properties = _properties(media_type_of(target) or found.properties.content_type)
        is_complete = (
            found.properties.cache_control == properties.cache_control
            and found.properties.content_type == properties.content_type
            and metadata.items() <= found.metadata.items()
        )
        if not is_complete:
            self._bucket.change(found, properties, metadata)

    def _has_given_way(self, found: StoredObject, target: str) -> bool:
        try:
            self._bucket.look(target)
            with suppress(ObjectNotFoundError):
                self._bucket.delete(found.path, if_generation=found.generation)
        except (ConflictError, ObjectNotFoundError):
            return False
        return True


def _properties(content_type: str) -> Properties:
    is_media = content_type.startswith(("image/", "video/"))
    return Properties(
        content_type=content_type,
        cache_control=MEDIA_CACHE_CONTROL if is_media else "no-cache",
        content_disposition="inline",
    )


def _require_name(path: str) -> None:
    if not _is_name(path):
        raise StorageError("Invalid object name.")


def _is_name(path: str) -> bool:
    """Whether the path is valid as in a data folder: relative, without `..`, not hidden."""
    return _NAME.fullmatch(path) is not None and len(path.encode()) <= _LONGEST_NAME_BYTES
