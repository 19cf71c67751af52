"""New versions: the old one plays on, both are compared, and either is kept."""

from playwright.sync_api import Route, expect

from tests.browser.player import Player
from tests.browser.server import PATIENCE_SECONDS, Json, Server
from tests.browser.studio import Studio
from tests.eventually import eventually

IN_STEP_SECONDS = 0.15
APART = "pair => Math.abs(pair[0].currentTime - pair[1].currentTime)"
PIER = "Waves under a pier"


def current(server: Server, campaign_id: str) -> Json:
    return dict(server.get(f"/v1/campaigns/{campaign_id}")["slots"][0]["current"])


def is_at(player: Player, seconds: float) -> bool:
    return bool(abs(player.state()["position"] - seconds) < IN_STEP_SECONDS)


def test_the_current_video_keeps_playing_while_a_new_version_is_generated_and_one_click_keeps_it(
    server: Server, studio: Studio
) -> None:
    [made] = server.make("kept-old", PIER)
    studio.open("kept-old")
    player = studio.player(0)
    watched = player.element.element_handle()
    player.watch()
    player.play()
    before = player.plays_beyond(0.2)

    studio.regenerate(0)
    expect(studio.progress(0)).to_be_visible()
    old, _ = studio.wait_for_comparison(0)

    assert watched.evaluate("(video, same) => video === same", old.element.element_handle())
    after = old.state()
    assert after["breaks"] == []
    assert not after["paused"]
    assert after["frames"] > before["frames"]
    replacement = current(server, "kept-old")

    studio.button("Make the old live").click()

    expect(studio.card(0).locator("video")).to_have_count(1)
    assert current(server, "kept-old")["id"] == made["id"]
    assert server.get(f"/v1/videos/{replacement['id']}")["version_state"] == "historical"
    studio.player(0).play()
    studio.player(0).plays_beyond(0.2)
    assert made["id"] in studio.player(0).source()

    studio.context.grant_permissions(["clipboard-read", "clipboard-write"])
    assert downloaded(studio, "Download video 1") == "kept-old-1-waves-under-a-pier.mp4"
    assert downloaded(studio, "Download all") == "kept-old.zip"
    studio.button("Share… video 1").click()
    studio.dialog.get_by_role("button", name="Copy the link").click()
    expect(studio.dialog.get_by_role("status")).to_have_text("Copied.")
    with studio.context.expect_page() as opened:
        studio.page.evaluate("async () => window.open(await navigator.clipboard.readText())")
    expect(opened.value.locator("video")).to_be_visible()
    studio.dialog.get_by_role("button", name="Copy: Code of a <video>").click()
    eventually(lambda: copied(studio).startswith(f'<video src="{made["content_url"]}" poster="'))
    studio.dialog.get_by_role("button", name="Copy: Embed code").click()
    code = (
        f'<script src="{server.origin}/embed.js" async></script>\n'
        f'<showreel-video embed="{made["embed_url"]}" label="{PIER}"></showreel-video>'
    )
    eventually(lambda: copied(studio) == code)


def copied(studio: Studio) -> str:
    return str(studio.page.evaluate("() => navigator.clipboard.readText()"))


def downloaded(studio: Studio, name: str) -> str:
    with studio.page.expect_download() as download:
        studio.page.get_by_role("link", name=name).click()
    return download.value.suggested_filename


def test_a_clip_with_the_wrong_aspect_ratio_becomes_historical_and_the_card_says_why(
    server: Server, studio: Studio
) -> None:
    [first] = server.make("turned", "A crab walks sideways")
    studio.open("turned")
    expect(studio.card(0).get_by_text("but 16:9 was ordered")).to_be_visible()

    studio.regenerate(0)

    expect(studio.page.get_by_text("It is an earlier take, and the live one stays")).to_be_visible(
        timeout=PATIENCE_SECONDS * 1000
    )
    assert current(server, "turned")["id"] == first["id"]
    studio.card(0).get_by_text("Other takes (1)").click()
    expect(studio.card(0).get_by_text("but 16:9 was ordered")).to_have_count(2)


