"""Rebuild the records of a data folder from the JSON files beside the videos."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from shared.adapters.local.files.storage_errors import is_missing
from shared.adapters.local.record_database import transaction
from shared.adapters.local.record_rows import (
    require_place,
    store_unread_campaign,
    store_unread_video,
    stored_campaign,
    stored_day,
    stored_video,
)
from shared.domain.campaign import ZERO
from shared.domain.daily_budget import DayBudget, released
from shared.domain.errors import UnreadableRecordError
from shared.domain.storage_layout import (
    CACHE,
    CAMPAIGN_FILE,
    metadata_file,
    video_hash_of_metadata,
)
from shared.records.campaigns import decode_campaign
from shared.records.videos import decode_video

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from decimal import Decimal

    from shared.adapters.local.files.data_folder import DataFolder
    from shared.adapters.local.record_connections import Connection
    from shared.domain.video import Video

_RECORDS = tuple(CACHE.split("/"))


def rebuild_from_files(files: DataFolder, connection: Connection) -> int:
    """Store what the files say in an empty database, and return how many campaigns there are.

    A file that cannot be read is stored as it is: its video is not taken for one that never was.
    """
    days: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
    count = 0
    for campaign_id in _names(files, _RECORDS, are_folders=True):
        contents = dict(_read(files, campaign_id))
        if not any(name == CAMPAIGN_FILE or video_hash_of_metadata(name) for name in contents):
            continue
        count += 1
        with transaction(connection):
            shown = _store_campaign(connection, campaign_id, contents.pop(CAMPAIGN_FILE, None))
            for name in _chosen(contents, shown):
                video = _store_video(connection, campaign_id, name, contents[name])
                if video and video.budget_day is not None and released(video) is video:
                    days[video.budget_day] += video.cost.estimated
    with transaction(connection):
        for day, committed in days.items():
            stored_day(connection, DayBudget(day=day, committed=committed))
    return count


def _store_campaign(
    connection: Connection, campaign_id: str, content: bytes | None
) -> frozenset[str] | None:
    """Store the record, and return which videos are current, or None if that is not known."""
    if content is None:
        return None
    try:
        campaign = decode_campaign(content)
        require_place(campaign.campaign_id == campaign_id)
    except UnreadableRecordError:
        store_unread_campaign(connection, campaign_id, content)
        return None
    stored_campaign(connection, campaign)
    return frozenset(slot.current.video_hash for slot in campaign.slots if slot.current)


def _store_video(
    connection: Connection, campaign_id: str, name: str, content: bytes
) -> Video | None:
    video_hash = video_hash_of_metadata(name) or ""
    try:
        video = decode_video(content)
        require_place((video.campaign_id, video.video_hash) == (campaign_id, video_hash))
    except UnreadableRecordError:
        store_unread_video(connection, campaign_id, video_hash, content)
        return None
    return stored_video(connection, video)


def _chosen(names: Iterable[str], shown: frozenset[str] | None) -> Iterator[str]:
    """Yield one name for each video: a crash may have left the former one beside the new one."""
    there = set(names)
    for video_hash in {found for name in there if (found := video_hash_of_metadata(name))}:
        is_current = shown is None or video_hash in shown
        likely = metadata_file(video_hash, current=is_current)
        yield likely if likely in there else metadata_file(video_hash, current=not is_current)


def _read(files: DataFolder, campaign_id: str) -> Iterator[tuple[str, bytes]]:
    folder = (*_RECORDS, campaign_id)
    for name in _names(files, folder):
        with suppress(FileNotFoundError), files.open((*folder, name)) as file:
            yield name, file.read()


def _names(files: DataFolder, folder: tuple[str, ...], *, are_folders: bool = False) -> list[str]:
    try:
        entries = files.entries(folder)
    except OSError as error:
        if is_missing(error):
            return []
        raise
    return [entry.name for entry in entries if entry.is_folder is are_folders]
