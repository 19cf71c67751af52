"""What the studio asks for, how much of it, and how often."""

import re
from itertools import pairwise

from playwright.sync_api import Locator, Route, expect

from tests.browser.server import Server
from tests.browser.studio import Studio
from tests.eventually import eventually

FIRST_LOAD_BYTES = 60_000
HEADERS_BYTES = 3_000
LATENCY_SECONDS = 0.4
SLOW_BYTES_PER_SECOND = 50_000
# Posters are as many as there are videos, and browsers ask for a tab's icon by themselves.
PICTURES = ("img", "other")
SIZES = """() => ["navigation", "resource"].flatMap(kind => performance.getEntriesByType(kind))
  .map(entry => [entry.name, entry.initiatorType, entry.transferSize])"""
AN_HOUR_MS = 3_600_000
TOLERANCE_SECONDS = 0.05


# A browser without a screen has none, and asks no server.
NOTIFICATIONS = """
  window.notified = [];
  window.Notification = class {
    static permission = "default";
    static async requestPermission() { this.permission = "granted"; }
    constructor(title, {body}) { notified.push([title, body]); }
  };"""


def in_progress(route: Route) -> None:
    """Answer as if the video were still made, also if it has ended."""
    answer = route.fetch()
    campaign = answer.json()
    [slot] = campaign["slots"]
    pending = slot["pending"] or {**slot["current"], "status": "in_progress", "phase": "generating"}
    campaign["slots"] = [{**slot, "pending": pending, "current": None}]
    campaign["counts"] = {**campaign["counts"], "pending": 1, "current": 0}
    headers = {**answer.headers, "retry-after": "5"}
    route.fulfill(response=answer, json=campaign, headers=headers)


def transferred(studio: Studio) -> dict[str, int]:
    """Return the bytes of each file and each answer, but for the list of campaigns, on the wire.

    That list is as long as the other tests have made it.
    """
    studio.page.wait_for_load_state("networkidle")
    return {
        url: size
        for url, kind, size in studio.page.evaluate(SIZES)
        if kind not in PICTURES and "/v1/campaigns?" not in url
    }


def test_the_first_load_is_small_and_the_second_transfers_no_file_again(studio: Studio) -> None:
    studio.open()
    first = transferred(studio)
    studio.page.reload()
    second = transferred(studio)

    assert len([url for url in first if "/v1/" not in url]) == 3
    assert sum(first.values()) < FIRST_LOAD_BYTES, first
    assert sum(size for url, size in second.items() if "/v1/" not in url) < HEADERS_BYTES


def test_the_form_is_there_after_two_round_trips_of_a_slow_network(studio: Studio) -> None:
    """Before the API has answered anything: in 1.5 s at 400 ms and 50 kB/s."""
    studio.context.route("**/v1/**", lambda _: None)
    with studio.page.expect_request("**/v1/**"):
        studio.open()

    expect(studio.page.get_by_label("Campaign name")).to_be_visible()
    page, *files = studio.page.evaluate(SIZES)
    names = [url.rpartition("/")[2] for url, kind, _ in files if kind not in ("fetch", *PICTURES)]
    assert set(names) == {"studio.css", "studio.js"}
    loaded = page[2] + sum(size for _, kind, size in files if kind != "fetch")
    assert 2 * LATENCY_SECONDS + loaded / SLOW_BYTES_PER_SECOND < 1.5


def test_the_studio_polls_no_more_often_than_the_server_asks(
    server: Server, studio: Studio
) -> None:
    server.create("patient", "A glacier calves")
    studio.open("patient")

    polls = eventually(lambda: studio.polls("patient")[2:] and studio.polls("patient"))

    waits = [int(each.headers["retry-after"]) for each in polls]
    asked_at = [each.request.timing["startTime"] / 1000 for each in polls]
    gaps = [later - earlier for earlier, later in pairwise(asked_at)]
    assert all(gap >= wait - TOLERANCE_SECONDS for gap, wait in zip(gaps, waits, strict=False))


def test_a_hidden_tab_tells_progress_and_when_its_videos_are_ready_and_asks_no_more(
    server: Server, studio: Studio
) -> None:
    """Once a minute while they are made; then no request until it is visible again."""
    server.create("hidden", "A seal dives")
    studio.context.route("**/v1/campaigns/hidden", in_progress)
    studio.context.add_init_script(NOTIFICATIONS)
    studio.page.clock.install()
    studio.open("hidden")
    expect(studio.page).to_have_title(re.compile(r"^\(0/1\) \d\d?% · hidden · Showreel$"))
    expect(icon_of(studio)).to_have_attribute("href", "/studio/icon_busy.svg")
    studio.button("Notify me").click()
    expect(studio.button("Notify me")).to_be_hidden()
    # The route hides it from the page, whose time goes on meanwhile.
    server.ended(server.get("/v1/videos?campaign_id=hidden")["data"][0])
    # A tab that is hidden while it reads the campaign reads it once more.
    with studio.page.expect_event(
        "requestfinished", lambda sent: sent.url.endswith("/v1/campaigns/hidden")
    ):
        studio.page.clock.run_for(5_000)
    studio.finish_requests()
    studio.hide()
    studio.wire.forget()
    # The time of the page goes on by itself, too.
    studio.page.clock.run_for(50_000)
    studio.finish_requests()
    assert studio.wire.asked("/v1/campaigns/hidden") == []

    studio.context.unroute_all()
    studio.page.clock.run_for(10_000)
    expect(studio.page).to_have_title("✓ News · hidden · Showreel")
    expect(icon_of(studio)).to_have_attribute("href", "/studio/icon_news.svg")
    assert studio.page.evaluate("notified") == [["hidden", "Video 1 is ready."]]
    # The form asks once more what its prompt costs.
    studio.page.clock.run_for(1_000)
    studio.player(0).wait_until_loaded()
    studio.finish_requests()
    studio.wire.forget()
    studio.page.clock.run_for(AN_HOUR_MS)
    studio.finish_requests()
    assert studio.wire.asked("/v1/") == []

    studio.show()
    eventually(lambda: studio.polls("hidden"))
    studio.page.clock.run_for(2_000)
    expect(studio.page).to_have_title("hidden · Showreel")
    expect(icon_of(studio)).to_have_attribute("href", "/studio/icon.svg")


def icon_of(studio: Studio) -> Locator:
    return studio.page.locator("link[rel=icon]")
