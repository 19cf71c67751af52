"""What every log of events keeps."""

from datetime import timedelta
from decimal import Decimal

import pytest

from shared.domain.campaign import Change
from shared.domain.errors import ConflictError, NotFoundError
from shared.domain.events import Event, EventType, budget_warning, ends_of
from shared.domain.schedule import COMMIT_DELAY
from shared.domain.values import replace
from shared.domain.video import Failure, Phase
from shared.ports.batch_repository import BatchRepository
from shared.ports.campaign_repository import CampaignRepository
from shared.ports.event_log import EventLog, EventQuery
from tests.contract.batch_repository_contract import a_batch
from tests.contract.campaign_repository_contract import with_hit
from tests.fakes.ports import FakeClock
from tests.unit.domain.builders import NOW, a_campaign, a_reserved_video


def a_warning(number: int, campaign_id: str = "spring") -> Event:
    at = NOW + timedelta(seconds=number)
    return budget_warning(campaign_id, used=Decimal("12.80"), budget=Decimal(16), at=at)


def a_failure(number: int, campaign_id: str = "spring") -> Event:
    video = a_reserved_video(
        number,
        campaign_id=campaign_id,
        batch_id="batch_0123456789abcdef",
        phase=Phase.FAILED,
        failure=Failure(code="content_filtered", message="A policy."),
        requested_by="shop",
        completed_at=NOW,
    )
    (event,) = ends_of(video)
    return event


class EventLogContract:
    """A subclass gives the fixtures `campaigns`, `batches` and `events` of one empty store.

    They have the time of `clock`.
    """

    def commit(self, campaigns: CampaignRepository, clock: FakeClock, *events: Event) -> None:
        """Commit each event by itself, one after the other."""
        for event in events:
            campaign = campaigns.get_campaign("spring")
            campaigns.commit(Change(campaign=campaign, events=(event,)))
            clock.advance(timedelta(seconds=1))

    @pytest.fixture(autouse=True)
    def _stored(self, campaigns: CampaignRepository) -> None:
        campaigns.commit(Change(campaign=a_campaign()))

    def listed(self, events: EventLog, clock: FakeClock, query: EventQuery) -> tuple[Event, ...]:
        """List when every commit is over."""
        clock.advance(COMMIT_DELAY)
        return events.list(query)

    def test_events_are_read_as_they_were_committed(
        self, campaigns: CampaignRepository, events: EventLog, clock: FakeClock
    ) -> None:
        committed = (a_failure(1), a_warning(1))
        self.commit(campaigns, clock, *committed)

        assert self.listed(events, clock, EventQuery()) == committed

    def test_events_are_committed_with_their_records_or_not_at_all(
        self, campaigns: CampaignRepository, events: EventLog, clock: FakeClock
    ) -> None:
        old = campaigns.get_campaign("spring")
        campaigns.commit(Change(campaign=with_hit(old)))

        with pytest.raises(ConflictError):
            campaigns.commit(Change(campaign=old, events=(a_warning(1),)))

        assert self.listed(events, clock, EventQuery()) == ()

    def test_a_batch_is_committed_with_its_events_and_those_of_its_changes(
        self,
        campaigns: CampaignRepository,
        batches: BatchRepository,
        events: EventLog,
        clock: FakeClock,
    ) -> None:
        batch = batches.commit(a_batch())
        change = Change(campaign=campaigns.get_campaign("spring"), events=(a_failure(1),))
        batches.commit(replace(batch, next_line=1), (change,), events=(a_warning(2),))

        with pytest.raises(ConflictError):
            batches.commit(batch, events=(a_warning(3),))

        found = self.listed(events, clock, EventQuery())
        assert {event.id for event in found} == {a_failure(1).id, a_warning(2).id}

    def test_a_page_begins_after_the_last_event_of_the_page_before(
        self, campaigns: CampaignRepository, events: EventLog, clock: FakeClock
    ) -> None:
        committed = [a_warning(number) for number in range(5)]
        self.commit(campaigns, clock, *committed)

        first = self.listed(events, clock, EventQuery(limit=3))
        rest = events.list(EventQuery(after=first[-1].id, limit=3))

        assert [*first, *rest] == committed
        assert events.list(EventQuery(after=committed[-1].id)) == ()

    def test_events_are_selected_by_type_and_by_campaign(
        self, campaigns: CampaignRepository, events: EventLog, clock: FakeClock
    ) -> None:
        committed = (a_failure(1), a_warning(1), a_failure(2, "autumn"), a_warning(2, "autumn"))
        self.commit(campaigns, clock, *committed)

        failed = self.listed(events, clock, EventQuery(type=EventType.VIDEO_FAILED))
        autumn = events.list(EventQuery(campaign_id="autumn"))
        both = events.list(EventQuery(campaign_id="autumn", type=EventType.VIDEO_FAILED))
        after = events.list(EventQuery(campaign_id="autumn", after=committed[2].id))

        assert failed == (committed[0], committed[2])
        assert autumn == (committed[2], committed[3])
        assert both == (committed[2],)
        assert after == (committed[3],)

    @pytest.mark.parametrize("event_id", ["", "..", "evt_1", f"evt_{'0' * 32}", "\0", "\ud800"])
    def test_what_follows_an_unknown_event_is_not_found(
        self, events: EventLog, event_id: str
    ) -> None:
        with pytest.raises(NotFoundError):
            events.list(EventQuery(after=event_id))

    def test_an_event_that_is_stored_again_is_listed_once(
        self, campaigns: CampaignRepository, events: EventLog, clock: FakeClock
    ) -> None:
        for _ in range(2):
            self.commit(campaigns, clock, a_warning(1))

        assert self.listed(events, clock, EventQuery()) == (a_warning(1),)

    def test_events_outlive_their_campaign(
        self, campaigns: CampaignRepository, events: EventLog, clock: FakeClock
    ) -> None:
        self.commit(campaigns, clock, a_failure(1))
        campaigns.remove_campaign(campaigns.get_campaign("spring"))

        assert self.listed(events, clock, EventQuery(campaign_id="spring")) == (a_failure(1),)

    def test_an_event_is_untold_from_its_commit_until_that_is_noted(
        self, campaigns: CampaignRepository, events: EventLog, clock: FakeClock
    ) -> None:
        first, second, third = (a_warning(number) for number in range(3))
        earlier = min(clock(), NOW) - timedelta(minutes=1)
        self.commit(campaigns, clock, first, second, third)
        later = max(clock(), NOW) + timedelta(minutes=1)

        assert events.undispatched(later, limit=9) == (first, second, third)
        assert events.undispatched(later, limit=1) == (first,)
        assert events.undispatched(earlier, limit=9) == ()
        assert events.get(first.id) == first

        for event_id in (second.id, second.id, f"evt_{0:032x}"):
            events.note_dispatched(event_id)

        assert events.undispatched(later, limit=9) == (first, third)
        assert events.get(second.id) == second

    def test_an_event_that_is_not_stored_is_not_found(self, events: EventLog) -> None:
        for event_id in (a_warning(1).id, "/", "\ud800"):
            with pytest.raises(NotFoundError):
                events.get(event_id)
