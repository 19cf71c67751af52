"""The emulator answers every query without an index; Firestore itself refuses most of them."""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore
from google.cloud.firestore_v1.types import StructuredQuery

from shared.adapters.google.batch_repository import (
    batches_before,
    due_batches,
    videos_in_phase,
    waiting_in_batch,
)
from shared.adapters.google.campaign_queries import (
    all_campaigns,
    all_videos,
    campaigns_with_chores,
    campaigns_with_due_chores,
    due_videos,
    found_campaigns,
    videos_of,
    written_since,
)
from shared.adapters.google.event_log import events_after, undispatched_events
from shared.adapters.google.firestore_documents import Document
from shared.adapters.google.firestore_pages import by_name
from shared.adapters.google.play_repository import counts_between, views_of
from shared.adapters.google.turn_repository import (
    any_waiting_video,
    last_waiting_video,
    waiting_videos,
)
from shared.adapters.google.webhook_repository import WEBHOOKS, deliveries_before, due_deliveries
from shared.domain.events import EventType, ends_of
from shared.domain.search import CampaignFilter
from shared.domain.values import replace
from shared.domain.video import Failure, Lane, Phase, VersionState
from shared.domain.webhooks import DeliveryStatus
from shared.ports.campaign_repository import CampaignQuery, SortOrder, VideoQuery
from shared.ports.event_log import EventQuery
from shared.ports.webhook_repository import DeliveryQuery
from shared.records.form import to_record
from tests.contract.batch_repository_contract import a_batch
from tests.contract.experiment_contract import an_experiment
from tests.contract.review_contract import a_comment_event, a_review
from tests.unit.domain.builders import CLIP, MODEL, NOW, a_campaign, a_generating_video

FILES = [*(Path(__file__).parents[4] / "infra").glob("firestore.*.json")]

Index = tuple[str, str, tuple[tuple[str, str], ...]]
"""The collection, the scope, and the fields with their directions."""

_OPERATOR = StructuredQuery.FieldFilter.Operator
_COMPARED = {
    _OPERATOR.EQUAL: "ASCENDING",
    _OPERATOR.IN: "ASCENDING",
    _OPERATOR.ARRAY_CONTAINS: "CONTAINS",
}


def queries() -> Iterator[firestore.Query]:
    """Every query that the repository makes, in all its shapes."""
    client = firestore.Client(project="showreel", credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]
    for campaign_id, tag, state, status, order, after in product(
        (None, "spring"),
        (None, "launch"),
        (None, VersionState.CURRENT),
        (None, "queued"),
        SortOrder,
        (None, (NOW, "campaigns/a/videos/b")),
    ):
        query = VideoQuery(
            campaign_id=campaign_id, tag=tag, version_state=state, status=status, order=order
        )
        yield videos_of(client, query, after=after, limit=9)
    waiting = Document(path="campaigns/a/videos/b", fields={"queue": {"order": NOW}}, revision="")
    fields = {"chores": [{}], "delayed_until": NOW}
    busy = Document(path="campaigns/a", fields=fields, revision="")
    for cursor in (None, (NOW, "campaigns/a/videos/b")):
        yield due_videos(client, NOW, after=cursor, limit=9)
    for last in (None, waiting):
        yield waiting_videos(client, MODEL, Lane.BULK, after=last, limit=9)
    yield last_waiting_video(client, MODEL, Lane.BULK)
    yield any_waiting_video(client)
    for last in (None, busy):
        yield campaigns_with_chores(client, after=last, limit=9)
        yield campaigns_with_due_chores(client, NOW, after=last, limit=9)
    wanted = (CampaignFilter(), CampaignFilter(words=("roast",)), CampaignFilter(archived=True))
    yield from (
        found_campaigns(client, CampaignQuery(wanted=each), after=after, limit=9)
        for each, after in product(wanted, (None, (NOW, "campaigns/a")))
    )
    for collection in (client.collection("campaigns"), client.collection_group("videos")):
        yield written_since(collection, NOW, limit=9)
    newest = (NOW, "batches/batch_0123456789abcdef")
    for before in (None, newest):
        yield batches_before(client, after=before, limit=9)
    yield due_batches(client, NOW, limit=9)
    yield videos_in_phase(client, "batch_0123456789abcdef", Phase.DONE)
    reserved = Document(path="campaigns/a/videos/b", fields={"created_at": NOW}, revision="")
    for last in (None, reserved):
        yield waiting_in_batch(client, "batch_0123456789abcdef", after=last, limit=9)
    fields = {"written_at": NOW}
    last_event = Document(path=f"events/evt_{'0' * 32}", fields=fields, revision="")
    for kind, campaign_id, last in product(
        (None, EventType.VIDEO_FAILED), (None, "spring"), (None, last_event)
    ):
        asked = EventQuery(type=kind, campaign_id=campaign_id)
        yield events_after(client, asked, after=last, until=NOW, limit=9)
    created = Document(path=f"{WEBHOOKS}/deliveries/1", fields={"created_at": NOW}, revision="")
    for delivery_status, last in product((None, DeliveryStatus.FAILED), (None, created)):
        page = DeliveryQuery(webhook_id=f"wh_{'0' * 16}", status=delivery_status)
        yield deliveries_before(client, page, after=last, limit=9)
    untold = Document(path=last_event.path, fields={"untold": NOW}, revision="")
    yield from (undispatched_events(client, NOW, after=last, limit=9) for last in (None, untold))
    yield due_deliveries(client, NOW, limit=9)
    day, about = NOW.date(), ("campaign_id", "experiment_id", "video_id")
    yield from (counts_between(client, field, "spring", day, day) for field in about)
    yield views_of(client, "spring")
    folder = "campaigns/spring/reviews"
    paths = (None, f"{folder}/{a_review().id}")
    yield from (by_name(client, folder, after=each, limit=9) for each in paths)
    yield all_videos(client, "spring")
    yield all_campaigns(client, after=None, limit=9)
    yield all_campaigns(client, after="spring", limit=9)


