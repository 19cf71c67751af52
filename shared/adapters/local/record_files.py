"""The records once more as JSON files beside the videos, and what can be rebuilt from them."""

from __future__ import annotations

import logging
from collections import defaultdict
from contextlib import contextmanager, suppress
from io import BytesIO
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
from shared.domain.errors import ShowreelError, UnreadableRecordError
from shared.domain.storage_layout import (
    CACHE,
    CAMPAIGN_FILE,
    metadata_file,
    video_hash_of_metadata,
)
from shared.records.campaigns import decode_campaign, encode_campaign
from shared.records.videos import decode_video, encode_video

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from decimal import Decimal

    from shared.adapters.local.files.data_folder import DataFolder
    from shared.adapters.local.record_connections import Connection
    from shared.domain.campaign import Campaign
    from shared.domain.video import Video
    from shared.ports.campaign_repository import VideoPage

logger = logging.getLogger(__name__)

_RECORDS = tuple(CACHE.split("/"))


@contextmanager
def failures_logged() -> Iterator[None]:
    """Log what cannot be written: the commit has happened, and the database decides."""
    try:
        yield
    except (OSError, ShowreelError):
        logger.warning("record.unmirrored", exc_info=True)


def write_files(
    files: DataFolder, campaign: Campaign, page: VideoPage, video_hashes: set[str]
) -> None:
    """Write a campaign's file and those of the videos of `page`, and remove those of the others."""
    shown = {slot.current.video_hash for slot in campaign.slots if slot.current}
    contents = {CAMPAIGN_FILE: encode_campaign(campaign)}
    for video in page.videos:
        name = metadata_file(video.video_hash, current=video.is_current)
        contents[name] = encode_video(video)
    for record in page.unreadable:
        name = metadata_file(record.video_hash or "", current=record.video_hash in shown)
        contents[name] = record.content
    folder = (*_RECORDS, campaign.campaign_id)
    for name, content in contents.items():
        with files.written_aside(BytesIO(content)) as aside:
            files.replace(aside, (*folder, name))
    for video_hash in video_hashes:
        for current in (True, False):
            name = metadata_file(video_hash, current=current)
            if name not in contents:
                files.unlink((*folder, name))
    files.sync(folder)


def stale_files(files: DataFolder, campaign: Campaign, videos: Iterable[Video]) -> Iterator[str]:
    """Yield the paths of files that differ from the records, are missing, or have no record."""
    expected = {metadata_file(each.video_hash, current=each.is_current): each for each in videos}
    contents = {name: encode_video(video) for name, video in expected.items()}
    contents[CAMPAIGN_FILE] = encode_campaign(campaign)
    found = dict(_read(files, campaign.campaign_id))
    there = {name for name in found if name == CAMPAIGN_FILE or video_hash_of_metadata(name)}
    for name in contents.keys() | there:
        if found.get(name) != contents.get(name):
            yield f"{CACHE}/{campaign.campaign_id}/{name}"


def read_video_file(
    files: DataFolder, campaign_id: str, video_hash: str, *, current: bool
) -> Video | None:
    """Return what the file under one of a video's two names says, if it can be read."""
    contents = dict(_read(files, campaign_id))
    for is_current in (current, not current):
        content = contents.get(metadata_file(video_hash, current=is_current))
        with suppress(UnreadableRecordError):
            video = decode_video(content) if content else None
            if video and (video.campaign_id, video.video_hash) == (campaign_id, video_hash):
                return video
    return None


def remove_files(files: DataFolder, campaign_id: str) -> None:
    folder = (*_RECORDS, campaign_id)
    for name in _names(files, folder):
        files.unlink((*folder, name))
    files.tidy(folder)


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
