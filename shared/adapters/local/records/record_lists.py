"""Lists of records, over the indexes of all campaigns."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from shared.adapters.local.records.campaign_catalog import CampaignCatalog
from shared.adapters.local.records.campaign_index import CampaignIndexer, VideoKey
from shared.adapters.local.records.record_cache import RecordCache
from shared.adapters.local.records.record_files import RecordFiles
from shared.adapters.local.records.video_listing import matching
from shared.domain.campaign import Campaign
from shared.domain.unreadable import Unreadable
from shared.domain.video import Video
from shared.ports.campaign_repository import DueWork, VideoPage, VideoQuery


class RecordLists:
    """Raises OSError, as the files do."""

    def __init__(
        self, files: RecordFiles, campaigns: RecordCache[Campaign], videos: RecordCache[Video]
    ) -> None:
        self._videos = videos
        indexer = CampaignIndexer(files, campaigns, videos)
        self._catalog = CampaignCatalog(files, indexer.index)

    def videos(self, query: VideoQuery) -> VideoPage:
        while True:
            keys = list(islice(matching(self._keys(query), query), query.limit + 1))
            page = self._read_page(keys[: query.limit])
            if page is not None:
                return VideoPage(
                    videos=page,
                    has_more=len(keys) > query.limit,
                    unreadable=() if query.after else self._unreadable(query.campaign_id),
                )

    def all_of(self, campaign_id: str) -> VideoPage:
        while True:
            index = self._catalog.index(campaign_id)
            if index.unreadable:
                # A person may have repaired a file in its place, which no folder shows.
                self._catalog.forget(campaign_id)
                index = self._catalog.index(campaign_id)
            page = self._read_page(index.videos)
            if page is not None:
                return VideoPage(videos=page, has_more=False, unreadable=index.unreadable)

    def has_video(self, campaign_id: str, video_hash: str) -> bool:
        index = self._catalog.index(campaign_id)
        return any(key.video_hash == video_hash for key in index.videos)

    def campaign_ids(self, *, after: str | None) -> tuple[str, ...]:
        ids = self._catalog.campaign_ids()
        return ids if after is None else ids[bisect_right(ids, after) :]

    def due(self, before: datetime, *, limit: int) -> tuple[DueWork, ...]:
        indexes = self._catalog.indexes()
        waiting = sorted(
            (key.due_at, key.campaign_id, key.video_hash)
            for index in indexes
            for key in index.waiting
            if key.due_at is not None and key.due_at <= before
        )
        busy = [each.campaign_id for each in indexes if each.waits(before)]
        return (
            *(DueWork(campaign_id=each[1], video_hash=each[2]) for each in waiting[:limit]),
            *(DueWork(campaign_id=campaign_id) for campaign_id in busy[:limit]),
        )

    def _unreadable(self, campaign_id: str | None) -> tuple[Unreadable, ...]:
        """Return all, for the first page: nothing says on which one they belong."""
        if campaign_id is not None:
            return self._catalog.index(campaign_id).unreadable
        return tuple(each for index in self._catalog.indexes() for each in index.unreadable)

    def _keys(self, query: VideoQuery) -> Sequence[VideoKey]:
        if query.campaign_id is None:
            return self._catalog.videos()
        return self._catalog.index(query.campaign_id).videos

    def _read_page(self, keys: Iterable[VideoKey]) -> tuple[Video, ...] | None:
        """Read just the versions that were listed; None if one of them has gone meanwhile."""
        videos = []
        for key in keys:
            video = self._videos.at_version(key.campaign_id, key.file_name, key.file_version)
            if video is None:
                self._catalog.forget(key.campaign_id)
                return None
            videos.append(video)
        return tuple(videos)
