"""Rebuild the records of a data folder from the JSON files beside the videos.

It fills a new file, which no repository can open yet: what is merged into records that are in use
is rebuilt through ports (`shared/use_cases/rebuild_records.py`).
"""

from __future__ import annotations

import logging
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from shared.adapters.local.batch_repository import stored_batch
from shared.adapters.local.event_log import store_events
from shared.adapters.local.record_database import transaction
from shared.adapters.local.record_rows import (
    store_unread_campaign,
    store_unread_video,
    stored_campaign,
    stored_day,
    stored_video,
)
from shared.domain.batch import Batch, batch_ends_of, restored
from shared.domain.daily_budget import DayBudget, held_day
from shared.domain.errors import UnreadableRecordError
from shared.domain.events import ends_of
from shared.domain.money import ZERO
from shared.domain.storage_layout import BATCH_FILE, BATCHES, CACHE, MIRROR_CURSOR
from shared.domain.unreadable import Unreadable
from shared.records.files import FiledRecords, decode_cursor, is_record_file, records_in
from shared.records.form import decode, require_place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from decimal import Decimal

    from shared.adapters.local.files.data_folder import DataFolder
    from shared.adapters.local.record_connections import Connection
    from shared.domain.events import Event

logger = logging.getLogger(__name__)

_RECORDS = tuple(CACHE.split("/"))
_BATCHES = tuple(BATCHES.split("/"))


def rebuild_from_files(files: DataFolder, connection: Connection, *, event_days: int) -> int:
    """Store what the files say in an empty database, and return how many campaigns there are.

    A file that cannot be read is stored as it is: its video is not taken for one that never was.
    Each video and batch that has ended gets the event of its end again, in the order of the ends.
    """
    events: list[Event] = []
    days: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
    count = 0
    for campaign_id in files.names(_RECORDS, are_folders=True):
        contents = dict(_read(files, campaign_id))
        if not contents:
            continue
        count += 1
        filed = records_in(contents)
        with transaction(connection):
            _store(connection, filed)
        for video in filed.videos.values():
            events += ends_of(video)
            if day := held_day(video):
                days[day] += video.cost.estimated
    with transaction(connection):
        for day, committed in days.items():
            stored_day(connection, DayBudget(day=day, committed=committed))
    with transaction(connection):
        for batch_id in files.names(_BATCHES, are_folders=True):
            events += _restore_batch(files, connection, batch_id)
    with transaction(connection):
        in_order = sorted(events, key=lambda event: event.created_at)
        store_events(connection, in_order, days=event_days)
    return count


def _store(connection: Connection, filed: FiledRecords) -> None:
    if isinstance(filed.campaign, Unreadable):
        store_unread_campaign(connection, filed.campaign.campaign_id, filed.campaign.content)
    elif filed.campaign is not None:
        stored_campaign(connection, filed.campaign)
    for video in filed.videos.values():
        stored_video(connection, video)
    for video_hash, record in filed.unreadable.items():
        store_unread_video(connection, record.campaign_id, video_hash, record.content)


def _restore_batch(files: DataFolder, connection: Connection, batch_id: str) -> tuple[Event, ...]:
    """Store the record of a batch, as far as its results and its videos are in the folder.

    Return the event of its end, if it has ended.
    """
    folder = (*_BATCHES, batch_id)
    try:
        accepted = decode(_content(files, (*folder, BATCH_FILE)), Batch)
        require_place(accepted.batch_id == batch_id)
    except FileNotFoundError:
        # It is being accepted, or its process died before it was.
        logger.warning("batch.without_record", extra={"batch_id": batch_id})
        return ()
    except UnreadableRecordError:
        logger.warning("batch.not_rebuilt", extra={"batch_id": batch_id}, exc_info=True)
        return ()
    contents = (
        _content(files, (*folder, "results", name))
        for name in sorted(files.names((*folder, "results")))
    )
    batch = restored(accepted, contents, until=_mirrored_until(files))
    stored_batch(connection, batch)
    return batch_ends_of(batch)


def _mirrored_until(files: DataFolder) -> datetime | None:
    try:
        return decode_cursor(_content(files, tuple(MIRROR_CURSOR.split("/"))))
    except FileNotFoundError:
        return None


def _content(files: DataFolder, path: tuple[str, ...]) -> bytes:
    with files.open(path) as file:
        return file.read()


def _read(files: DataFolder, campaign_id: str) -> Iterator[tuple[str, bytes]]:
    folder = (*_RECORDS, campaign_id)
    for name in files.names(folder):
        path = f"{CACHE}/{campaign_id}/{name}"
        if is_record_file(path):
            with suppress(FileNotFoundError), files.open((*folder, name)) as file:
                yield path, file.read()
