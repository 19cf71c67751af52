"""What each step costs in Firestore, counted where the calls leave for it."""

import json
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from google.cloud.firestore import Query

from shared.adapters.google.batch_repository import FirestoreBatchRepository
from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.event_log import FirestoreEventLog
from shared.adapters.google.firestore_documents import Document, FirestoreDocuments
from shared.adapters.google.turn_repository import FirestoreTurnRepository
from shared.adapters.google.webhook_repository import FirestoreWebhookRepository
from shared.domain.schedule import GIVE_EVERY, RECONCILE_ROUND
from shared.domain.storage_layout import CURSOR
from shared.domain.values import replace
from shared.domain.video import Video
from shared.http.events import event_body
from shared.ports.campaign_repository import VideoQuery
from shared.use_cases.create_videos import Draft
from shared.use_cases.deliver_event import dispatch_event
from shared.use_cases.give_turns import give_all_turns
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.reconcile_next import reconcile_next
from shared.use_cases.regenerate_videos import regenerate_video
from shared.use_cases.savings import SavingsCounter
from tests.cloud.firestore_door import COMMIT, GET, QUERY, Call, Door
from tests.contract.campaign_repository_contract import stored
from tests.contract.queue_contract import a_waiting_video
from tests.fakes.ports import POLICY, FakePorts
from tests.unit.domain.builders import MODEL, NOW, SOON, a_reserved_video
from tests.unit.use_cases.scenes import CAMPAIGN_ID, deliver, reserve, wake
from tools.infra_costs import SERVICES, TICKS

MANY = 40


# A campaign is read with the counter of its savings.
CAMPAIGN = Call(method=GET, documents=2)
CAMPAIGN_AND_VIDEO = Call(method=GET, documents=3)


@pytest.fixture(params=[0, MANY], ids=["an empty database", "a fuller one"])
def ports(
    request: pytest.FixtureRequest, firestore_host: str, project: str, door: Door
) -> FakePorts:
    ports = ports_in_firestore(project, max_videos=2)
    if request.param:
        ended = {"version_state": None, "due_at": None}
        videos = [a_reserved_video(number, **ended) for number in range(request.param)]
        stored(ports.campaigns, *videos, campaign_id=CAMPAIGN_ID)
        stored(ports.campaigns, *videos, campaign_id="summer")
    door.calls.clear()
    return ports


def ports_in_firestore(project: str, *, max_videos: int) -> FakePorts:
    ports = FakePorts(policy=replace(POLICY, max_videos_per_campaign=max_videos))
    ports.campaigns = FirestoreCampaignRepository(  # type: ignore[assignment]
        project=project, database="(default)", now=ports.clock
    )
    ports.savings = SavingsCounter(ports.campaigns)
    return ports


def made(ports: FakePorts, video: Video) -> Video:
    """Let the generator finish `video`, and the bucket tell of its clip."""
    deliver(ports)
    wake(ports, video)
    return video


def test_a_new_video_costs_one_read_and_one_commit(ports: FakePorts, door: Door) -> None:
    reserve(ports)

    assert door.calls == [CAMPAIGN, Call(method=COMMIT, documents=2)]


def test_a_status_costs_one_read(ports: FakePorts, door: Door) -> None:
    video = reserve(ports)
    door.calls.clear()

    ports.campaigns.get_video(video.campaign_id, video.video_hash)

    assert door.calls == [Call(method=GET, documents=1)]


def test_a_budget_of_the_day_costs_one_read_more(ports: FakePorts, door: Door) -> None:
    ports.policy = replace(POLICY, max_videos_per_campaign=2, daily_budget_usd=Decimal(1000))
    reserve(ports, campaign_id="autumn")
    door.calls.clear()

    reserve(ports)

    day = Call(method=GET, documents=1)
    assert door.calls == [CAMPAIGN, day, Call(method=COMMIT, documents=3)]


def test_a_hit_costs_two_reads(ports: FakePorts, door: Door) -> None:
    reserve(ports)
    door.calls.clear()

    reserve(ports)

    assert door.calls == [CAMPAIGN, Call(method=GET, documents=1)]


def test_a_submission_costs_three_reads_and_two_commits(ports: FakePorts, door: Door) -> None:
    reserve(ports)
    door.calls.clear()

    deliver(ports)

    one = Call(method=COMMIT, documents=1)
    json = [CAMPAIGN_AND_VIDEO, CAMPAIGN_AND_VIDEO]
    assert door.calls == [Call(method=GET, documents=1), one, one, *json]


def test_a_completion_costs_three_commits(ports: FakePorts, door: Door) -> None:
    """Read are the video, its campaign, and both for their JSON. There are no chores to read.

    The commit reads no video again: the revision that this step holds is its condition.
    """
    video = reserve(ports)
    deliver(ports)
    door.calls.clear()

    wake(ports, video)

    assert door.count(COMMIT) == 3
    assert door.count(GET) == 4


def test_a_replacement_costs_four_commits(ports: FakePorts, door: Door) -> None:
    """The same, the video that it replaces, the campaign for its chores, and for their JSON."""
    first = made(ports, reserve(ports))
    video = regenerate_video(ports, CAMPAIGN_ID, first.video_hash).video
    deliver(ports)
    door.calls.clear()

    wake(ports, video)

    assert door.count(COMMIT) == 4
    assert door.count(GET) == 6


