"""Records, decoded once for each version of their file."""

from __future__ import annotations

import hashlib
import os
from errno import ENOENT
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from shared.adapters.local.files.storage_errors import is_missing
from shared.adapters.local.records.record_files import is_coarse
from shared.domain.errors import UnreadableRecordError
from shared.domain.storage_layout import CACHE, video_hash_of_metadata
from shared.domain.unreadable import Unreadable
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
        """Return the record as it is now, or None. Raise UnreadableRecordError."""
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
        revision = revision_of(content)
        try:
            record = self._decode(content, revision=revision)
            if record.campaign_id != campaign_id and _differs_in_case(record, campaign_id):
                # The file system does not tell the two apart, and there is no campaign of this
                # name.
                raise FileNotFoundError(ENOENT, os.strerror(ENOENT))
            _require_place(record, campaign_id, name)
        except UnreadableRecordError as error:
            unreadable = Unreadable(
                campaign_id=campaign_id,
                video_hash=video_hash_of_metadata(name),
                detail=f"{CACHE}/{campaign_id}/{name}: {error.message}",
                is_newer=error.is_newer,
                content=content,
                revision=revision,
            )
            raise unreadable.error() from error
        return record


def _differs_in_case(record: Campaign | Video, campaign_id: str) -> bool:
    return record.campaign_id.lower() == campaign_id.lower()


def _require_place(record: Campaign | Video, campaign_id: str, name: str) -> None:
    video_hash = record.video_hash if isinstance(record, Video) else None
    if record.campaign_id != campaign_id or video_hash_of_metadata(name) != video_hash:
        raise UnreadableRecordError("This is the record of something else.")
