"""The records once more as JSON files beside the videos, and what can be rebuilt from them."""

from __future__ import annotations

import logging
from collections import defaultdict
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import TYPE_CHECKING

from shared.adapters.local.files.storage_errors import is_missing
from shared.domain.campaign import ZERO, Campaign, Change
from shared.domain.daily_budget import DayBudget, released
from shared.domain.errors import UnreadableRecordError
from shared.domain.storage_layout import (
    CACHE,
    CAMPAIGN_FILE,
    metadata_file,
    video_hash_of_metadata,
)
from shared.domain.unreadable import Unreadable
from shared.records.campaigns import decode_campaign, encode_campaign
from shared.records.videos import decode_video, encode_video

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from shared.adapters.local.files.data_folder import DataFolder
    from shared.domain.video import Video
    from shared.ports.campaign_repository import CampaignRepository

logger = logging.getLogger(__name__)

_RECORDS = tuple(CACHE.split("/"))


@contextmanager
def failures_logged() -> Iterator[None]:
    try:
        yield
    except OSError:
        logger.warning("record.unmirrored", exc_info=True)


def write_files(files: DataFolder, change: Change) -> None:
    campaign = change.campaign
    folder = (*_RECORDS, campaign.campaign_id)
    shown = {slot.current.video_hash for slot in campaign.slots if slot.current}
    contents = {CAMPAIGN_FILE: encode_campaign(campaign), **_contents(change.videos)}
    for record in change.carried:
        name = metadata_file(record.video_hash or "", current=record.video_hash in shown)
        contents[name] = record.content
    names = {each.video_hash or "" for each in (*change.videos, *change.gone)}
    _write(files, folder, contents, names)


def write_video_file(files: DataFolder, video: Video) -> None:
    _write(files, (*_RECORDS, video.campaign_id), _contents((video,)), {video.video_hash})


def remove_files(files: DataFolder, campaign_id: str) -> None:
    folder = (*_RECORDS, campaign_id)
    for name in _names(files, folder):
        files.unlink((*folder, name))
    files.tidy(folder)


def rebuild_from_files(files: DataFolder, repository: CampaignRepository) -> int:
    days: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
    count = 0
    for campaign_id in _names(files, _RECORDS, are_folders=True):
        change = _change_of(files, campaign_id)
        if change is None:
            continue
        for video in change.videos:
            if video.budget_day is not None and released(video) is video:
                days[video.budget_day] += video.cost.estimated
        repository.commit(change)
        count += 1
    for day, committed in days.items():
        last = repository.list_campaigns(after=None, limit=1)[0]
        if isinstance(last, Campaign):
            repository.commit(
                Change(campaign=last, days=(DayBudget(day=day, committed=committed),))
            )
    return count


def _change_of(files: DataFolder, campaign_id: str) -> Change | None:
    campaign: Campaign | None = None
    videos: dict[str, Video] = {}
    carried: dict[str, Unreadable] = {}
    for name, content in _read(files, campaign_id):
        video_hash = video_hash_of_metadata(name)
        try:
            if name == CAMPAIGN_FILE:
                campaign = decode_campaign(content)
            elif video_hash:
                found = decode_video(content)
                _require((found.campaign_id, found.video_hash) == (campaign_id, video_hash))
                if video_hash not in videos or name.startswith("curr_"):
                    videos[video_hash] = found
        except UnreadableRecordError as error:
            if video_hash:
                carried[video_hash] = Unreadable(
                    campaign_id=campaign_id,
                    video_hash=video_hash,
                    detail=error.message,
                    is_newer=error.is_newer,
                    content=content,
                    revision="",
                )
    if campaign is None or campaign.campaign_id != campaign_id:
        return None
    return Change(
        campaign=campaign,
        videos=tuple(videos.values()),
        carried=tuple(each for name, each in carried.items() if name not in videos),
    )


def _require(is_in_place: bool) -> None:  # noqa: FBT001  # It is the whole question.
    if not is_in_place:
        raise UnreadableRecordError("This is the record of something else.")


def _contents(videos: tuple[Video, ...]) -> dict[str, bytes]:
    return {
        metadata_file(each.video_hash, current=each.is_current): encode_video(each)
        for each in videos
    }


def _write(
    files: DataFolder,
    folder: tuple[str, ...],
    contents: Mapping[str, bytes],
    video_hashes: set[str],
) -> None:
    for name, content in contents.items():
        with files.written_aside(BytesIO(content)) as aside:
            files.replace(aside, (*folder, name))
    for video_hash in video_hashes:
        for current in (True, False):
            name = metadata_file(video_hash, current=current)
            if name not in contents:
                files.unlink((*folder, name))
    files.sync(folder)


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