@pytest.mark.parametrize("campaign_id", [None, CAMPAIGN_ID])
def test_a_page_costs_one_query(ports: FakePorts, door: Door, campaign_id: str | None) -> None:
    ports.campaigns.list_videos(VideoQuery(campaign_id=campaign_id, limit=5))

    assert [call.method for call in door.calls] == [QUERY]


def test_a_tick_that_finds_nothing_costs_three_queries(ports: FakePorts, door: Door) -> None:
    """One for due videos, one for chores, and one for chores that waited for signed URLs."""
    assert ports.campaigns.due(SOON, limit=9) == ()

    assert [call.method for call in door.calls] == [QUERY, QUERY, QUERY]


def test_a_tick_reads_as_many_documents_as_the_costs_say(
    firestore_host: str, project: str, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = ports_in_firestore(project, max_videos=4)
    for index in range(4):
        made(ports, reserve(ports, drafts=(Draft(prompt=f"View {index}", index=index),)))
    assert isinstance(ports.campaigns, FirestoreCampaignRepository)
    ports.events = FirestoreEventLog(ports.campaigns.documents, now=ports.clock)  # type: ignore[assignment]
    ports.webhooks = FirestoreWebhookRepository(ports.campaigns)  # type: ignore[assignment]
    ports.queue.deliver_events(lambda event_id: dispatch_event(ports, event_id, event_body))
    # What has changed is mirrored, and not read again.
    for _ in range(2):
        maintain_campaigns(ports)
        ports.clock.advance(timedelta(minutes=5))
    found = counted_queries(monkeypatch)
    door.calls.clear()

    maintain_campaigns(ports)
    reconcile_next(ports)

    # A query that finds nothing is billed as one document.
    read = sum(max(1, documents) for documents in found)
    read += sum(call.documents for call in door.calls if call.method == GET)
    (costs,) = (use for use in SERVICES["Firestore"] if use.what == "document read")
    assert len(found) == door.count(QUERY)
    assert (str(read * TICKS), 0) == (costs.each_month, door.count(COMMIT))


def test_a_tick_reads_as_many_documents_with_240_waiting_videos_as_with_40(
    firestore_host: str, project: str, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of two ticks, so that turns have been given before it."""
    ports = ports_in_firestore(project, max_videos=4)
    assert isinstance(ports.campaigns, FirestoreCampaignRepository)
    ports.turns = FirestoreTurnRepository(ports.campaigns)  # type: ignore[assignment]
    ports.batches = FirestoreBatchRepository(ports.campaigns)  # type: ignore[assignment]
    ports.rates = {MODEL: 50}
    ports.clock.advance(NOW + timedelta(hours=1) - ports.now())
    found = counted_queries(monkeypatch)
    read: list[int] = []
    for waiting in (range(40), range(40, 240)):
        for first in waiting[::4]:
            videos = map(a_waiting_video, range(first, first + 4))
            stored(ports.campaigns, *videos, campaign_id=f"campaign-{first}")
        # What has changed is mirrored, and the turns of the last tick count no longer.
        for _ in range(2):
            maintain_campaigns(ports)
            ports.clock.advance(timedelta(minutes=5))
        documents_of_a_tick(ports, door, found)
        read.append(documents_of_a_tick(ports, door, found))

    assert read[0] == read[1]
    assert sum(each.count for each in ports.turns.get_pace(MODEL).turns) > 10


def documents_of_a_tick(ports: FakePorts, door: Door, found: list[int]) -> int:
    found.clear()
    door.calls.clear()
    maintain_campaigns(ports)
    reconcile_next(ports)
    give_all_turns(ports, end=ports.now())
    ports.clock.advance(GIVE_EVERY)
    named = sum(call.documents for call in door.calls if call.method == GET)
    return named + sum(max(1, documents) for documents in found)


def test_a_late_tick_reads_no_more_for_each_campaign(
    firestore_host: str, project: str, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = ports_in_firestore(project, max_videos=4)
    for campaign_id in ("autumn", "spring", "winter"):
        for index in range(4):
            view = Draft(prompt=f"View {index}", index=index)
            made(ports, reserve(ports, drafts=(view,), campaign_id=campaign_id))
    since = (ports.now() - 2 * RECONCILE_ROUND).isoformat()
    cursor = BytesIO(json.dumps({"after": None, "since": since}).encode())
    ports.objects.put(CURSOR, cursor, content_type="application/json")
    found = counted_queries(monkeypatch)
    door.calls.clear()

    reconcile_next(ports)

    read = sum(found) + sum(call.documents for call in door.calls if call.method == GET)
    (costs,) = (use for use in SERVICES["Firestore"] if use.what == "document read")
    assert 3 * 4 < read <= 3 * int(costs.each_month) // TICKS


def counted_queries(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by the number of documents that each query finds."""
    found: list[int] = []
    query = FirestoreDocuments.query

    def counted(documents: FirestoreDocuments, asked: Query) -> list[Document]:
        answer = query(documents, asked)
        found.append(len(answer))
        return answer

    monkeypatch.setattr(FirestoreDocuments, "query", counted)
    return found
