"""The records as JSON files, one folder for each campaign, shared by any number of processes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from shared.adapters.local.files.storage_errors import storage_errors
from shared.adapters.local.records.record_cache import RecordCache, revision_of
from shared.adapters.local.records.record_files import RecordFiles
from shared.adapters.local.records.video_files import VideoFiles
from shared.building import built_once
from shared.domain.errors import (
    CampaignNotFoundError,
    ConflictError,
    StorageError,
    UnreadableRecordError,
    VideoNotFoundError,
)
from shared.domain.storage_layout import CAMPAIGN_FILE, metadata_file
from shared.domain.unreadable import Unreadable
from shared.records.videos import decode_video

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager
    from datetime import date, datetime
    from decimal import Decimal
    from pathlib import Path

    from shared.adapters.local.records.days import DayBudgets
    from shared.adapters.local.records.journal import FileChanges
    from shared.adapters.local.records.record_lists import RecordLists
    from shared.domain.campaign import Campaign, Change
    from shared.domain.daily_budget import DayBudget
    from shared.domain.video import Video
    from shared.ports.campaign_repository import DueWork, VideoPage, VideoQuery

_SAVINGS_FILE = "savings.txt"


class LocalCampaignRepository:
    """A revision is a digest of a file's bytes, so a file that a person has edited has a new one.

    Reads take no lock, and decode a file once for each of its versions.
    """

    def __init__(self, root: Path) -> None:
        self._files = RecordFiles(root)
        self._campaigns = RecordCache(self._files, _decode_campaign)
        self._videos = RecordCache(self._files, decode_video)
        self._video_files = VideoFiles(self._files, self._videos)

    def get_campaign(self, campaign_id: str) -> Campaign:
        with storage_errors():
            self._files.settle(campaign_id)
            campaign = self._campaigns.get(campaign_id, CAMPAIGN_FILE)
        if campaign is None:
            raise CampaignNotFoundError(f"There is no campaign {campaign_id!r}.")
        return self._with_savings(campaign)

    def get_video(self, campaign_id: str, video_hash: str) -> Video:
        with storage_errors():
            while True:
                self._files.settle(campaign_id)
                video = self._video_files.find(campaign_id, video_hash)
                if video is not None:
                    return video
                if not self._lists.has_video(campaign_id, video_hash):
                    raise VideoNotFoundError("There is no video with this id.")

    def get_all_videos(self, campaign_id: str) -> VideoPage:
        with storage_errors():
            return self._lists.all_of(campaign_id)

    def get_videos(self, campaign_id: str, video_hashes: Iterable[str]) -> VideoPage:
        videos, unreadable = [], []
        for video_hash in dict.fromkeys(video_hashes):
            with suppress(VideoNotFoundError):
                try:
                    videos.append(self.get_video(campaign_id, video_hash))
                except UnreadableRecordError as error:
                    if error.record is None:
                        raise
                    unreadable.append(error.record)
        from shared.ports.campaign_repository import VideoPage

        return VideoPage(videos=tuple(videos), has_more=False, unreadable=tuple(unreadable))

    def get_together(
        self, campaign_id: str, video_hashes: Iterable[str]
    ) -> tuple[Campaign | None, VideoPage]:
        campaign = None
        with suppress(CampaignNotFoundError):
            campaign = self.get_campaign(campaign_id)
        return campaign, self.get_videos(campaign_id, video_hashes)

    def get_day(self, day: date) -> DayBudget:
        with storage_errors():
            return self._days.get(day)

    def commit(self, change: Change) -> Change:
        campaign_id = change.campaign.campaign_id
        content = _encode_campaign(change.campaign)
        campaign = replace(change.campaign, revision=revision_of(content))
        is_same = campaign.revision == change.campaign.revision
        written = {} if is_same else {CAMPAIGN_FILE: content}
        shares = self._days.contents(change.days) if change.days else {}
        with storage_errors(), self._locked(change):
            stored = self._campaigns.get(campaign_id, CAMPAIGN_FILE)
            is_taken = stored is None and self._files.version(campaign_id, CAMPAIGN_FILE)
            if is_taken or change.campaign.revision != _revision(stored):
                raise ConflictError(f"The campaign {campaign_id!r} has changed. Read it again.")
            for record in change.carried:
                self._video_files.require_unchanged(replace(record, revision=""))
            files = _file_changes({**_carried_files(change), **written}, shares)
            videos = self._video_files.commit(campaign_id, change.videos, change.gone, files)
        taken = tuple(map(self._days.as_stored, change.days)) if shares else ()
        return replace(change, campaign=campaign, videos=videos, days=taken)

    def commit_video(self, video: Video) -> Video:
        with storage_errors(), self._files.locked(video.campaign_id):
            others = _file_changes({}, {})
            return self._video_files.commit(video.campaign_id, (video,), (), others)[0]

    def remove_campaign(self, campaign: Campaign) -> None:
        with storage_errors(), self._files.locked(campaign.campaign_id):
            stored = self._campaigns.get(campaign.campaign_id, CAMPAIGN_FILE)
            if campaign.revision != _revision(stored):
                raise ConflictError(
                    f"The campaign {campaign.campaign_id!r} has changed. Read it again."
                )
            if stored is not None:
                self._files.remove(campaign.campaign_id)

    def add_savings(self, campaign_id: str, amount: Decimal, hits: int) -> None:
        with storage_errors():
            if self._files.version(campaign_id, CAMPAIGN_FILE) is None:
                return
            with self._files.locked(campaign_id):
                campaign = self._campaigns.get(campaign_id, CAMPAIGN_FILE)
                if campaign is not None:
                    saved = self._with_savings(campaign).savings
                    content = f"{saved.amount + amount} {saved.hits + hits}".encode()
                    self._files.replace(campaign_id, _SAVINGS_FILE, content)

    def _with_savings(self, campaign: Campaign) -> Campaign:
        version = self._files.version(campaign.campaign_id, _SAVINGS_FILE)
        if version is None:
            return campaign
        from decimal import Decimal

        from shared.domain.campaign import Savings

        try:
            content = self._files.read(campaign.campaign_id, _SAVINGS_FILE, version)
        except FileNotFoundError:
            return self._with_savings(campaign)
        amount, hits = content.decode().split()
        return replace(campaign, savings=Savings(amount=Decimal(amount), hits=int(hits)))

    def stale_metadata(
        self,
        campaign: Campaign,  # noqa: ARG002  # As its port.
        videos: Iterable[Video],  # noqa: ARG002
    ) -> tuple[str, ...]:
        """Return none: here the JSON is the records."""
        return ()

    def renew_metadata(self, campaign: Campaign, videos: Iterable[Video]) -> None:
        """Leave the records alone."""

    def read_metadata(
        self,
        campaign_id: str,  # noqa: ARG002  # As its port.
        video_hash: str,  # noqa: ARG002
        *,
        current: bool,  # noqa: ARG002
    ) -> Video | None:
        """Return none: here the JSON is the records."""
        return None

    def list_videos(self, query: VideoQuery) -> VideoPage:
        with storage_errors():
            return self._lists.videos(query)

    def list_campaigns(self, *, after: str | None, limit: int) -> tuple[Campaign | Unreadable, ...]:
        with storage_errors():
            ids = self._lists.campaign_ids(after=after)
        found = (self._listed(campaign_id) for campaign_id in ids)
        return tuple(islice((campaign for campaign in found if campaign), limit))

    def due(self, before: datetime, *, limit: int) -> tuple[DueWork, ...]:
        """Return videos first, and of them first those that wait for longest."""
        with storage_errors():
            return self._lists.due(before, limit=limit)

    def _locked(self, change: Change) -> AbstractContextManager[None]:
        campaign_id = change.campaign.campaign_id
        if change.days:
            return self._days.locked_with(campaign_id, change.days)
        return self._files.locked(campaign_id)

    @built_once
    def _days(self) -> DayBudgets:
        # Nobody needs them where a day has no budget.
        from shared.adapters.local.records.days import DayBudgets

        return DayBudgets(self._files)

    @built_once
    def _lists(self) -> RecordLists:
        # A process that only reads videos does without, and gives its first answer sooner.
        from shared.adapters.local.records.record_lists import RecordLists

        return RecordLists(self._files, self._campaigns, self._videos)

    def _listed(self, campaign_id: str) -> Campaign | Unreadable | None:
        try:
            return self.get_campaign(campaign_id)
        except CampaignNotFoundError:
            return None
        except UnreadableRecordError as error:
            return error.record
        except StorageError as error:
            return _unreadable_folder(campaign_id, error)


def _decode_campaign(content: bytes, *, revision: str) -> Campaign:
    # As above: a video is read without its campaign.
    from shared.records.campaigns import decode_campaign

    return decode_campaign(content, revision=revision)


def _unreadable_folder(campaign_id: str, error: StorageError) -> Unreadable:
    return Unreadable(
        campaign_id=campaign_id,
        video_hash=None,
        detail=error.message,
        is_newer=False,
        content=b"",
        revision="",
    )


def _carried_files(change: Change) -> dict[str, bytes]:
    shown = {slot.current.video_hash for slot in change.campaign.slots if slot.current}
    return {
        metadata_file(each.video_hash, current=each.video_hash in shown): each.content
        for each in change.carried
        if each.video_hash
    }


def _file_changes(written: Mapping[str, bytes], shares: Mapping[str, bytes]) -> FileChanges:
    # As above: who only reads does without the journal.
    from shared.adapters.local.records.journal import FileChanges

    return FileChanges(written=written, shares=shares)


def _encode_campaign(campaign: Campaign) -> bytes:
    from shared.records.campaigns import encode_campaign

    return encode_campaign(campaign)


def _revision(stored: Campaign | None) -> str:
    return stored.revision if stored else ""
