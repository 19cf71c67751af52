"""Objects as files in one folder."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from os import stat_result
from pathlib import Path
from typing import BinaryIO

from shared.adapters.local.files.data_folder import Aside, DataFolder
from shared.adapters.local.files.folders import Parts, parts_of
from shared.adapters.local.files.storage_errors import is_missing, storage_errors
from shared.adapters.local.signing import URLSigner, kept_key
from shared.building import built_once
from shared.domain.errors import ConflictError, ObjectExistsError, ObjectNotFoundError
from shared.domain.storage_layout import media_type_of
from shared.ports import Clock
from shared.ports.object_store import ObjectInfo, PutMode, SignedMethod, SignedURL


class LocalObjectStore:
    """Stores each object as one file, without further metadata.

    The content type follows from the path's suffix; metadata is dropped, because the records have
    it. No symbolic link below the root is followed.

    Without a `signing_key`, one is created and kept in the folder, so that signed URLs survive a
    restart and are valid in every process that shares the folder.
    """

    def __init__(self, root: Path, *, now: Clock, signing_key: str = "") -> None:
        self._files = DataFolder(root)
        self._given_key = signing_key
        self._signer = URLSigner(self.signing_key, now)

    def signing_key(self) -> str:
        return self._given_key or kept_key(self._files)

    def put(
        self,
        path: str,
        content: BinaryIO,
        *,
        content_type: str,  # noqa: ARG002  # The suffix determines it.
        mode: PutMode = PutMode.CREATE,
        metadata: Mapping[str, str] | None = None,  # noqa: ARG002  # The class says why.
    ) -> None:
        with storage_errors():
            parts = parts_of(path)
            with self._files.written_aside(content) as aside:
                if mode is PutMode.OVERWRITE:
                    self._files.replace(aside, parts)
                else:
                    self._create(aside, path)
            self._files.sync(parts[:-1])

    def replace(self, found: ObjectInfo, content: BinaryIO) -> None:
        with storage_errors():
            parts = parts_of(found.path)
            with self._files.written_aside(content) as aside, self._files.names_locked():
                if not self._is_unchanged(found):
                    raise ConflictError(f"The object {found.path!r} has changed. Read it again.")
                self._files.replace(aside, parts)
            self._files.sync(parts[:-1])

    def open(self, path: str) -> BinaryIO:
        """Return an unbuffered stream: callers read large blocks."""
        with storage_errors(), _missing_as_not_found(path):
            return self._files.open(parts_of(path))

    def head(self, path: str) -> ObjectInfo:
        with storage_errors(), _missing_as_not_found(path):
            return _info(path, self._files.status(parts_of(path)))

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        folder = prefix.removesuffix("/")
        with storage_errors():
            try:
                parts = parts_of(folder) if folder else ()
            except OSError:
                return
            yield from self._walk(parts)

    def rename(
        self,
        source: str,
        target: str,
        *,
        metadata: Mapping[str, str] | None = None,  # noqa: ARG002  # The class says why.
    ) -> None:
        # Without the lock, two opposite renames of one object would each remove the other's copy.
        with storage_errors(), self._files.names_locked():
            old, new = parts_of(source), parts_of(target)
            if self._exists(new):
                if old != new:
                    self._remove(old)
                return
            if not self._exists(old):
                raise _not_found(source)
            self._files.move(old, new)
            self._files.sync(new[:-1])
            self._files.tidy(old[:-1])

    def copy(self, source: str, target: str, *, mode: PutMode = PutMode.CREATE) -> None:
        try:
            with self.open(source) as content, suppress(ObjectExistsError):
                self.put(target, content, content_type="", mode=mode)
        except ObjectNotFoundError:
            if mode is PutMode.OVERWRITE:
                raise
            self.head(target)

    def is_case_sensitive(self) -> bool:
        return self._is_case_sensitive

    @built_once
    def _is_case_sensitive(self) -> bool:
        with storage_errors():
            return self._files.is_case_sensitive()

    def delete(self, path: str) -> None:
        with storage_errors():
            self._remove(parts_of(path))

    def delete_unchanged(self, found: ObjectInfo) -> None:
        with storage_errors(), self._files.names_locked():
            if self._is_unchanged(found):
                self._remove(parts_of(found.path))

    def free_bytes(self) -> int | None:
        with storage_errors():
            return self._files.free_bytes()

    def sign(
        self,
        path: str,
        *,
        expires_in: timedelta,
        method: SignedMethod = SignedMethod.GET,  # noqa: ARG002  # A URL is valid for both.
        disposition: str | None = None,
    ) -> SignedURL:
        return self._signer.sign(path, expires_in=expires_in, disposition=disposition)

    def verify(
        self, path: str, *, expires: str, signature: str, disposition: str | None = None
    ) -> None:
        """Raise InvalidSignatureError or ExpiredSignatureError."""
        self._signer.verify(path, expires=expires, signature=signature, disposition=disposition)

    def _create(self, aside: Aside, path: str) -> None:
        try:
            self._files.create(aside, parts_of(path))
        except FileExistsError as error:
            raise ObjectExistsError(f"There is an object at {path!r} already.") from error

    def _walk(self, parts: Parts) -> Iterator[ObjectInfo]:
        try:
            entries = self._files.entries(parts)
        except OSError as error:
            if is_missing(error):
                return
            raise
        for entry in entries:
            inner = (*parts, entry.name)
            if entry.is_folder:
                yield from self._walk(inner)
            else:
                yield _info("/".join(inner), entry.status)

    def _exists(self, parts: Parts) -> bool:
        try:
            self._files.status(parts)
        except OSError as error:
            if is_missing(error):
                return False
            raise
        return True

    def _is_unchanged(self, found: ObjectInfo) -> bool:
        try:
            return self.head(found.path).version == found.version
        except ObjectNotFoundError:
            return False

    def _remove(self, parts: Parts) -> None:
        if self._exists(parts):
            with suppress(FileNotFoundError):
                self._files.remove(parts)


def _info(path: str, status: stat_result) -> ObjectInfo:
    """The etag survives a rename, and a copy that keeps times; `DataFolder` keeps times unique."""
    version = f"{status.st_mtime_ns:x}-{status.st_size:x}"
    return ObjectInfo(
        path=path,
        size=status.st_size,
        etag=version,
        version=version,
        content_type=media_type_of(path) or "application/octet-stream",
        updated_at=datetime.fromtimestamp(status.st_mtime, UTC),
    )


@contextmanager
def _missing_as_not_found(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_missing(error):
            raise _not_found(path) from error
        raise


def _not_found(path: str) -> ObjectNotFoundError:
    return ObjectNotFoundError(f"There is no object at {path!r}.")
