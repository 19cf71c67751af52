"""Reports of how versions were watched."""

import csv
from datetime import date, timedelta
from functools import partial
from io import StringIO

import pytest

from shared.domain.play_tokens import issued
from shared.domain.plays import SLICES, Beacon, CountsKey, View, merge
from shared.domain.video import Video
from tests.fakes.ports import FakePorts
from tests.unit.http.calling import answer, call, refused

WHOLE, HALF = (1 << SLICES) - 1, (1 << SLICES // 2) - 1


def watch(ports: FakePorts, video: Video, *views: int, arm: int | None = None) -> None:
    """Let a viewer watch these slices, for each of `views`."""
    now = ports.now()
    for bins in views:
        number = len(ports.plays.views)
        token = issued(
            video.id,
            duration_ms=8_000,
            view=f"{number:032x}",
            now=now,
            experiment_id=None if arm is None else f"exp_spring.{0:016x}",
            arm=arm,
        )
        played = bins.bit_count() * 250
        beacon = Beacon(
            view=f"{number:032x}", seq=1, token="", played_ms=played, visible_ms=played, bins=bins
        )
        view = merge(None, beacon, token, now + timedelta(seconds=9))
        ports.plays.merge_view(beacon.view, partial(kept, view))


def kept(view: View, _: View | None) -> View:
    return view


def test_versions_are_separate_and_a_regenerated_video_starts_without_plays(
    ports: FakePorts, old: Video, new: Video
) -> None:
    watch(ports, old, WHOLE, HALF)

    found = answer(ports, "GET", "/v1/campaigns/spring/analytics")

    current, historical = found["data"]
    assert (current["video_id"], current["totals"], current["days"]) == (new.id, None, [])
    assert (current["version_state"], current["prompt"]) == ("current", new.prompt)
    assert current["cost"]["actual"] == 3.2
    totals = historical["totals"]
    assert (totals["plays"], totals["views"], totals["impressions"]) == (2, 2, None)
    assert (totals["completion"]["value"], totals["completion"]["of"]) == (0.5, 2)
    assert 0 < totals["completion"]["low"] < 0.5 < totals["completion"]["high"] < 1
    assert [each["value"] for each in totals["retention"]] == [1.0] * 16 + [0.5] * 16
    assert (totals["average_watch_seconds"], totals["watched"], totals["simulated"]) == (6, 0.75, 0)
    assert answer(ports, "GET", f"/v1/videos/{old.id}/analytics")["totals"] == totals


def test_days_and_arms_are_parts_of_a_version(ports: FakePorts, old: Video) -> None:
    watch(ports, old, WHOLE)
    first = ports.now().date()
    ports.clock.advance(timedelta(days=1))
    watch(ports, old, HALF, arm=1)

    found = answer(ports, "GET", f"/v1/videos/{old.id}/analytics")
    one_day = answer(ports, "GET", f"/v1/videos/{old.id}/analytics?from={first}&to={first}")

    assert [(day["date"], day["watched"]["plays"]) for day in found["days"]] == [
        (f"{first}", 1),
        (f"{first + timedelta(days=1)}", 1),
    ]
    (arm,) = found["arms"]
    assert (arm["experiment_id"], arm["arm"]) == (f"exp_spring.{0:016x}", 1)
    assert arm["watched"]["completion"] | {"high": 1} == {"value": 0, "low": 0, "high": 1, "of": 1}
    assert (found["totals"]["plays"], one_day["totals"]["plays"]) == (2, 1)
    assert (found["from"], found["to"]) == (
        f"{first - timedelta(days=28)}",
        found["days"][1]["date"],
    )


def test_a_removed_version_keeps_its_counts(ports: FakePorts, old: Video, new: Video) -> None:
    watch(ports, old, WHOLE)
    call(ports, "DELETE", f"/v1/videos/{old.id}")
    ports.campaigns.videos.pop((old.campaign_id, old.video_hash), None)

    *_, removed = answer(ports, "GET", "/v1/campaigns/spring/analytics")["data"]

    assert (removed["video_id"], removed["totals"]["plays"]) == (old.id, 1)
    assert (removed["prompt"], removed["cost"]) == (None, None)


def test_a_table_has_a_line_for_each_day_version_and_arm(ports: FakePorts, old: Video) -> None:
    watch(ports, old, WHOLE, HALF)
    watch(ports, old, HALF, arm=1)
    key = CountsKey(
        video_id=old.id, experiment_id=f"exp_spring.{0:016x}", arm=0, day=ports.now().date()
    )
    ports.plays.count_exposure(key)

    for path in (f"/v1/videos/{old.id}/analytics", "/v1/campaigns/spring/analytics"):
        table = call(ports, "GET", path, headers={"Accept": "text/csv"})
        lines = list(csv.DictReader(StringIO(table.get_data(as_text=True))))

        assert table.content_type == "text/csv; charset=utf-8"
        assert "Accept" in table.headers["Vary"]
        assert [
            (line["experiment_id"], line["arm"], line["exposures"], line["plays"], line["q100"])
            for line in lines
        ] == [
            ("", "", "", "2", "1"),
            (key.experiment_id, "0", "1", "0", "0"),
            (key.experiment_id, "1", "0", "1", "0"),
        ]
        assert (lines[0]["completion_rate"], lines[0]["slice_0"], lines[0]["slice_31"]) == (
            "0.5",
            "2",
            "1",
        )
        assert (lines[1]["completion_rate"], lines[1]["average_watch_seconds"]) == ("", "")
        assert {line["video_id"] for line in lines} == {old.id}


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("from=yesterday", "from"),
        ("to=2026-02-30", "to"),
        ("from=2026-11-02&to=2026-11-01", "from"),
        ("from=2020-01-01&to=2026-11-01", "from"),
        ("to=0001-01-01", "to"),
        ("from=1999-12-31&to=2000-01-05", "from"),
        ("to=9999-12-31", "to"),
        (f"from={date.max}", "from"),
        ("since=2026-11-01", "since"),
    ],
)
def test_an_impossible_period_is_refused(
    ports: FakePorts, old: Video, query: str, param: str
) -> None:
    for path in (f"/v1/videos/{old.id}/analytics", "/v1/campaigns/spring/analytics"):
        assert refused(ports, "GET", f"{path}?{query}") == (400, "invalid_request", param)


def test_what_does_not_exist_has_no_analytics(ports: FakePorts) -> None:
    missing = f"video_spring.{0:016x}"
    for path in (f"/v1/videos/{missing}/analytics", "/v1/campaigns/spring/analytics"):
        assert refused(ports, "GET", path)[:2] == (404, "not_found")
