"""What the page of a comparison says in each of its states, to people who know no statistics."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Route, expect

from tests.browser.server import Json, Server
from tests.browser.studio import Studio
from tools import demo_plays
from tools.service import RefusedError

CAMPAIGN = "compared"
EXPERIMENTS = f"/v1/campaigns/{CAMPAIGN}/experiments"
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
        verdict="Lively works better. This is very unlikely to be chance. You can decide now.",
        reasons=("show everyone Lively.",),
    ),
    "simulated": Said(
        report=best("decided", simulated=300),
        verdict="Lively works better. This is very unlikely to be chance.",
        never="show everyone",
    ),
    "wrong sample ratio": Said(
        report={"verdict": "invalid_srm"},
        verdict="Do not use these numbers: the videos were not shown as often as planned.",
        reasons=("Calm 300 times and Lively 300 times.", "start a new comparison."),
        never="64%",
    ),
    "stopped": Said(
        report=best("leading", **STOPPED, shown_arm=0, plays_needed=40),
        verdict="Lively was ahead when it ended, but this may be chance.",
        reasons=("Visitors now see Calm.",),
        never="about 40 more.",
    ),
    "an arm is missing": Said(
        report={**STOPPED, "stop_reason": "arm_missing", "shown_arm": 1},
        verdict="It ended too early to say which video works better.",
        reasons=("because one of its videos was deleted. Visitors now see Lively.",),
    ),
}


@pytest.fixture
def comparison(server: Server) -> Json:
    """A comparison without plays; it is there once for all states."""
    server.make(CAMPAIGN, "A calm sea", "A lively sea")
    found = server.get(EXPERIMENTS)["data"]
    return found[-1] if found else begun(server)


def begun(server: Server) -> Json:
    videos = server.make(CAMPAIGN, "A calm sea", "A lively sea")
    arms = [
        {"video_id": video["id"], "label": label}
        for video, label in zip(videos, ("Calm", "Lively"), strict=True)
    ]
    return server.post(EXPERIMENTS, {"arms": arms})


def open_report(
    studio: Studio, comparison: Json, report: Json, *, plays: int = 300, language: str = "en"
) -> None:
    """Open the page of the comparison, whose report has these fields, and so many plays."""

    def told(route: Route) -> None:
        answer = route.fetch()
        changed = {**answer.json(), **report}
        for arm, rate in zip(changed["arms"], (0.35, 0.64), strict=True):
            arm["exposures"] = plays
            arm["rate"] = {"value": rate, "low": rate - 0.05, "high": rate + 0.05, "of": plays}
            arm["watched"] |= {"plays": plays, "simulated": report.get("simulated", 0)}
        route.fulfill(response=answer, json=changed)

    studio.page.route(f"**{EXPERIMENTS}/{comparison['id']}", told)
    place = f"/?watched={CAMPAIGN}&comparison={comparison['id']}&lang={language}"
    studio.page.goto(f"{studio.server.origin}{place}")


def test_simulated_viewers_of_no_campaign_say_what_makes_it(server: Server) -> None:
    with pytest.raises(RefusedError, match=r"no campaign 'never-made'.* Run `make demo` first"):
        demo_plays.watch(server.origin, "never-made", viewers=1)


@pytest.mark.parametrize("said", STATES.values(), ids=STATES.keys())
def test_a_comparison_says_what_to_think_and_what_to_do(
    studio: Studio, comparison: Json, said: Said
) -> None:
    open_report(studio, comparison, said.report)

    expect(studio.page.locator(".verdict")).to_have_text(said.verdict)
    reasons = studio.page.locator(".verdict + .meta")
    for words in said.reasons:
        expect(reasons).to_contain_text(words)
    expect(reasons).not_to_contain_text(said.never)
    is_simulated = "simulated" in said.report
    simulated = studio.page.get_by_text("Simulated: all of these plays")
    expect(simulated).to_have_count(int(is_simulated))
    real = studio.page.get_by_text("Counts real viewers.")
    expect(real).to_have_count(int(not is_simulated))


def test_who_ends_a_comparison_too_early_chooses_what_everyone_sees(
    studio: Studio, comparison: Json
) -> None:
    ended = begun(studio.server)
    studio.page.goto(f"{studio.server.origin}/?watched={CAMPAIGN}&comparison={ended['id']}")
    studio.button("End comparison…").click()
    expect(studio.dialog).to_contain_text("No video is clearly better yet")
    expect(studio.dialog.get_by_role("radio", checked=True)).to_have_count(0)
    studio.dialog.get_by_role("button", name="End comparison").click()
    expect(studio.dialog.get_by_role("alert")).to_have_text("Choose a video.")

    studio.dialog.get_by_label("Lively").check()
    studio.dialog.get_by_role("button", name="End comparison").click()

    expect(studio.page.locator(".verdict + .meta")).to_contain_text("Visitors now see Lively.")
    expect(studio.page.locator(".code")).to_contain_text("It shows Lively")
    assert studio.server.get(f"{EXPERIMENTS}/{ended['id']}")["shown_arm"] == 1
    assert studio.server.get(f"{EXPERIMENTS}/{comparison['id']}")["status"] == "running"


def test_a_decided_comparison_offers_to_show_everyone_the_better_video(
    studio: Studio, comparison: Json
) -> None:
    open_report(studio, comparison, best("decided"))

    studio.button("Show everyone Lively…").click()

    expect(studio.dialog.get_by_label("Lively")).to_be_checked()


def test_a_phone_shows_each_row_and_the_whole_code_of_a_comparison(
    studio: Studio, comparison: Json
) -> None:
    studio.page.set_viewport_size({"width": 320, "height": 700})
    open_report(studio, comparison, {}, plays=5, language="de")

    expect(studio.page.get_by_role("cell", name="wenige Wiedergaben")).to_have_count(2)
    boxes = studio.page.locator(".scrolled, .code pre")
    expect(boxes).to_have_count(2)
    for box in boxes.all():
        assert box.evaluate(
            "box => [box.scrollWidth - box.clientWidth, box.scrollHeight - box.clientHeight]"
        ) == [0, 0]


def test_a_campaign_without_plays_has_its_title_and_says_whose_code_it_shows(
    studio: Studio, comparison: Json
) -> None:
    studio.server.patch(f"/v1/campaigns/{comparison['campaign_id']}", {"title": "Autumn launch"})

    studio.open_watched(CAMPAIGN)

    expect(studio.page.get_by_role("heading", level=1)).to_have_text("Views of Autumn launch")
    expect(studio.page).to_have_title("Views of Autumn launch \u00b7 Showreel")
    code = studio.page.locator(".code")
    expect(code.get_by_role("heading")).to_have_text("Code for your website")
    expect(code).to_contain_text("It shows Video 1: A calm sea.")


def test_the_code_of_a_comparison_is_copied(studio: Studio, comparison: Json) -> None:
    studio.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_report(studio, comparison, {})

    studio.button("Copy the code").click()

    expect(studio.page.get_by_text("Copied.")).to_be_visible()
    copied = studio.page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f'<showreel-video embed="{comparison["embed_url"]}"></showreel-video>')
