"""The player on a page of another site, under a strict policy, counts what a stopwatch shows."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from shared.adapters.local.play_repository import LocalPlayRepository
from shared.domain.plays import SLICES, Counts
from tests.browser.server import PATIENCE_SECONDS, Server
from tests.browser.shop import IS_LOADED, player_tag, script_of, shop, told
from tests.eventually import eventually

NAMES = ("whole", "looped", "sought", "hidden")
PROMPTS = ("A kettle sings", "A lamp is lit", "A boat turns", "A kite climbs")
SECONDS = 4
SLICE_SECONDS = SECONDS / SLICES
NEAR_MS = 100
NEAR_SECONDS = 0.05
ALL_QUARTERS = [
    ("video_start", 0),
    ("video_progress", 25),
    ("video_progress", 50),
    ("video_progress", 75),
    ("video_complete", 100),
]

# What a person does with each player; it resolves with the milliseconds that each clip moved.
STOPWATCH = """async () => {
  const until = (isDone) => new Promise((resolve) => {
    const look = () => (isDone() ? resolve() : setTimeout(look, 5));
    look();
  });
  const once = (video, name) =>
    new Promise((resolve) => video.addEventListener(name, resolve, { once: true }));
  const playTo = async (video, position) => {
    await video.play();
    await until(() => video.currentTime >= position);
    video.pause();
    return video.currentTime;
  };
  const turnAway = (isAway) => {
    Object.defineProperty(document, "hidden", { get: () => isAway, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const people = {
    async whole(video) {
      video.play();
      await once(video, "ended");
      video.playbackRate = 0.5;
      return video.duration + (await playTo(video, 0.4));
    },
    async looped(video) {
      let rounds = 0;
      video.addEventListener("seeked", () => (rounds += 1));
      await video.play();
      await until(() => rounds === 2);
      return 2 * video.duration + (await playTo(video, 0.5));
    },
    async sought(video) {
      const first = await playTo(video, 1.1);
      await new Promise((resolve) => setTimeout(resolve, 600));
      video.currentTime = 3;
      await once(video, "seeked");
      const last = await playTo(video, 3.3);
      window.gap = [first, 3, last];
      return first + last - 3;
    },
    async hidden(video) {
      await playTo(video, 0.6);
      turnAway(true);
      const all = await playTo(video, 2.7);
      turnAway(false);
      return all;
    },
  };
  const played = {};
  const watch = async (name) => {
    played[name] = 1000 * (await people[name](document.getElementById(name).video));
  };
  await watch("hidden");
  await Promise.all(["whole", "looped", "sought"].map(watch));
  return { ...played, gap: window.gap };
}"""
OPT_OUT = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"
STORED = "async () => [localStorage.length, sessionStorage.length, document.cookie]"


def is_watched(bins: tuple[int, ...], *spans: tuple[float, float]) -> bool:
    """Whether these are the slices that the spans of seconds touch, or touch nearly."""

    def touched(spare: float) -> list[bool]:
        return [
            any(
                start - spare < (each + 1) * SLICE_SECONDS and each * SLICE_SECONDS < end + spare
                for start, end in spans
            )
            for each in range(SLICES)
        ]

    least, most = touched(-NEAR_SECONDS), touched(NEAR_SECONDS)
    return all(
        low <= bool(found) <= high for low, found, high in zip(least, bins, most, strict=True)
    )


def test_what_is_counted_on_a_page_of_another_site_is_what_a_stopwatch_shows(
    browser: Browser, server: Server, data_folder: Path
) -> None:
    videos = dict(zip(NAMES, server.make("shop", *PROMPTS), strict=True))
    plays = LocalPlayRepository(data_folder)

    def counted(name: str) -> Counts | None:
        today = datetime.now(UTC).date()
        found = plays.counts_of_video(videos[name]["id"], today, today)
        return found[0][1] if found else None

    one = videos["hidden"]
    rendered = {"src": one["content_url"], "token": one["play_token"]}
    players = (
        script_of(server),
        player_tag("whole", embed=videos["whole"]["embed_url"]),
        player_tag("looped", embed=videos["looped"]["embed_url"], loop=""),
        player_tag("sought", embed=videos["sought"]["embed_url"]),
        player_tag("hidden", **rendered, plays=f"{server.origin}/v1/plays"),
        player_tag("missing", embed=f"{server.origin}/v1/embeds/forged"),
    )
    with shop(browser, server, "".join(players)) as (page, wire):
        page.goto("/")
        expect(page.locator("#missing").get_by_role("status")).to_be_visible()
        eventually(lambda: page.evaluate(IS_LOADED), within_seconds=PATIENCE_SECONDS)

        played = page.evaluate(STOPWATCH)
        events = page.evaluate("dataLayer")
        assert page.evaluate(STORED) == [0, 0, ""]
        beacons = len(wire.asked("/v1/plays"))
        page.goto("about:blank")

        # One at the first picture, one at the end of the clip, and one when the tab was hidden.
        assert beacons <= 3 * len(NAMES)
        assert page.context.cookies() == []
        assert [
            (each["event"], each["video_percent"])
            for each in events
            if each["video_title"] == "looped"
        ] == ALL_QUARTERS

    def missing() -> list[str]:
        """The players whose counts are not what the stopwatch shows."""
        return [
            name
            for name in NAMES
            if not (counts := counted(name)) or abs(counts.played_ms - played[name]) > NEAR_MS
        ]

    eventually(lambda: not missing(), within_seconds=PATIENCE_SECONDS)
    whole, looped, sought, hidden = (counted(name) or Counts() for name in NAMES)
    # None claims more than can have been played: who goes back says so.
    assert {
        (each.plays, each.impressions, each.errors, each.clipped)
        for each in (whole, looped, sought, hidden)
    } == {(1, 1, 0, 0)}
    first, again, last = played["gap"]
    assert whole.bins == looped.bins == (1,) * SLICES
    assert {(each.views, each.q100) for each in (whole, looped)} == {(1, 1)}
    assert is_watched(sought.bins, (0, first), (again, last))
    assert (sought.views, sought.q25, sought.q50) == (0, 1, 0)
    # Most of it was played in a hidden tab.
    assert is_watched(hidden.bins, (0, played["hidden"] / 1000))
    assert (hidden.views, hidden.q50, hidden.q75) == (0, 1, 0)


@pytest.mark.parametrize(("script", "counted"), [("", 1), (OPT_OUT, 0)])
def test_the_page_of_the_guide_plays_a_renewed_clip_as_one_view_or_none_for_who_opted_out(
    browser: Browser, server: Server, script: str, counted: int
) -> None:
    """A comparison counts a viewer once, whose clip had to be renewed, and not who opted out."""
    videos = server.make("guide", "A door opens", "A door closes")
    arms = [{"video_id": each["id"]} for each in videos]
    experiments = "/v1/campaigns/guide/experiments"
    experiment = server.post(experiments, {"arms": arms})
    body = told("html", server).replace(f"{server.origin}/v1/embeds/TOKEN", experiment["embed_url"])
    refused: list[str] = []

    def refuse_first(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=403)

    def reported() -> tuple[int, int]:
        report = server.get(f"{experiments}/{experiment['id']}")["arms"]
        return (
            sum(arm["exposures"] for arm in report),
            sum(arm["watched"]["plays"] for arm in report),
        )

    with shop(browser, server, body, script=script) as (page, wire):
        page.route("**/*.mp4*", refuse_first)
        page.goto("/")
        eventually(lambda: page.evaluate(IS_LOADED), within_seconds=PATIENCE_SECONDS)
        page.get_by_label("The spring roast").press("Space")
        eventually(lambda: page.evaluate("dataLayer.length"), within_seconds=PATIENCE_SECONDS)
        eventually(lambda: reported() == (counted, counted), within_seconds=PATIENCE_SECONDS)
        page.goto("about:blank")

        assert refused
        assert len(wire.asked("/v1/embeds/")) == 2
        assert bool(wire.asked("/v1/plays")) == bool(counted)
    assert reported() == (counted, counted)
