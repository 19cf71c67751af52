"""The properties of an object in Cloud Storage."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from shared.ports.object_store import ObjectInfo

_MEDIA_TYPES = {".jpg": "image/jpeg", ".mp4": "video/mp4"}


def media_type_of(path: str) -> str | None:
    """Return the media type for the name of a clip or thumbnail, else None."""
    return _MEDIA_TYPES.get(PurePosixPath(path).suffix)


@dataclass(frozen=True, kw_only=True)
class Properties:
    """The headers with which an object is served."""

    content_type: str
    cache_control: str
    content_disposition: str


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """One generation of an object. `crc32c` is the checksum of all its bytes."""

    info: ObjectInfo
    generation: int
    crc32c: int
    properties: Properties
    metadata: Mapping[str, str]

    @property
    def path(self) -> str:
        return self.info.path
