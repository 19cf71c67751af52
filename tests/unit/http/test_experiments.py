"""Experiments as their callers meet them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.plays import Counts, CountsKey
from shared.domain.video import Video
from shared.use_cases.create_videos import Draft
from tests.fakes.ports import FakePorts
from tests.unit.http.calling import answer, call, refused
from tests.unit.use_cases.scenes import make, remake, reserve

EXPERIMENTS = "/v1/campaigns/spring/experiments"


@pytest.fixture
def videos(ports: FakePorts) -> tuple[Video, Video]:
    """A historical version and the current one of the same slot."""
    old = make(ports)
    return old, remake(ports, old)


@pytest.fixture
def experiment(ports: FakePorts, videos: tuple[Video, Video]) -> dict[str, Any]:
    return dict(answer(ports, "POST", EXPERIMENTS, arms_of(videos, name="Calm or quick?")))


def arms_of(videos: tuple[Video, ...], **fields: object) -> dict[str, object]:
    return {"arms": [{"video_id": video.id} for video in videos], **fields}


def count(ports: FakePorts, experiment: Mapping[str, Any], *arms: tuple[int, int]) -> None:
    """Add plays of each arm, and how many of them were complete, to today's."""
    for arm, (plays, complete) in enumerate(arms):
        key = CountsKey(
            video_id=experiment["arms"][arm]["video_id"],
            experiment_id=experiment["id"],
            arm=arm,
            day=ports.now().date(),
        )
        ports.plays._add(key, Counts(exposures=plays, plays=plays, q100=complete))


def test_an_experiment_is_created_read_listed_and_stopped(
    ports: FakePorts, videos: tuple[Video, Video]
) -> None:
    body = arms_of(videos, planned_n=1_000, metric="q50")
    body["arms"][0] |= {"label": "calm", "weight": 3}  # type: ignore[index]
    created = call(ports, "POST", EXPERIMENTS, body)
    experiment = created.get_json()
    path = f"{EXPERIMENTS}/{experiment['id']}"

    assert created.status_code == 201
    assert created.headers["Location"].endswith(path)
    assert (experiment["status"], experiment["metric"]) == ("running", "q50")
    assert experiment["embed_url"].startswith("http://localhost:8000/v1/embeds/")
    assert [
        (arm["arm"], arm["video_id"], arm["label"], arm["weight"]) for arm in experiment["arms"]
    ] == [(0, videos[0].id, "calm", 3), (1, videos[1].id, None, 1)]
    assert answer(ports, "GET", EXPERIMENTS)["data"] == [experiment]
    report = answer(ports, "GET", path)
    assert {name: report[name] for name in experiment if name != "arms"} == {
        name: each for name, each in experiment.items() if name != "arms"
    }

    no_arm = refused(ports, "POST", f"{path}/stop", {"shown_arm": 2})
    assert no_arm == (400, "invalid_request", "shown_arm")
    stopped = answer(ports, "POST", f"{path}/stop", {"shown_arm": 1})
    assert (stopped["status"], stopped["stop_reason"]) == ("stopped", "requested")
    assert (experiment["shown_arm"], stopped["shown_arm"]) == (None, 1)
    ports.clock.advance(timedelta(hours=1))
    assert answer(ports, "POST", f"{path}/stop") == stopped


def test_the_videos_of_an_experiment_are_kept_from_clean_ups(
    ports: FakePorts, videos: tuple[Video, Video], experiment: Mapping[str, Any]
) -> None:
    answer(ports, "POST", "/v1/campaigns/spring/cleanup", {"dry_run": False})

    for video in videos:
        assert answer(ports, "GET", f"/v1/videos/{video.id}")["kept"] is True
    assert experiment["name"] == "Calm or quick?"


def test_pages_of_experiments_begin_with_the_newest(
    ports: FakePorts, videos: tuple[Video, Video]
) -> None:
    ids = []
    for _ in range(3):
        ports.clock.advance(timedelta(seconds=1))
        ids.append(answer(ports, "POST", EXPERIMENTS, arms_of(videos))["id"])

    first = answer(ports, "GET", f"{EXPERIMENTS}?limit=2")
    rest = answer(ports, "GET", f"{EXPERIMENTS}?limit=2&after={first['last_id']}")

    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert [each["id"] for each in (*first["data"], *rest["data"])] == ids[::-1]


