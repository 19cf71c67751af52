"""The SQL of docs/analytics.md, over what the export has published."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from google.cloud.pubsub_v1 import SubscriberClient  # type: ignore[import-untyped]

from shared.adapters.google.message_queue import PubSubMessageQueue
from shared.domain.play_tokens import PlayToken
from shared.domain.plays import SLICES, Beacon, Counts, View, counts_of, merge
from shared.domain.values import replace
from tools.emulated_cloud.topics import Topics

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "analytics.md").read_text("utf-8")
COLUMNS = json.loads((ROOT / "infra" / "play_views.schema.json").read_text("utf-8"))

TOPIC = "play-views"
TYPES = {"STRING": "VARCHAR", "INTEGER": "BIGINT", "BOOLEAN": "BOOLEAN", "DATE": "DATE"}
NOW = datetime(2026, 11, 7, 23, 59, 30, tzinfo=UTC)
VIDEOS = ("video_spring.0123456789abcdef", "video_spring.fedcba9876543210")
EXPERIMENT = "exp_spring.0123456789abcdef"
VIEWERS = 24
# How far the viewers of each video watch, in slices; a muted one leaves after the first.
FAR = {0: (0, 1, 8, 16, 24, 31), 1: (1, 16, 32, 32)}

Rows = list[tuple[Any, ...]]


def viewed(number: int) -> list[View]:
    """Return the states of one view after each of its beacons."""
    arm = number % 2
    watched = FAR[arm][number // 2 % len(FAR[arm])]
    token = PlayToken(
        video_id=VIDEOS[arm],
        duration_ms=8000,
        issued_at=NOW,
        expires_at=NOW + timedelta(days=1),
        experiment_id=EXPERIMENT if number % 3 else None,
        arm=arm if number % 3 else None,
    )
    states: list[View] = []
    for seq, slices in enumerate((min(watched, 1), watched)):
        beacon = Beacon(
            view=f"{number:032x}",
            seq=seq,
            token="",
            played_ms=slices * 250,
            visible_ms=slices * 250,
            bins=(1 << slices) - 1,
            stalls=number % 4,
            muted=number % 5 == 0,
            error=watched == 0,
        )
        at = NOW + timedelta(seconds=20 * seq + number)
        states.append(merge(states[-1] if states else None, beacon, token, at))
    return states


VIEWS = {f"{number:032x}": viewed(number) for number in range(VIEWERS)}


@pytest.fixture(scope="module")
def questions() -> list[str]:
    return re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.fixture
def rows(pubsub_host: str, project: str) -> list[Mapping[str, Any]]:
    """What was published: some rows twice, the last state of a view first, and a simulated one."""
    topics = Topics(host=pubsub_host, project=project)
    topics.create(TOPIC)
    topics.keep(TOPIC, subscription=TOPIC)
    queue = PubSubMessageQueue(
        project=project,
        topic="",
        batch_topic="",
        delivery_topic="",
        event_topic="",
        plays_topic=TOPIC,
    )
    published = [(view_id, state) for view_id, states in VIEWS.items() for state in states]
    published.append(("f" * 32, replace(viewed(3)[-1], simulated=True)))
    published += published[::3]
    published.sort(key=lambda each: (each[1].beacons, each[0]), reverse=True)
    for view_id, state in published:
        queue.publish_view(view_id, state)
    pulled: dict[str, Mapping[str, Any]] = {}
    with SubscriberClient() as client:
        place = client.subscription_path(project, TOPIC)
        while len(pulled) < len(published):
            answer = client.pull(subscription=place, max_messages=100, timeout=30)
            received = answer.received_messages
            pulled |= {e.message.message_id: json.loads(e.message.data) for e in received}
            client.acknowledge(subscription=place, ack_ids=[e.ack_id for e in received])
    return list(pulled.values())


@pytest.fixture
def table(rows: list[Mapping[str, Any]], questions: list[str]) -> duckdb.DuckDBPyConnection:
    """The table of infra/ with the rows in it, and the view that the document begins with."""
    connection = duckdb.connect()
    columns = ", ".join(
        f'"{each["name"]}" {TYPES[each["type"]]}{" NOT NULL" * (each["mode"] == "REQUIRED")}'
        for each in COLUMNS
    )
    connection.execute("CREATE SCHEMA showreel")
    connection.execute(f"CREATE TABLE showreel.play_views ({columns})")
    names = [each["name"] for each in COLUMNS]
    marks = ", ".join("?" for _ in names)
    for row in rows:
        assert row.keys() == set(names)
        values = [row[name] for name in names]
        connection.execute(f"INSERT INTO showreel.play_views VALUES ({marks})", values)  # noqa: S608  # Of this file.
    connection.execute(questions[0])
    return connection


def total(views: Sequence[View]) -> Counts:
    return sum(map(counts_of, views), Counts())


def last(arm: int) -> list[View]:
    return [states[-1] for states in VIEWS.values() if states[-1].video_id == VIDEOS[arm]]


def test_a_row_has_nothing_of_the_person_and_no_token(rows: list[Mapping[str, Any]]) -> None:
    about_the_view = {*View.__struct_fields__, *Counts.__struct_fields__}
    about_the_video = {"view_id", "day", "campaign_id", "play", "view"}

    assert {name for row in rows for name in row} <= about_the_view | about_the_video


def test_the_completion_of_versions_is_that_of_the_counts(
    table: duckdb.DuckDBPyConnection, questions: list[str]
) -> None:
    found = table.execute(questions[1]).fetchall()

    better, worse = total(last(1)), total(last(0))
    assert [(VIDEOS[1], better.plays, better.q100), (VIDEOS[0], worse.plays, worse.q100)] == [
        row[:3] for row in found
    ]
    assert [row[3:] for row in found] == [
        pytest.approx((each.q100 / each.plays, each.played_ms / 1000 / each.plays))
        for each in (better, worse)
    ]


def test_the_retention_is_that_of_the_counts(
    table: duckdb.DuckDBPyConnection, questions: list[str]
) -> None:
    found = table.execute(questions[2]).fetchall()

    sums = [(VIDEOS[arm], total(last(arm))) for arm in (0, 1)]
    assert found == [
        (video_id, slice_, pytest.approx(counts.bins[slice_] / counts.plays))
        for video_id, counts in sums
        for slice_ in range(SLICES)
    ]


def test_the_arms_are_those_of_the_experiment(
    table: duckdb.DuckDBPyConnection, questions: list[str]
) -> None:
    found = table.execute(questions[3]).fetchall()

    sums = [total([view for view in last(arm) if view.arm == arm]) for arm in (0, 1)]
    assert found == [
        (EXPERIMENT, arm, counts.plays, *map(pytest.approx, rates(counts)))
        for arm, counts in enumerate(sums)
    ]


def rates(counts: Counts) -> tuple[float, float]:
    return counts.q50 / counts.plays, counts.q100 / counts.plays


def test_the_days_add_up(table: duckdb.DuckDBPyConnection, questions: list[str]) -> None:
    found = table.execute(questions[4]).fetchall()

    assert [row[0] for row in found] == sorted(row[0] for row in found)
    views = last(0) + last(1)
    expected = []
    for day, muted in sorted({(view.day, view.muted) for view in views}):
        some = [view for view in views if (view.day, view.muted) == (day, muted)]
        counts = total(some)
        stalls = sum(view.stalls for view in some)
        expected.append((day, muted, counts.plays, counts.views, counts.errors, stalls))
    assert found == expected


def test_every_question_is_asked(questions: list[str]) -> None:
    assert len(questions) == 5
