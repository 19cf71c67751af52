"""What is known of a campaign's videos without reading their records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from shared.adapters.local.records.record_files import FileVersion, Listing, RecordFiles, spellings
from shared.domain.errors import UnreadableRecordError
from shared.domain.storage_layout import CAMPAIGN_FILE, video_hash_of_metadata
from shared.domain.unreadable import Unreadable

if TYPE_CHECKING:
    from datetime import datetime

    from shared.adapters.local.records.record_cache import RecordCache
    from shared.domain.campaign import Campaign
    from shared.domain.video import Status, VersionState, Video

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
    """`videos` are in order; `waiting` are those of them that will be due.

    `unreadable` are the videos whose records cannot be read.
    """

    campaign_id: str
    videos: tuple[VideoKey, ...] = ()
    waiting: tuple[VideoKey, ...] = ()
    has_chores: bool = False
    delayed_until: datetime | None = None
    unreadable: tuple[Unreadable, ...] = ()

    def waits(self, before: datetime) -> bool:
        """Whether it has chores that are due by then."""
        until = self.delayed_until
        return self.has_chores or (until is not None and until <= before)


class CampaignIndexer:
    """Makes indexes."""

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
        keys: list[VideoKey] = []
        unreadable: list[Unreadable] = []
        hashes = {video_hash for name in listing if (video_hash := video_hash_of_metadata(name))}
        for video_hash in hashes:
            name = next(each for each in spellings(video_hash) if each in listing)
            video = _readable(self._videos, campaign_id, name, listing[name])
            if isinstance(video, Unreadable):
                unreadable.append(video)
            elif video is not None:
                keys.append(_key(video, name, listing[name]))
        videos = tuple(sorted(keys))
        campaign = self._campaign(campaign_id, listing)
        return CampaignIndex(
            campaign_id=campaign_id,
            videos=videos,
            waiting=tuple(key for key in videos if key.due_at),
            has_chores=campaign is not None and bool(campaign.chores),
            delayed_until=None if campaign is None else campaign.delayed_until,
            unreadable=tuple(unreadable),
        )

    def _campaign(self, campaign_id: str, listing: Listing) -> Campaign | None:
        version = listing.get(CAMPAIGN_FILE)
        if version is None:
            return None
        campaign = _readable(self._campaigns, campaign_id, CAMPAIGN_FILE, version)
        return None if isinstance(campaign, Unreadable) else campaign


def _readable(
    records: RecordCache[T], campaign_id: str, name: str, version: FileVersion
) -> T | Unreadable | None:
    """Return None if this version has gone: the listing has changed too, and is read again."""
    try:
        return records.at_version(campaign_id, name, version)
    except UnreadableRecordError as error:
        return error.record


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
