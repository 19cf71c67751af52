"""The records as JSON in an object store, the same in a bucket and in a folder."""

from __future__ import annotations

import json
import logging
import time
from contextlib import suppress
from functools import partial
from hashlib import md5
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING

from shared.domain.errors import (
    ConflictError,
    ObjectExistsError,
    ObjectNotFoundError,
    ShowreelError,
    UnavailableError,
    UnreadableRecordError,
)
from shared.domain.storage_layout import (
    CACHE,
    MIRROR_CURSOR,
    batch_path,
    metadata_path,
)
from shared.domain.video import Video
from shared.parallel import in_parallel
from shared.ports.object_store import PutMode
from shared.ports.record_mirror import MirrorListing
from shared.records.files import (
    campaign_id_at,
    decode_cursor,
    decode_file,
    file_path_of,
    is_record_file,
    is_up_to_date,
    state_in,
    video_hash_at,
)
from shared.records.form import decode, encode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime, timedelta

    from shared.domain.batch import Batch
    from shared.domain.campaign import CampaignRecord
    from shared.domain.reconciling import CampaignState
    from shared.domain.unreadable import Unreadable
    from shared.ports import Clock
    from shared.ports.object_store import ObjectInfo, ObjectStore

logger = logging.getLogger(__name__)

_TRIES = 3
_JSON = "application/json"


