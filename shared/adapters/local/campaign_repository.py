"""The records in one SQLite database in the data folder, shared by any number of processes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec.json import encode

from shared.adapters.local import record_columns as columns
from shared.adapters.local import record_statements as statements
from shared.adapters.local.files.data_folder import DataFolder
from shared.adapters.local.record_database import RecordDatabase
from shared.adapters.local.record_pages import or_unreadable, readable
from shared.adapters.local.record_rows import (
    campaign_of,
    day_of,
    hold_on_day,
    millionths,
    row_of,
    stored_change,
    stored_video,
    video_of,
)
from shared.building import built_once
from shared.domain.errors import CampaignNotFoundError, ConflictError, VideoNotFoundError
from shared.domain.identity import video_id
from shared.domain.schedule import EVENT_DAYS
from shared.ports.campaign_repository import ChangedCampaign, DueWork, VideoPage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal
    from pathlib import Path

    from shared.adapters.local.record_connections import Connection
    from shared.domain.campaign import Campaign, Change
    from shared.domain.daily_budget import DayBudget
    from shared.domain.events import Event
    from shared.domain.unreadable import Unreadable
    from shared.domain.video import Video
    from shared.ports.campaign_repository import CampaignQuery, RecordTotals, VideoQuery

_DECODED = 2048


class LocalCampaignRepository:
    """A revision is a digest of a record's JSON, which is the same beside the videos.

    A record is decoded once while it does not change: reading it again costs one query.
    """

    def __init__(self, root: Path, *, event_days: int = EVENT_DAYS) -> None:
        self._files = DataFolder(root)
        self._event_days = event_days
        self._database = RecordDatabase(self._files, self._restore)
        self._video_of = lru_cache(_DECODED)(video_of)
        self._campaign_of = lru_cache(_DECODED)(campaign_of)

    @property
    def database(self) -> RecordDatabase:
        """The database, for records that are committed together with campaigns."""
        return self._database

    def close(self) -> None:
        """Close the connections that are open. The next use opens one again."""
        self._database.close()

    def get_campaign(self, campaign_id: str) -> Campaign:
        with self._database.reading() as connection:
            campaign = self._campaign(connection, campaign_id)
        if campaign is None:
            raise CampaignNotFoundError(f"There is no campaign {campaign_id!r}.")
        return campaign

    def get_video(self, campaign_id: str, video_hash: str) -> Video:
        with self._database.reading() as connection:
            row = row_of(connection, statements.ONE_VIDEO, video_id(campaign_id, video_hash))
        if row is None:
            raise VideoNotFoundError("There is no video with this id.")
        return self._video_of(*row)

    def get_all_videos(self, campaign_id: str) -> VideoPage:
        with self._database.reading() as connection:
            return self._page(connection.execute(statements.ALL_VIDEOS, (campaign_id,)))

    def get_videos(self, campaign_id: str, video_hashes: Iterable[str]) -> VideoPage:
        with self._database.reading() as connection:
            return self._these_videos(connection, campaign_id, video_hashes)

    def get_together(
        self, campaign_id: str, video_hashes: Iterable[str]
    ) -> tuple[Campaign | None, VideoPage]:
        video_hashes = tuple(video_hashes)
        if not video_hashes:
            # One statement sees one moment by itself.
            with self._database.reading() as connection:
                return self._campaign(connection, campaign_id), self._page(())
        with self._database.snapshot() as connection:
            campaign = self._campaign(connection, campaign_id)
            return campaign, self._these_videos(connection, campaign_id, video_hashes)

    def get_many(
        self, wanted: Mapping[str, Collection[str]]
    ) -> dict[str, tuple[Campaign | Unreadable | None, VideoPage]]:
        with self._database.snapshot() as connection:
            return {
                campaign_id: (
                    None if row is None else or_unreadable(self._campaign_of, row),
                    self._these_videos(connection, campaign_id, video_hashes),
                )
                for campaign_id, video_hashes in wanted.items()
                for row in (row_of(connection, statements.ONE_CAMPAIGN, campaign_id),)
            }

    def get_day(self, day: date) -> DayBudget:
        with self._database.reading() as connection:
            return day_of(day, row_of(connection, statements.ONE_DAY, day.isoformat()))

    def commit(self, change: Change) -> Change:
        with self._database.writing() as connection:
            return self.stored(connection, change)

    def stored(self, connection: Connection, change: Change) -> Change:
        """Store a change in a transaction of the caller, and return it as `commit` does."""
        if not change.campaign.revision:
            self._require_free_name(connection, change.campaign.campaign_id)
        self.store_events(connection, change.events)
        return stored_change(connection, change)

    def store_events(self, connection: Connection, events: Iterable[Event]) -> None:
        """Store the events of a commit in its transaction."""
        from shared.adapters.local.event_log import store_events

        store_events(connection, events, days=self._event_days)

    def commit_video(self, video: Video) -> Video:
        with self._database.writing() as connection:
            return stored_video(connection, video)

    def remove_campaign(self, campaign: Campaign) -> None:
        campaign_id = campaign.campaign_id
        with self._database.writing() as connection:
            own = (campaign_id, campaign.revision)
            is_removed = connection.execute(statements.DELETE_CAMPAIGN, own).rowcount
            if campaign.revision and not is_removed:
                raise ConflictError(f"The campaign {campaign_id!r} has changed. Read it again.")
            connection.execute(statements.DELETE_TAGS_OF_CAMPAIGN, (campaign_id,))
            connection.execute(statements.DELETE_BATCH_VIDEOS_OF_CAMPAIGN, (campaign_id,))
            connection.execute(statements.DELETE_VIDEOS, (campaign_id,))

    def add_savings(self, campaign_id: str, amount: Decimal, hits: int) -> None:
        with self._database.writing() as connection:
            connection.execute(statements.ADD_SAVINGS, (millionths(amount), hits, campaign_id))

    def list_videos(self, query: VideoQuery) -> VideoPage:
        statement, values = statements.list_of(query)
        with self._database.reading() as connection:
            found = connection.execute(statement, values)
            videos, unreadable = readable(self._video_of, found, query.limit + 1)
        return VideoPage(
            videos=tuple(videos[: query.limit]),
            has_more=len(videos) > query.limit,
            unreadable=tuple(unreadable),
        )

    def list_campaigns(self, *, after: str | None, limit: int) -> tuple[Campaign | Unreadable, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(statements.CAMPAIGNS_AFTER, (after or "", limit)).fetchall()
        return tuple(or_unreadable(self._campaign_of, row) for row in rows)

    def find_campaigns(self, query: CampaignQuery) -> tuple[Campaign, ...]:
        with self._database.reading() as connection:
            found = connection.execute(*statements.found_by(query))
            campaigns, _ = readable(self._campaign_of, found, query.limit)
        return tuple(campaigns)

    def due(
        self, before: datetime, *, limit: int, after: DueWork | None = None
    ) -> tuple[DueWork, ...]:
        """Return videos before campaigns, the longest overdue first."""
        until = columns.micros(before)
        with self._database.snapshot() as connection:
            due = connection.execute(statements.DUE_VIDEOS, (until, *statements.due_after(after)))
            videos, _ = readable(self._video_of, due, limit)
            work = tuple(map(_due_work, videos))
            if after is not None:
                return work
            busy = connection.execute(statements.DUE_CAMPAIGNS, (until,))
            campaigns, _ = readable(self._campaign_of, busy, limit)
        return (*work, *(DueWork(campaign_id=each.campaign_id) for each in campaigns))

    def changed_since(self, since: datetime, *, limit: int) -> tuple[ChangedCampaign, ...]:
        first = columns.micros(since)
        with self._database.reading() as connection:
            rows = connection.execute(statements.CHANGED, (first, first, limit)).fetchall()
        return tuple(
            ChangedCampaign(campaign_id=campaign_id, changed_at=columns.moment(changed_at))
            for campaign_id, changed_at in rows
        )

    def totals(self) -> RecordTotals:
        from shared.adapters.local.record_totals import totals_in

        with self._database.snapshot() as connection:
            return totals_in(connection)

    def _require_free_name(self, connection: Connection, campaign_id: str) -> None:
        """Raise ConflictError if a name differs only in case, and so has the same files."""
        if not self._is_case_sensitive and row_of(connection, statements.SAME_NAME, campaign_id):
            raise ConflictError(f"The campaign {campaign_id!r} has changed. Read it again.")

    @built_once
    def _is_case_sensitive(self) -> bool:
        return self._files.is_case_sensitive()

    def _restore(self, connection: Connection) -> int:
        """Fill an empty database from the JSON beside the videos."""
        from shared.adapters.local.first_release import committed_on_days
        from shared.adapters.local.record_files import rebuild_from_files

        count = rebuild_from_files(self._files, connection, event_days=self._event_days)
        for day, committed in committed_on_days(self._files).items():
            stored = day_of(day, row_of(connection, statements.ONE_DAY, day.isoformat()))
            hold_on_day(connection, stored, committed)
        return count

    def _campaign(self, connection: Connection, campaign_id: str) -> Campaign | None:
        row = row_of(connection, statements.ONE_CAMPAIGN, campaign_id)
        return None if row is None else self._campaign_of(*row)

    def _these_videos(
        self, connection: Connection, campaign_id: str, video_hashes: Iterable[str]
    ) -> VideoPage:
        wanted = dict.fromkeys(video_hashes)
        ids = [video_id(campaign_id, each) for each in wanted]
        if len(ids) == 1:  # The statement for any number takes twice as long.
            return self._page(connection.execute(statements.ONE_VIDEO, ids))
        found = connection.execute(statements.THESE_VIDEOS, (encode(ids).decode(),))
        by_hash = {row[1]: row for row in found}
        return self._page([by_hash[each] for each in wanted if each in by_hash])

    def _page(self, rows: Iterable[Any]) -> VideoPage:
        videos, unreadable = readable(self._video_of, rows)
        return VideoPage(videos=tuple(videos), has_more=False, unreadable=tuple(unreadable))


def _due_work(video: Video) -> DueWork:
    return DueWork(campaign_id=video.campaign_id, video_hash=video.video_hash, due_at=video.due_at)
