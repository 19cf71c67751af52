"""What Cloud Storage keeps beside the bytes of an object."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.ports.object_store import ObjectInfo


@dataclass(frozen=True, kw_only=True)
class Properties:
    """What readers are told with the bytes."""

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
