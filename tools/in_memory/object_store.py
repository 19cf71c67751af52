"""An object store in memory that keeps the whole contract."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from threading import Lock
from typing import BinaryIO
from urllib.parse import quote

from msgspec import Struct, field

from shared.domain.errors import (
    ConflictError,
    ObjectExistsError,
    ObjectNotFoundError,
    StorageError,
)
from shared.domain.values import replace
from shared.ports import Clock, utc_now
from shared.ports.object_store import ObjectInfo, PutMode, SignedMethod, SignedURL
from tools.in_memory.indexed_dict import IndexedDict


class StoredObject(Struct, frozen=True, kw_only=True):
    content: bytes
    content_type: str
    updated_at: datetime
    version: int
    metadata: Mapping[str, str] = field(default_factory=dict)


class InMemoryObjectStore:
    """`objects` is what is stored, by path, for a test to look at."""

    def __init__(self, now: Clock = utc_now) -> None:
        self.objects: IndexedDict[str, StoredObject] = IndexedDict(_in_folders)
        self._now = now
        self._versions = count(1)
        self._lock = Lock()

    def put(
        self,
        path: str,
        content: BinaryIO,
        *,
        content_type: str,
        mode: PutMode = PutMode.CREATE,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        _require_path(path)
        stored = StoredObject(
            content=content.read(),
            content_type=content_type,
            updated_at=self._now(),
            version=next(self._versions),
            metadata=dict(metadata or {}),
        )
        with self._lock:
            if mode is PutMode.CREATE and path in self.objects:
                raise ObjectExistsError(f"There is an object at {path} already.")
            self.objects[path] = stored

    def replace(self, found: ObjectInfo, content: BinaryIO) -> None:
        with self._lock:
            if not self._is_unchanged(found):
                raise ConflictError(f"The object {found.path} has changed.")
            self.objects[found.path] = StoredObject(
                content=content.read(),
                content_type=found.content_type,
                updated_at=self._now(),
                version=next(self._versions),
            )

    def open(self, path: str) -> BinaryIO:
        return BytesIO(self._get(path).content)

    def head(self, path: str) -> ObjectInfo:
        return _info(path, self._get(path))

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        with self._lock:
            found = [(path, self.objects[path]) for _, path in self.objects.members(prefix)]
        for path, stored in found:
            yield _info(path, stored)

    def rename(
        self, source: str, target: str, *, metadata: Mapping[str, str] | None = None
    ) -> None:
        _require_path(source)
        _require_path(target)
        with self._lock:
            stored = self.objects.pop(source, None) or self.objects.get(target)
            if stored is None:
                raise ObjectNotFoundError(f"There is no object at {source}.")
            described = replace(stored, metadata={**stored.metadata, **(metadata or {})})
            if target not in self.objects:
                self.objects[target] = described

    def copy(self, source: str, target: str, *, mode: PutMode = PutMode.CREATE) -> None:
        _require_path(target)
        with self._lock:
            if mode is PutMode.OVERWRITE or target not in self.objects:
                self.objects[target] = replace(self._get(source), version=next(self._versions))

    def free_bytes(self) -> int | None:
        return None

    def is_case_sensitive(self) -> bool:
        return True

    def delete(self, path: str) -> None:
        _require_path(path)
        with self._lock:
            self.objects.pop(path, None)

    def delete_unchanged(self, found: ObjectInfo) -> None:
        with self._lock:
            if self._is_unchanged(found):
                del self.objects[found.path]

    def sign(
        self,
        path: str,
        *,
        expires_in: timedelta,
        method: SignedMethod = SignedMethod.GET,
        disposition: str | None = None,
    ) -> SignedURL:
        expires_at = self._now() + expires_in
        url = f"/signed/{quote(path)}?expires={expires_at.timestamp():.0f}"
        if disposition is not None:
            url += f"&disposition={quote(disposition)}"
        return SignedURL(url=url, expires_at=expires_at)

    def _is_unchanged(self, found: ObjectInfo) -> bool:
        stored = self.objects.get(found.path)
        return stored is not None and str(stored.version) == found.version

    def _get(self, path: str) -> StoredObject:
        try:
            return self.objects[path]
        except KeyError:
            raise ObjectNotFoundError(f"There is no object at {path}.") from None


def _in_folders(path: str, _: StoredObject) -> Iterator[tuple[str, str]]:
    """Yield every folder that holds the object at some depth; each lists it by its path."""
    for place, character in enumerate(path):
        if character == "/":
            yield path[: place + 1], path


def _info(path: str, stored: StoredObject) -> ObjectInfo:
    return ObjectInfo(
        path=path,
        size=len(stored.content),
        etag=hashlib.sha256(stored.content).hexdigest(),
        content_type=stored.content_type,
        updated_at=stored.updated_at,
        version=str(stored.version),
        md5=hashlib.md5(stored.content, usedforsecurity=False).hexdigest(),
    )


def _require_path(path: str) -> None:
    parts = path.split("/")
    if any(part.startswith(".") or not part for part in parts) or {"\\", "\0"} & set(path):
        raise StorageError("This is not the name of an object.")
