"""The properties of an object in Cloud Storage."""

from __future__ import annotations

from base64 import b64decode
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct

from shared.ports.object_store import ObjectInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.cloud.storage import Blob  # type: ignore[import-untyped]

_MEDIA_TYPES = {".jpg": "image/jpeg", ".mp4": "video/mp4", ".webp": "image/webp"}


def media_type_of(path: str) -> str | None:
    """Return the media type for the name of a clip or picture, else None."""
    return _MEDIA_TYPES.get(PurePosixPath(path).suffix)


class Properties(Struct, frozen=True, kw_only=True):
    """The headers with which an object is served."""

    content_type: str
    cache_control: str
    content_disposition: str


class StoredObject(Struct, frozen=True, kw_only=True):
    """One generation of an object. `crc32c` is the checksum of all its bytes."""

    info: ObjectInfo
    generation: int
    crc32c: int
    properties: Properties
    metadata: Mapping[str, str]

    @classmethod
    def of(cls, blob: Blob) -> StoredObject:
        content_type = blob.content_type or "application/octet-stream"
        return cls(
            info=ObjectInfo(
                path=blob.name,
                # Some servers leave out zero values.
                size=blob.size or 0,
                etag=b64decode(blob.md5_hash or blob.crc32c).hex(),
                content_type=content_type,
                updated_at=blob.updated,
                version=str(blob.generation),
                # Composed objects have none.
                md5=b64decode(blob.md5_hash or "").hex(),
            ),
            generation=blob.generation,
            crc32c=int.from_bytes(b64decode(blob.crc32c), "big"),
            properties=Properties(
                content_type=content_type,
                cache_control=blob.cache_control or "",
                content_disposition=blob.content_disposition or "",
            ),
            metadata=blob.metadata or {},
        )

    @property
    def path(self) -> str:
        return self.info.path