def test_a_report_without_plays_says_nothing(
    ports: FakePorts, experiment: Mapping[str, Any]
) -> None:
    report = answer(ports, "GET", f"{EXPERIMENTS}/{experiment['id']}")

    assert (report["verdict"], report["best"], report["promote"]) == ("collecting", None, None)
    assert (report["plays_needed"], report["days_needed"]) == (100, None)
    for arm in report["arms"]:
        assert arm["rate"] == {"value": None, "low": None, "high": None, "of": 0}
        assert arm["watched"]["average_watch_seconds"] is None
        assert (arm["best_probability"], arm["share"]) == (None, 0.5)


def test_a_decided_report_links_the_call_that_promotes_and_promotes_nothing(
    ports: FakePorts, videos: tuple[Video, Video], experiment: Mapping[str, Any]
) -> None:
    count(ports, experiment, (500, 350), (500, 200))

    report = answer(ports, "GET", f"{EXPERIMENTS}/{experiment['id']}")

    assert (report["verdict"], report["best"], report["plays_needed"]) == ("decided", 0, 0)
    (difference,) = report["differences"]
    assert difference["value"] == pytest.approx(-0.3)
    assert difference["low"] < -0.3 < difference["high"] < 0
    assert report["arms"][0]["best_probability"] > 0.99
    assert (report["sample_ratio"]["is_wrong"], report["sample_ratio"]["p_value"]) == (False, 1)
    old, current = (answer(ports, "GET", f"/v1/videos/{each.id}") for each in videos)
    assert (old["version_state"], current["version_state"]) == ("historical", "current")

    link = report["promote"]
    path = link["url"].removeprefix("http://localhost:8000")
    assert answer(ports, link["method"], path)["id"] == videos[0].id


def test_a_wrong_sample_ratio_hides_the_winner(
    ports: FakePorts, experiment: Mapping[str, Any]
) -> None:
    count(ports, experiment, (700, 600), (500, 200))

    report = answer(ports, "GET", f"{EXPERIMENTS}/{experiment['id']}")

    assert (report["verdict"], report["best"], report["promote"]) == ("invalid_srm", None, None)
    assert report["sample_ratio"]["is_wrong"] is True
    assert report["sample_ratio"]["expected"] == [600, 600]
    assert report["differences"] == []
    assert [arm["best_probability"] for arm in report["arms"]] == [None, None]


def test_experiments_that_cannot_be_are_refused(
    ports: FakePorts, videos: tuple[Video, Video]
) -> None:
    first, second = videos
    elsewhere = make(ports, "A kite", campaign_id="summer")
    unfinished = reserve(ports, "A boat", drafts=(Draft(prompt="A boat", index=1),))
    bodies: list[tuple[dict[str, object], str]] = [
        (arms_of((first,)), "arms"),
        (arms_of((first, first)), "arms"),
        (arms_of((first, elsewhere)), "arms"),
        (arms_of(videos, metric="luck"), "metric"),
        (arms_of(videos, allocation="greedy"), "allocation"),
        (arms_of(videos, planned_n=99), "planned_n"),
        (arms_of(videos, planned_n=10**9), "planned_n"),
        (arms_of(videos, planned_n=500, allocation="thompson"), "planned_n"),
        (arms_of(videos, name="a\u0007b"), "name"),
        ({"arms": [{"video_id": first.id, "weight": -1}, {"video_id": second.id}]}, "arms"),
        ({"arms": [{"video_id": first.id, "color": 1}, {"video_id": second.id}]}, "color"),
        ({"arms": [{"video_id": first.id, "label": "x" * 101}, {"video_id": second.id}]}, "arms"),
        ({}, "arms"),
    ]

    for body, param in bodies:
        assert refused(ports, "POST", EXPERIMENTS, body) == (400, "invalid_request", param), body
    assert refused(ports, "POST", EXPERIMENTS, arms_of((first, unfinished)))[:2] == (
        409,
        "not_ready",
    )
    path = "/v1/campaigns/autumn/experiments"
    assert refused(ports, "POST", path, arms_of(videos))[:2] == (404, "not_found")
    no_id = {"arms": [{"video_id": first.id}, {"video_id": "a video"}]}
    assert refused(ports, "POST", EXPERIMENTS, no_id)[:2] == (404, "not_found")
    assert not ports.experiments.experiments