def index_of(query: firestore.Query) -> Index:
    """The index that Firestore asks for: what is compared for equality first, then the order."""
    asked = query._to_protobuf()
    source = asked.from_[0]
    scope = "COLLECTION_GROUP" if source.all_descendants else "COLLECTION"
    compared = comparisons(asked.where)
    equal = [(each.field.field_path, _COMPARED[each.op]) for each in compared if is_equality(each)]
    order = [(each.field.field_path, each.direction.name) for each in asked.order_by]
    ranges = {each.field.field_path for each in compared if not is_equality(each)}
    assert ranges <= {name for name, _ in order}, "A query orders by the field of its range."
    # The name comes last in every index, in the direction of the field before it.
    assert len({direction for _, direction in order}) <= 1
    fields = (*equal, *(each for each in order if each[0] != "__name__"))
    return source.collection_id, scope, fields


def comparisons(where: StructuredQuery.Filter) -> list[Any]:
    filters = [each.field_filter for each in where.composite_filter.filters] or [where.field_filter]
    return [each for each in filters if each.field.field_path]


def is_equality(comparison: Any) -> bool:  # noqa: ANN401  # The SDK's classes are made at run time.
    return comparison.op in _COMPARED


def needed() -> set[Index]:
    """Documents come in the order of their names without any."""
    return {index for index in map(index_of, queries()) if index[2]}


def exempted(collection: str) -> set[str]:
    overrides = stated()["fieldOverrides"]
    return {each["fieldPath"] for each in overrides if each["collectionGroup"] == collection}


def stated() -> dict[str, list[Any]]:
    """Return the indexes of both databases."""
    files = [json.loads(file.read_text("utf-8")) for file in FILES]
    return {kind: [each for file in files for each in file[kind]] for kind in files[0]}


@pytest.fixture
def deployed() -> set[Index]:
    file = stated()
    composite = {
        (
            each["collectionGroup"],
            each["queryScope"],
            tuple(
                (field["fieldPath"], field.get("order") or field["arrayConfig"])
                for field in each["fields"]
            ),
        )
        for each in file["indexes"]
    }
    single = {
        (each["collectionGroup"], index["queryScope"], ((each["fieldPath"], index["order"]),))
        for each in file["fieldOverrides"]
        for index in each["indexes"]
    }
    return composite | single


def test_every_query_has_its_index(deployed: set[Index]) -> None:
    assert needed() - deployed == set()


def test_every_index_is_used_by_a_query(deployed: set[Index]) -> None:
    assert deployed - needed() == set()


def test_counters_of_plays_are_not_indexed_field_by_field() -> None:
    """They are written with each beacon."""
    assert exempted("play_counts") == {"*"}
    assert exempted("play_views") == {"*", "campaign_id", "expires_at"}


def test_maps_lists_and_prose_are_not_indexed_field_by_field() -> None:
    """By default Firestore writes an index entry or two for each of their members."""
    failed = replace(
        a_generating_video(), clip=CLIP, failure=Failure(code="failed", message="It failed.")
    )

    (event,) = ends_of(replace(failed, phase=Phase.FAILED, completed_at=NOW))
    records = (
        ("videos", failed),
        ("campaigns", a_campaign()),
        ("batches", a_batch()),
        ("events", event),
        ("events", a_comment_event(a_review())),
        ("experiments", an_experiment()),
        ("reviews", a_review()),
    )
    for collection, record in records:
        fields = to_record(record)
        large = {name for name, value in fields.items() if isinstance(value, dict | list)}
        prose = {"prompt", "enhanced_prompt"} & fields.keys()
        assert large | prose <= exempted(collection)
