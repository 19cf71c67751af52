"""Records, decoded once for each version of their file."""

from __future__ import annotations

import hashlib
import os
from errno import ENOENT
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from shared.adapters.local.files.storage_errors import is_missing
from shared.adapters.local.records.record_files import is_coarse
from shared.domain.errors import StorageError
from shared.domain.storage_layout import CACHE, video_hash_of_metadata
from shared.domain.video import Video

if TYPE_CHECKING:
    from shared.adapters.local.records.record_files import FileVersion, RecordFiles
    from shared.domain.campaign import Campaign

_RECORDS = 4096

T = TypeVar("T", bound="Campaign | Video")
T_co = TypeVar("T_co", bound="Campaign | Video", covariant=True)


class Decode(Protocol[T_co]):
    def __call__(self, content: bytes, *, revision: str) -> T_co: ...


def revision_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class RecordCache(Generic[T]):
    """Keeps the records that were used last."""

    def __init__(self, files: RecordFiles, decode: Decode[T]) -> None:
        self._files = files
        self._decode = decode
        self._cached = lru_cache(maxsize=_RECORDS)(self._read)

    def get(self, campaign_id: str, name: str) -> T | None:
        """Return the record as it is now, or None. Raise StorageError if it is damaged."""
        tried: FileVersion | None = None
        while (version := self._files.version(campaign_id, name)) != tried:
            record = version and self.at_version(campaign_id, name, version)
            if record is not None:
                return record
            tried = version
        return None

    def at_version(self, campaign_id: str, name: str, version: FileVersion) -> T | None:
        """Return the record of this very version, or None if it has gone."""
        # Where times are coarse, other bytes may look the same.
        read = self._read if is_coarse(version.modified_ns) else self._cached
        try:
            return read(campaign_id, name, version)
        except OSError as error:
            if is_missing(error):
                return None
            raise

    def _read(self, campaign_id: str, name: str, version: FileVersion) -> T:
        content = self._files.read(campaign_id, name, version)
        try:
            record = self._decode(content, revision=revision_of(content))
        except StorageError as error:
            raise StorageError(f"{CACHE}/{campaign_id}/{name}: {error}") from error
        if record.campaign_id != campaign_id and _differs_in_case(record, campaign_id):
            # The file system does not tell the two apart, and there is no campaign of this name.
            raise FileNotFoundError(ENOENT, os.strerror(ENOENT))
        if not _belongs(record, campaign_id, name):
            raise StorageError(f"{CACHE}/{campaign_id}/{name} is the record of something else.")
        return record


def _differs_in_case(record: Campaign | Video, campaign_id: str) -> bool:
    return record.campaign_id.lower() == campaign_id.lower()


def _belongs(record: Campaign | Video, campaign_id: str, name: str) -> bool:
    video_hash = record.video_hash if isinstance(record, Video) else None
    return record.campaign_id == campaign_id and video_hash_of_metadata(name) == video_hash
