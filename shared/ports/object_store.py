"""Objects: the bytes of clips, pictures and metadata."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO, Protocol

from msgspec import Struct

MEDIA_CACHE_CONTROL = "private, max-age=86400, immutable"
"""For clips and pictures: their bytes never change, and shared caches must not store them."""


class PutMode(StrEnum):
    CREATE = "create"
    OVERWRITE = "overwrite"


class ObjectInfo(Struct, frozen=True, kw_only=True):
    """`etag` changes whenever the bytes do; it has no quotes.

    `version` changes with each write, also of the same bytes. `md5` is the hex digest of the
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


class SignedURL(Struct, frozen=True, kw_only=True):
    """`url` is absolute, or a path of this service if the store has no server of its own."""

    url: str
    expires_at: datetime


class ObjectStore(Protocol):
    """Stores bytes as objects under relative paths with `/` between their parts.

    An object appears whole or not at all: no reader sees a part of it.
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
        """Store `content` up to its end. CREATE raises ObjectExistsError if `path` exists."""

    def replace(self, found: ObjectInfo, content: BinaryIO) -> None:
        """Replace the bytes of `found`, with the same type.

        Raise ConflictError if the object was changed or removed since it was found.
        """

    def open(self, path: str) -> BinaryIO:
        """Return a seekable stream. Raise ObjectNotFoundError."""

    def head(self, path: str) -> ObjectInfo:
        """Raise ObjectNotFoundError."""

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Yield the objects under `prefix`, a folder that ends in `/`, ordered by path."""

    def rename(
        self, source: str, target: str, *, metadata: Mapping[str, str] | None = None
    ) -> None:
        """Move bytes and metadata without reading them. Safe to run twice.

        `metadata`, if given, is added to the object.

        If only `target` exists, the rename was done before. If both exist, `target` is kept and
        `source` is removed. Raise ObjectNotFoundError if neither exists.
        """

    def copy(self, source: str, target: str, *, mode: PutMode = PutMode.CREATE) -> None:
        """Give the bytes a second name. Safe to run twice.

        Raise ObjectNotFoundError without a `source`. CREATE keeps an existing `target`, and is then
        content without one.
        """

    def free_bytes(self) -> int | None:
        """Return how many bytes can still be stored, or None if no limit is known."""

    def is_case_sensitive(self) -> bool:
        """Whether two paths that differ only in case name two objects."""

    def delete(self, path: str) -> None:
        """Remove the object, if it exists."""

    def delete_unchanged(self, found: ObjectInfo) -> None:
        """Remove the object, unless it has changed since it was found."""

    def sign(
        self,
        path: str,
        *,
        expires_in: timedelta,
        method: SignedMethod = SignedMethod.GET,
        disposition: str | None = None,
    ) -> SignedURL:
        """Return a URL that reads this one object until it expires.

        `disposition` is the Content-Disposition of its answers. Without one, browsers show the
        object instead of storing it.

        It permits `method`; with GET, a data folder also permits HEAD, and a bucket does not. The
        object need not exist.
        """


class SignatureVerifier(Protocol):
    """Verifies the signed URLs that this service serves itself."""

    def verify(
        self, path: str, *, expires: str, signature: str, disposition: str | None = None
    ) -> None:
        """Raise InvalidSignatureError, or ExpiredSignatureError."""


class StorageProbe(Protocol):
    """Checked before a paid submission: a clip that cannot be stored must not be generated."""

    @property
    def last_error(self) -> str:
        """Why the last clip could not be stored, as a sentence; empty if it was stored."""
        ...

    def require_room(self, size_bytes: int) -> None:
        """Raise StorageFullError unless `size_bytes` are free."""

    def require(self, size_bytes: int) -> None:
        """Also raise UnavailableError unless every operation of storing a clip works."""
