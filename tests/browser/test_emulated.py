"""The studio in the cloud: its videos come from the bucket, by signed URLs."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, expect

from tests.browser.briefs import PROMPTS
from tests.browser.server import PATIENCE_SECONDS, Json, Server
from tests.browser.shop import player_tag, script_of, shop
from tests.browser.studio import Studio, opened
from tests.e2e.shared_cloud import SharedCloud
from tests.eventually import eventually

BUCKET = re.compile(r"served at (http://\S+)")
# So slow that most of a clip is still to come when it begins to play.
SLOW_LINE = {"offline": False, "latency": 5, "downloadThroughput": 250_000, "uploadThroughput": -1}
HAS_ENDED = "document.querySelector('showreel-video')?.video?.ended"
EXPIRED = b"<?xml version='1.0' encoding='UTF-8'?><Error><Code>ExpiredToken</Code></Error>"


@dataclass
class Expiry:
    """Lets the bucket refuse the signed URLs that were given out so far."""

    session: CDPSession
    bucket: str
    seen: set[str] = field(default_factory=set)
    expired: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.session.on("Fetch.requestPaused", self._decide)
        self.session.send("Fetch.enable", {"patterns": [{"urlPattern": f"{self.bucket}/*.mp4*"}]})

    def come(self) -> None:
        self.expired |= self.seen

    def _decide(self, paused: dict[str, Any]) -> None:
        url, request = paused["request"]["url"], {"requestId": paused["requestId"]}
        self.seen.add(url)
        if url not in self.expired:
            self.session.send("Fetch.continueRequest", request)
            return
        body = base64.b64encode(EXPIRED).decode()
        self.session.send("Fetch.fulfillRequest", {**request, "responseCode": 400, "body": body})


@pytest.fixture
def cloud(shared_cloud: SharedCloud) -> Server:
    return Server(port=shared_cloud.port, process=shared_cloud.process)


@pytest.fixture
def bucket(shared_cloud: SharedCloud) -> str:
    found = BUCKET.search("".join(shared_cloud.lines))
    assert found
    return found[1]


@pytest.fixture
def studio(browser: Browser, cloud: Server, bucket: str) -> Iterator[Studio]:
    with opened(browser, cloud, elsewhere=[bucket]) as studio:
        yield studio


def test_videos_play_from_the_bucket_while_a_new_version_is_generated(
    studio: Studio, bucket: str
) -> None:
    studio.open()
    studio.start_campaign("harbour-line")
    studio.fill_prompts(PROMPTS[:2])
    studio.choose_length(4)
    studio.make()

    players = [studio.player(index) for index in range(2)]
    for player in players:
        player.element.wait_for()
        player.watch()
        player.play()

    states = [player.plays_beyond(1) for player in players]
    assert [each["error"] for each in states] == [None, None]
    clips = [each for each in studio.wire.responses if each.url.startswith(bucket)]
    assert {each.status for each in clips if ".mp4" in each.url} == {206}
    assert all("X-Goog-Signature" in each.url for each in clips)

    studio.regenerate(0)
    old, new = studio.wait_for_comparison(0)

    assert old.state()["breaks"] == []
    assert old.state()["frames"] > states[0]["frames"]
    new.plays_beyond(0.1)


def test_a_signed_url_that_expires_is_renewed_without_losing_the_place(
    cloud: Server, studio: Studio, bucket: str
) -> None:
    cloud.make("expiring", PROMPTS[0], seconds=8)
    session = studio.context.new_cdp_session(studio.page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_LINE)
    expiry = Expiry(session, bucket)
    studio.open("expiring")
    player = studio.player(0)
    player.play()
    player.plays_beyond(0.3)

    expiry.come()
    player.watch()
    player.seek(7)
    state = player.plays_beyond(7.2)

    assert expiry.expired < expiry.seen
    assert len(studio.wire.asked("/signed-url")) == 1
    assert all(start > 6.9 for start in state["starts"])
    assert state["starts"]
    assert not state["paused"]
    expect(studio.card(0).get_by_role("alert")).to_be_hidden()


def test_a_play_on_a_page_of_another_site_is_counted_apart_from_the_api(
    browser: Browser, cloud: Server, bucket: str
) -> None:
    [video] = cloud.make("embedded", PROMPTS[0], seconds=4)
    counter = cloud.post(video["embed_url"].removeprefix(cloud.origin))["plays_url"]
    assert not counter.startswith(cloud.origin)
    body = player_tag("cloud", embed=video["embed_url"], autoplay="") + script_of(cloud)

    with shop(browser, cloud, body, others=[bucket, counter]) as (page, wire):
        page.goto("/")
        eventually(lambda: page.evaluate(HAS_ENDED), within_seconds=PATIENCE_SECONDS)
        page.goto("about:blank")

        assert wire.asked(counter)

    def watched() -> Json | None:
        totals = cloud.get(f"/v1/videos/{video['id']}/analytics")["totals"]
        return totals if totals and totals["completion"]["value"] else None

    totals = eventually(watched, within_seconds=PATIENCE_SECONDS)
    assert (totals["plays"], totals["views"], totals["completion"]["value"]) == (1, 1, 1)
    assert abs(totals["average_watch_seconds"] - 4) < 0.1
