import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.event_log import FirestoreEventLog
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.event_log import LocalEventLog
from shared.domain.campaign import Change
from shared.domain.schedule import CALL
from shared.ports.event_log import EventQuery
from tests.contract.event_log_contract import EventLogContract, a_warning
from tests.contract.families import FirestoreRecords, InMemoryRecords, LocalRecords
from tests.fakes.ports import FakeClock
from tests.unit.domain.builders import a_campaign

DAY = 24 * 60 * 60


class TestInMemoryEventLog(InMemoryRecords, EventLogContract):
    pass


class TestLocalEventLog(LocalRecords, EventLogContract):
    def test_an_event_is_removed_after_event_days_and_not_before(
        self, campaigns: LocalCampaignRepository, events: LocalEventLog, clock: FakeClock
    ) -> None:
        first, second = a_warning(0), a_warning(1)
        self.commit(campaigns, clock, first, second, a_warning(7 * DAY))

        assert events.list(EventQuery())[0] == first

        self.commit(campaigns, clock, a_warning(7 * DAY + 1))

        assert events.list(EventQuery())[0] == second

    def test_an_event_that_cannot_be_read_is_left_out(
        self,
        campaigns: LocalCampaignRepository,
        events: LocalEventLog,
        clock: FakeClock,
        tmp_path: Path,
    ) -> None:
        self.commit(campaigns, clock, a_warning(1), a_warning(2))
        with closing(sqlite3.connect(tmp_path / "data" / ".records.db")) as connection, connection:
            connection.execute("UPDATE events SET record = '{}' WHERE number = 1")

        assert events.list(EventQuery(limit=1)) == (a_warning(2),)


class TestFirestoreEventLog(FirestoreRecords, EventLogContract):
    def test_an_event_whose_commit_took_long_is_listed_in_its_place(
        self,
        campaigns: FirestoreCampaignRepository,
        events: FirestoreEventLog,
        clock: FakeClock,
    ) -> None:
        slow = campaigns.writes_of(Change(campaign=a_campaign("slow"), events=(a_warning(1),)))
        clock.advance(timedelta(seconds=1))
        self.commit(campaigns, clock, a_warning(2))
        clock.advance(CALL - timedelta(seconds=2))

        assert events.list(EventQuery()) == ()

        campaigns.documents.commit(slow)

        assert self.listed(events, clock, EventQuery()) == (a_warning(1), a_warning(2))

    def test_an_event_expires_and_what_cannot_be_read_is_left_out(
        self,
        campaigns: FirestoreCampaignRepository,
        events: FirestoreEventLog,
        clock: FakeClock,
    ) -> None:
        first, second = a_warning(1), a_warning(2)
        self.commit(campaigns, clock, first, second)
        document = campaigns.documents.client.document(f"events/{first.id}")

        expires_at = document.get().get("expires_at")
        document.update({"type": "video.forgotten"})

        assert expires_at == first.created_at + timedelta(days=30)
        assert self.listed(events, clock, EventQuery(limit=1)) == (second,)
