"""Objects: the bytes of clips, thumbnails and metadata."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO, Protocol

MEDIA_CACHE_CONTROL = "private, max-age=86400, immutable"
"""For clips and thumbnails: bytes never change, and only who may read them may keep them."""


class PutMode(StrEnum):
    CREATE = "create"
    OVERWRITE = "overwrite"


@dataclass(frozen=True, kw_only=True)
class ObjectInfo:
    """`etag` changes whenever the bytes do; it has no quotes.

    `version` is another after each write, also of the same bytes. `md5` is the hex digest of the
    bytes, or empty where a listing does not have it.
    """

    path: str
    size: int
    etag: str
    content_type: str
    updated_at: datetime
    version: str
    md5: str = ""


class SignedMethod(StrEnum):
    GET = "GET"
    HEAD = "HEAD"


@dataclass(frozen=True, kw_only=True)
class SignedURL:
    """`url` is absolute, or a path of this service where the store has no server of its own."""

    url: str
    expires_at: datetime


class ObjectStore(Protocol):
    """Named, immutable-once-read bytes under relative `path`s with `/` between their parts.

    A reader never sees a part of an object: it appears whole or not at all.
    """

    def put(
        self,
        path: str,
        content: BinaryIO,
        *,
        content_type: str,
        mode: PutMode = PutMode.CREATE,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Store `content` up to its end. CREATE raises ObjectExistsError where `path` is taken."""

    def replace(self, found: ObjectInfo, content: BinaryIO) -> None:
        """Store other bytes under the name of `found`, with its type.

        Raise ConflictError if the object has changed since it was found, or is gone.
        """

    def open(self, path: str) -> BinaryIO:
        """Return a seekable stream. Raise ObjectNotFoundError."""

    def head(self, path: str) -> ObjectInfo:
        """Raise ObjectNotFoundError."""

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Yield what begins with `prefix`, a folder that ends in `/`, ordered by path."""

    def rename(
        self, source: str, target: str, *, metadata: Mapping[str, str] | None = None
    ) -> None:
        """Move bytes and metadata without reading them. Safe to run twice.

        `metadata` is what an object that somebody else wrote has from now on.

        Where `source` is gone and `target` is there, it was done before. Where both are there,
        `target` is kept and `source` removed. Raise ObjectNotFoundError where neither is.
        """

    def copy(self, source: str, target: str) -> None:
        """Give the bytes a second name. Safe to run twice.

        Where `target` is there, it is kept. Raise ObjectNotFoundError where neither is there.
        """

    def free_bytes(self) -> int | None:
        """Return how many bytes can still be stored, or None where no limit is known."""

    def is_case_sensitive(self) -> bool:
        """Whether two paths that differ only in case name two objects."""

    def delete(self, path: str) -> None:
        """Remove the object, if it is there."""

    def delete_unchanged(self, found: ObjectInfo) -> None:
        """Remove the object, unless it has changed since it was found."""

    def sign(
        self, path: str, *, expires_in: timedelta, method: SignedMethod = SignedMethod.GET
    ) -> SignedURL:
        """Return a URL that reads this object, and only this one, until it expires.

        It is good for `method`; a store may let a HEAD pass for a GET, and a bucket does not.
        Whether the object exists is not asked.
        """


class SignatureVerifier(Protocol):
    """Says whether a signed URL of this very service is genuine and still valid."""

    def verify(self, path: str, *, expires: str, signature: str) -> None:
        """Raise InvalidSignatureError, or ExpiredSignatureError."""


class StorageProbe(Protocol):
    """Checked before a paid submission: a clip that cannot be stored must not be generated."""

    @property
    def last_error(self) -> str:
        """A sentence that says why the last clip could not be stored; empty if it was stored."""
        ...

    def require_room(self, size_bytes: int) -> None:
        """Raise StorageFullError unless there is room for `size_bytes`."""

    def require(self, size_bytes: int) -> None:
        """Also raise UnavailableError unless every operation of storing a clip works."""