class ObjectStoreMirror:
    """`gap` is the least time between two writes of one name; `now` is the clock of the store."""

    def __init__(self, objects: ObjectStore, *, gap: timedelta, now: Clock) -> None:
        self._objects = objects
        self._gap = gap
        self._now = now

    def list(self, campaign_id: str) -> MirrorListing:
        found = self._objects.list(f"{CACHE}/{campaign_id}/")
        files = {each.path: each for each in found if is_record_file(each.path)}
        return MirrorListing(campaign_id=campaign_id, files=files)

    def stale(self, listing: MirrorListing, state: CampaignState) -> tuple[str, ...]:
        return tuple(sorted(self._differences(listing, state)))

    def update(
        self, listing: MirrorListing, state: CampaignState, *, only: Collection[str] | None = None
    ) -> tuple[str, ...]:
        """Write the new names before the stale ones go: a crash leaves both rather than neither."""
        found = self._differences(listing, state, only)
        written = {path: content for path, content in found.items() if content is not None}
        left = in_parallel(
            partial(self._write, listing, path, content) for path, content in written.items()
        )
        going = (state.videos.keys() | state.campaign.removed_hashes) - set(
            map(video_hash_at, filter(None, left))
        )
        gone = [path for path in found.keys() - written.keys() if video_hash_at(path) in going]
        in_parallel(partial(self._remove, listing.files[path]) for path in gone)
        return tuple(path for path in left if path)

    def write_submission(self, video: Video) -> None:
        self._write_in_time(file_path_of(video), encode(video))

    def write_batch(self, batch: Batch) -> None:
        self._write_in_time(batch_path(batch.batch_id), encode(batch))

    def read_batch(self, batch_id: str) -> Batch | None:
        from shared.domain.batch import Batch

        with suppress(ObjectNotFoundError, UnreadableRecordError):
            with self._objects.open(batch_path(batch_id)) as stream:
                batch = decode(stream.read(), Batch)
            return batch if batch.batch_id == batch_id else None
        return None

    def read_video(self, campaign_id: str, video_hash: str, *, current: bool) -> Video | None:
        for name in (current, not current):
            path = metadata_path(campaign_id, video_hash, current=name)
            with suppress(ObjectNotFoundError, UnreadableRecordError):
                record = self._read(path)
                if isinstance(record, Video):
                    return record
        return None

    def read_campaigns(self) -> Iterator[CampaignState | Unreadable]:
        found = (info for info in self._objects.list(f"{CACHE}/") if is_record_file(info.path))
        for _, files in groupby(found, key=lambda info: campaign_id_at(info.path)):
            contents = in_parallel(partial(self._content, each.path) for each in files)
            state = state_in({path: content for path, content in contents if content is not None})
            if state is not None:
                yield state

    def complete_until(self) -> datetime | None:
        try:
            with self._objects.open(MIRROR_CURSOR) as cursor:
                return decode_cursor(cursor.read())
        except ObjectNotFoundError:
            return None

    def note_complete(self, until: datetime) -> None:
        known = self.complete_until()
        if known is None or known < until:
            content = BytesIO(json.dumps({"until": until.isoformat()}).encode())
            self._objects.put(MIRROR_CURSOR, content, content_type=_JSON, mode=PutMode.OVERWRITE)

    def remove(self, listing: MirrorListing) -> None:
        in_parallel(
            partial(self._objects.delete_unchanged, each) for each in listing.files.values()
        )

    def _differences(
        self, listing: MirrorListing, state: CampaignState, only: Collection[str] | None = None
    ) -> dict[str, bytes | None]:
        """Return by path what is to be written there, or None for what is to go."""
        records: list[CampaignRecord] = [state.campaign, *state.videos.values()]
        expected = {file_path_of(record): record for record in records}
        found: dict[str, bytes | None] = {
            path: content
            for path, record in expected.items()
            if not _has_bytes(listing.files.get(path), content := encode(record))
        }
        other = [(listing.files[path], expected[path]) for path in found.keys() & listing.files]
        for path in filter(None, in_parallel(partial(self._said, *each) for each in other)):
            del found[path]
        for path in listing.files.keys() - expected.keys():
            video_hash = video_hash_at(path)
            is_asked = only is None or video_hash in only
            if video_hash and is_asked and video_hash not in state.unreadable:
                found[path] = None
        return {**found, **_raw(listing, state)}

    def _said(self, file: ObjectInfo, record: CampaignRecord) -> str | None:
        """Return the file's path if it holds the same record in other bytes or with more fields."""
        try:
            return file.path if is_up_to_date(self._read(file.path), record) else None
        except (ObjectNotFoundError, UnreadableRecordError):
            return None

    def _write_in_time(self, path: str, content: bytes) -> None:
        """Write the object, as soon as its name may be written again. Raise UnavailableError."""
        for _ in range(_TRIES):
            with suppress(ConflictError, ObjectNotFoundError):
                try:
                    self._objects.put(path, BytesIO(content), content_type=_JSON)
                except ObjectExistsError:
                    found = self._objects.head(path)
                    time.sleep(self._wait_for(found))
                    self._objects.replace(found, BytesIO(content))
                return
        raise UnavailableError(f"The object {path!r} keeps changing. Try again soon.")

    def _write(self, listing: MirrorListing, path: str, content: bytes) -> str | None:
        """Return the path if it was not written."""
        file = listing.files.get(path)
        try:
            if file is None:
                self._objects.put(path, BytesIO(content), content_type=_JSON)
            elif self._wait_for(file):
                return path
            else:
                self._objects.replace(file, BytesIO(content))
        except (ConflictError, ObjectExistsError):
            # Another process has written it since; the tick checks whether that was the latest.
            return path
        except ShowreelError:
            logger.warning("record.unmirrored", extra={"path": path}, exc_info=True)
            return path
        return None

    def _remove(self, file: ObjectInfo) -> None:
        try:
            self._objects.delete_unchanged(file)
        except ShowreelError:
            logger.warning("record.unmirrored", extra={"path": file.path}, exc_info=True)

    def _wait_for(self, file: ObjectInfo) -> float:
        """Return the seconds until the name may be written again, never more than the gap.

        A time that is further away than the gap, also in the future, is that of another clock.
        """
        distance = abs(self._now() - file.updated_at)
        return max(0.0, (self._gap - distance).total_seconds())

    def _content(self, path: str) -> tuple[str, bytes | None]:
        with suppress(ObjectNotFoundError), self._objects.open(path) as file:
            return path, file.read()
        return path, None

    def _read(self, path: str) -> CampaignRecord:
        """Raise ObjectNotFoundError, or UnreadableRecordError."""
        with self._objects.open(path) as file:
            content = file.read()
        return decode_file(path, content)


def _has_bytes(file: ObjectInfo | None, content: bytes) -> bool:
    return file is not None and file.md5 == md5(content, usedforsecurity=False).hexdigest()


def _raw(listing: MirrorListing, state: CampaignState) -> dict[str, bytes]:
    """Return the records that cannot be read and have no file, such as those that were copied."""
    current = {slot.current.video_hash for slot in state.campaign.slots if slot.current}
    return {
        metadata_path(each.campaign_id, name, current=name in current): each.content
        for name, each in state.unreadable.items()
        if not any(
            metadata_path(each.campaign_id, name, current=known) in listing.files
            for known in (True, False)
        )
    }
