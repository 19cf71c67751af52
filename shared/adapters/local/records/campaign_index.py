"""What is known of a campaign's videos without reading their records."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from shared.adapters.local.records.record_files import FileVersion, Listing, RecordFiles, spellings
from shared.domain.errors import StorageError
from shared.domain.storage_layout import CAMPAIGN_FILE, video_hash_of_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from shared.adapters.local.records.record_cache import RecordCache
    from shared.domain.campaign import Campaign
    from shared.domain.video import Status, VersionState, Video

logger = logging.getLogger(__name__)

T = TypeVar("T", bound="Campaign | Video")


class VideoKey(NamedTuple):
    """Ordered by creation, then id. It finds one version of one record."""

    created_at: datetime
    id: str
    campaign_id: str
    video_hash: str
    version_state: VersionState | None
    status: Status
    tags: tuple[str, ...]
    due_at: datetime | None
    file_name: str
    file_version: FileVersion


@dataclass(frozen=True, kw_only=True, eq=False)
class CampaignIndex:
    """`videos` are in order; `waiting` are those of them that will be due."""

    campaign_id: str
    videos: tuple[VideoKey, ...] = ()
    waiting: tuple[VideoKey, ...] = ()
    has_chores: bool = False
    delayed_until: datetime | None = None

    def waits(self, before: datetime) -> bool:
        """Whether it has chores that are due by then."""
        until = self.delayed_until
        return self.has_chores or (until is not None and until <= before)


class CampaignIndexer:
    """Makes indexes. A damaged record is logged and left out."""

    def __init__(
        self, files: RecordFiles, campaigns: RecordCache[Campaign], videos: RecordCache[Video]
    ) -> None:
        self._files = files
        self._campaigns = campaigns
        self._videos = videos

    def index(self, campaign_id: str) -> CampaignIndex:
        """Read until nothing has changed meanwhile, so that no commit is seen in part.

        A commit that both listings show alike, and in part, has its journal between them.
        Raise OSError, one that `is_missing`, if there is no such campaign.
        """
        while True:
            self._files.settle(campaign_id)
            listing = self._files.listing(campaign_id)
            index = self._read(campaign_id, listing)
            if self._files.has_journal(campaign_id):
                continue
            if self._files.listing(campaign_id) == listing:
                return index

    def _read(self, campaign_id: str, listing: Listing) -> CampaignIndex:
        videos = sorted(self._keys(campaign_id, listing))
        campaign = self._campaign(campaign_id, listing)
        return CampaignIndex(
            campaign_id=campaign_id,
            videos=tuple(videos),
            waiting=tuple(key for key in videos if key.due_at),
            has_chores=campaign is not None and bool(campaign.chores),
            delayed_until=None if campaign is None else campaign.delayed_until,
        )

    def _keys(self, campaign_id: str, listing: Listing) -> Iterator[VideoKey]:
        hashes = {video_hash for name in listing if (video_hash := video_hash_of_metadata(name))}
        for video_hash in hashes:
            name = next(each for each in spellings(video_hash) if each in listing)
            video = _undamaged(self._videos, campaign_id, name, listing[name])
            if video is not None:
                yield _key(video, name, listing[name])

    def _campaign(self, campaign_id: str, listing: Listing) -> Campaign | None:
        version = listing.get(CAMPAIGN_FILE)
        if version is None:
            return None
        return _undamaged(self._campaigns, campaign_id, CAMPAIGN_FILE, version)


def _undamaged(
    records: RecordCache[T], campaign_id: str, name: str, version: FileVersion
) -> T | None:
    try:
        return records.at_version(campaign_id, name, version)
    except StorageError as error:
        logger.warning("A damaged record is left out. %s", error)
        return None


def _key(video: Video, name: str, version: FileVersion) -> VideoKey:
    return VideoKey(
        created_at=video.created_at,
        id=video.id,
        campaign_id=video.campaign_id,
        video_hash=video.video_hash,
        version_state=video.version_state,
        status=video.status,
        tags=video.tags,
        due_at=video.due_at,
        file_name=name,
        file_version=version,
    )