def test_old_and_new_play_in_step_and_one_click_keeps_the_new_one(
    server: Server, studio: Studio
) -> None:
    # Long enough for a busy machine to pause them before they have ended.
    server.make("in-step", PIER, seconds=8)
    studio.page.goto(f"{server.origin}/?campaign=in-step&debug")
    studio.regenerate(0)
    old, new = studio.wait_for_comparison(0)
    marks = studio.card(0).get_by_text("MP4").all_inner_texts()
    assert marks[:2] == ["MP4", "Current MP4"]

    studio.button("Play both").click()
    new.plays_beyond(0.5)
    pair = [old.element.element_handle(), new.element.element_handle()]
    # A busy machine decodes one ahead of the other, until the studio corrects that.
    eventually(lambda: studio.page.evaluate(APART, pair) < IN_STEP_SECONDS)
    studio.button("Pause both").click()
    new.seek(3)

    eventually(lambda: is_at(old, 3))
    assert old.state()["paused"]
    assert new.state()["paused"]
    replacement = current(server, "in-step")

    studio.button("Leave the new live").click()

    expect(studio.card(0).locator("video")).to_have_count(1)
    assert current(server, "in-step")["id"] == replacement["id"]
    assert replacement["id"] in studio.player(0).source()


def test_three_takes_play_in_step_and_one_click_makes_any_of_them_live(
    server: Server, studio: Studio
) -> None:
    [first] = server.make("three", PIER)
    for _ in range(2):
        server.regenerate(first)
    studio.open("three")
    card = studio.card(0)
    card.get_by_text("Other takes (2)").click()
    compare = card.get_by_role("button", name="Compare")
    compare.nth(0).click()
    studio.wait_for_comparison(0)
    compare.nth(1).click()

    expect(card.locator("video")).to_have_count(3)
    takes = [Player(each) for each in card.locator("video").all()]
    assert first["id"] in takes[0].source()
    for take in takes:
        take.wait_until_ready()
    takes[1].seek(2)
    eventually(lambda: all(is_at(take, 2) for take in takes))
    studio.button("Play all").click()
    for take in takes:
        take.plays_beyond(2.2)
    assert [take.element.evaluate("media => media.muted") for take in takes[1:]] == [True, True]
    compare.nth(0).click()
    expect(card.locator("video")).to_have_count(2)
    live = studio.page.locator(".tag", has_text="Live")
    expect(card.locator("figcaption").filter(has=live)).to_contain_text("New")
    card.get_by_role("button", name="Back", exact=True).press("Escape")
    expect(card.locator("video")).to_have_count(1)
    compare.nth(0).click()
    compare.nth(1).click()

    studio.button("Make take 1 live").click()

    expect(studio.page.get_by_text("that you chose is live now")).to_be_visible()
    expect(card.locator("video")).to_have_count(1)
    assert current(server, "three")["id"] == first["id"]


def keeping_one(route: Route) -> None:
    """Let the campaign say that a slot keeps one historical video."""
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "keep_historical": 1})


def test_a_historical_version_can_be_kept_and_promoted_and_cleanup_previews_its_deletions(
    server: Server, studio: Studio
) -> None:
    [old] = server.make("history", PIER)
    new = server.regenerate(old)
    studio.context.route("**/v1/campaigns/history", keeping_one)
    studio.open("history")

    expect(studio.card(0)).to_contain_text("The next take removes the one made")
    studio.card(0).get_by_text("Other takes (1)").click()
    expect(studio.card(0)).to_contain_text("Keeps 1 earlier take, plus those that you mark Keep.")
    item = studio.card(0).get_by_role("listitem")
    expect(item).to_contain_text("Next to be removed")
    keep = item.get_by_role("button", name="Keep")
    keep.click()
    expect(keep).to_have_attribute("aria-pressed", "true")
    expect(studio.card(0)).not_to_contain_text("The next take removes")
    studio.button("Clean up").click()
    expect(studio.dialog).to_contain_text("Nothing to remove")
    studio.page.keyboard.press("Escape")
    keep.click()
    expect(keep).to_have_attribute("aria-pressed", "false")

    expect(studio.card(0).get_by_role("listitem").locator("img")).to_have_js_property(
        "naturalWidth", 640
    )
    studio.button("Make live").click()

    eventually(lambda: current(server, "history")["id"] == old["id"])

    studio.button("Clean up").click()
    studio.dialog.get_by_label("Earlier takes to keep").select_option("0")
    expect(studio.dialog.get_by_role("listitem")).to_have_count(1)
    expect(studio.dialog).to_contain_text("MB in total")
    assert server.get(f"/v1/videos/{new['id']}")["version_state"] == "historical"

    studio.dialog.get_by_role("button", name="Move 1 earlier take to the trash").click()

    expect(studio.page.get_by_text("1 earlier take moved to the trash.")).to_be_visible()
    expect(studio.card(0).get_by_text("Other takes")).to_be_hidden()
    [kept] = server.get("/v1/videos?campaign_id=history")["data"]
    assert old["id"] == kept["id"]
