"""What the page of a comparison says in each of its states, to people who know no statistics."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Route, expect

from tests.browser.server import Json, Server
from tests.browser.studio import Studio
from tools import demo_plays
from tools.service import RefusedError

CAMPAIGN = "compared"
STOPPED = {"status": "stopped", "stopped_at": 1_795_953_600, "stop_reason": "requested"}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a report changes in one without plays, what is then read, and what is not."""

    report: Json
    verdict: str
    reasons: tuple[str, ...] = ()
    never: str = "undefined"


def best(verdict: str, **report: object) -> Json:
    return {"verdict": verdict, "best": 1, **report}


STATES = {
    "collecting": Said(
        report={"plays_needed": 40, "days_needed": 2},
        verdict="Too early to say which video works better.",
        reasons=("at least 10 are watched to the end.", "about 40 more.", "takes 2 days."),
    ),
    "no difference": Said(
        report={"verdict": "no_difference_yet"},
        verdict="No clear difference so far: what you see may be chance.",
    ),
    "leading": Said(
        report=best("leading"),
        verdict="Lively is ahead, but this may still be chance. Wait before you decide.",
        reasons=("Lively was watched to the end in 64% of its plays, Calm in 35%.",),
    ),
    "decided": Said(
        report=best("decided"),
        verdict="Lively works better. This is hardly chance: you can decide now.",
        reasons=("put the tags of Lively on your pages, then stop this comparison.",),
    ),
    "simulated": Said(
        report=best("decided", simulated=300),
        verdict="Lively works better. This is hardly chance.",
        never="put the tags",
    ),
    "wrong sample ratio": Said(
        report={"verdict": "invalid_srm"},
        verdict="Do not use these numbers: the videos were not shown as often as planned.",
        reasons=("Calm 300 times and Lively 300 times.", "begin a new comparison."),
        never="64%",
    ),
    "stopped": Said(
        report=best("leading", **STOPPED),
        verdict="Lively was ahead when it was stopped, but this may be chance.",
        reasons=("Visitors now see Calm.",),
        never="Wait",
    ),
    "an arm is missing": Said(
        report={**STOPPED, "stop_reason": "arm_missing"},
        verdict="It was stopped too early to say which video works better.",
        reasons=("because one of its videos was deleted.",),
    ),
}


@pytest.fixture
def comparison(server: Server) -> Json:
    """A comparison without plays; it is there once for all states."""
    path = f"/v1/campaigns/{CAMPAIGN}/experiments"
    videos = server.make(CAMPAIGN, "A calm sea", "A lively sea")
    arms = [
        {"video_id": video["id"], "label": label}
        for video, label in zip(videos, ("Calm", "Lively"), strict=True)
    ]
    return (
        server.get(path)["data"][0]
        if server.get(path)["data"]
        else server.post(path, {"arms": arms})
    )


def test_simulated_viewers_of_no_campaign_say_what_makes_it(server: Server) -> None:
    with pytest.raises(RefusedError, match=r"no campaign 'never-made'.* Run `make demo` first"):
        demo_plays.watch(server.origin, "never-made", viewers=1)


@pytest.mark.parametrize("said", STATES.values(), ids=STATES.keys())
def test_a_comparison_says_what_to_think_and_what_to_do(
    studio: Studio, comparison: Json, said: Said
) -> None:
    path = f"/v1/campaigns/{CAMPAIGN}/experiments/{comparison['id']}"

    def told(route: Route) -> None:
        answer = route.fetch()
        report = {**answer.json(), **said.report}
        for arm, rate in zip(report["arms"], (0.35, 0.64), strict=True):
            arm["exposures"] = 300
            arm["rate"] = {"value": rate, "low": rate - 0.05, "high": rate + 0.05, "of": 300}
            arm["watched"] |= {"plays": 300, "simulated": said.report.get("simulated", 0)}
        route.fulfill(response=answer, json=report)

    studio.page.route(f"**{path}", told)
    studio.page.goto(f"{studio.server.origin}/?watched={CAMPAIGN}&comparison={comparison['id']}")

    expect(studio.page.locator(".verdict")).to_have_text(said.verdict)
    reasons = studio.page.locator(".verdict + .meta")
    for words in said.reasons:
        expect(reasons).to_contain_text(words)
    expect(reasons).not_to_contain_text(said.never)
    simulated = studio.page.get_by_text("Simulated: all of these plays")
    expect(simulated).to_have_count(int("simulated" in said.report))