def test_an_experiment_is_not_changed_after_its_start_or_found_elsewhere(
    ports: FakePorts, experiment: Mapping[str, Any]
) -> None:
    path = f"{EXPERIMENTS}/{experiment['id']}"

    assert refused(ports, "PATCH", path, {"arms": []})[0] == 405
    assert refused(ports, "GET", path.replace("/spring/", "/summer/"))[:2] == (404, "not_found")
    assert refused(ports, "GET", f"{path[:-1]}x")[:2] == (404, "not_found")
    assert refused(ports, "GET", f"{EXPERIMENTS}?after=video_spring.1")[:2] == (404, "not_found")
    assert refused(ports, "GET", "/v1/campaigns/summer/experiments")[:2] == (404, "not_found")


def test_a_plan_says_how_many_plays_an_experiment_needs(ports: FakePorts) -> None:
    """For a test at 4 %, by the formula of Fleiss without a correction for continuity."""
    plan = answer(ports, "POST", "/v1/experiments/plan", {"baseline": 0.4, "lift": 0.1})

    assert (plan["n"], plan["power"]) == (2552, 0.8)
    more = {"baseline": 0.4, "lift": -0.1, "power": 0.9}
    assert answer(ports, "POST", "/v1/experiments/plan", more)["n"] > plan["n"]


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"baseline": 0}, "baseline"),
        ({"baseline": 1.2}, "baseline"),
        ({"lift": 0}, "lift"),
        ({"lift": 9}, "lift"),
        ({"lift": 1e-9}, "lift"),
        ({"lift": 1e-300}, "lift"),
        ({"lift": "much"}, "lift"),
        ({"power": 1}, "power"),
        ({"power": 0.01}, "power"),
        ({"baseline": None}, "baseline"),
    ],
)
def test_a_plan_that_no_experiment_can_have_is_refused(
    ports: FakePorts, changes: Mapping[str, object], param: str
) -> None:
    body = {"baseline": 0.4, "lift": 0.1, **changes}

    assert refused(ports, "POST", "/v1/experiments/plan", body) == (400, "invalid_request", param)


def test_an_assignment_counts_an_exposure_and_its_play_counts_for_its_arm(
    ports: FakePorts, experiment: Mapping[str, Any]
) -> None:
    path = f"{EXPERIMENTS}/{experiment['id']}"
    elsewhere = {"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site"}

    assigned = answer(ports, "POST", f"{path}/assign")
    embedded = call(ports, "POST", experiment["embed_url"].split(":8000")[1], headers=elsewhere)
    for load in (assigned, embedded.get_json()):
        beacon = {"v": 1, "view": load["view"], "token": load["play_token"], "played_ms": 100}
        other = {**beacon, "view": "0" * 32}
        for body in (beacon, other):
            assert call(ports, "POST", "/v1/plays", body).status_code == 204

    assert embedded.headers["Access-Control-Allow-Origin"] == "*"
    for load in (assigned, embedded.get_json()):
        assert load["experiment_id"] == experiment["id"]
        assert load["video_id"] == experiment["arms"][load["arm"]]["video_id"]
    report = answer(ports, "GET", path)
    assert sum(arm["exposures"] for arm in report["arms"]) == 2
    assert sum(arm["rate"]["of"] for arm in report["arms"]) == 2
    assert sum(arm["exposures"] for arm in report["days"][0]["arms"]) == 2


def test_a_load_that_is_renewed_after_the_end_of_its_token_is_a_new_one(
    ports: FakePorts, experiment: Mapping[str, Any]
) -> None:
    embed = experiment["embed_url"].split(":8000")[1]
    load = answer(ports, "POST", embed)
    ports.clock.advance(timedelta(days=1))

    renewed = answer(ports, "POST", f"{embed}?renews={load['play_token']}")

    assert renewed["view"] != load["view"]
    report = answer(ports, "GET", f"{EXPERIMENTS}/{experiment['id']}")
    assert sum(arm["exposures"] for arm in report["arms"]) == 2


def test_where_plays_are_not_counted_nothing_is_assigned(
    ports: FakePorts, experiment: Mapping[str, Any]
) -> None:
    ports.play_key = b""
    path = f"{EXPERIMENTS}/{experiment['id']}"

    assert answer(ports, "GET", path)["embed_url"] is None
    assert refused(ports, "POST", f"{path}/assign")[:2] == (409, "wrong_state")
