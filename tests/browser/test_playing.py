"""Players: what a person does with them, and what goes over the wire."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.player import Player
from tests.browser.server import Server
from tests.browser.studio import Studio
from tests.browser.views import GALLERY
from tests.cloud.heavy_clips import heavier
from tests.eventually import eventually

# More than a browser reads ahead.
HEAVY_BYTES = 40_000_000
ATTRIBUTES = """video =>
  [video.controls, video.preload, video.muted, video.playsInline, video.autoplay]"""


def test_a_player_has_controls_and_seeks_by_ranges_in_a_clip_with_its_index_at_the_end(
    server: Server, studio: Studio, data_folder: Path
) -> None:
    [video] = server.make("sought", "A train crosses a viaduct")
    clip = data_folder / "videos/generated/sought" / video["filename"]
    heavy = heavier(clip.read_bytes(), HEAVY_BYTES)
    assert heavy.index(b"moov") > HEAVY_BYTES
    clip.write_bytes(heavy)
    studio.open("sought")
    player = studio.player(0)
    assert player.element.evaluate(ATTRIBUTES) == [True, "metadata", True, True, False]
    assert player.element.get_attribute("poster")
    player.watch()
    player.play()
    player.plays_beyond(0.2)

    near_end = player.seek(3.5)
    back = player.seek(0.2)
    later = player.plays_beyond(0.5)

    assert 3.5 <= near_end["position"] <= 4
    assert 0.2 <= back["position"] < 3.5
    assert later["frames"] > back["frames"]
    assert later["error"] is None
    answers = studio.wire.answers(f"{video['id']}/content")
    assert {each.status for each in answers} == {206}
    assert len({each.headers["content-range"] for each in answers}) > 1


def test_the_reel_plays_every_video_after_the_other_and_obeys_the_keyboard(
    gallery: Server, studio: Studio
) -> None:
    studio.open(GALLERY)
    studio.button("Play the reel").click()
    reel, keyboard = Player(studio.dialog.locator("video")), studio.page.keyboard
    place = studio.dialog.get_by_text(" of 4")
    expect(place).to_have_text("1 of 4")
    eventually(lambda: studio.page.evaluate("document.fullscreenElement !== null"))
    reel.plays_beyond(0.1)
    reel.seek(3.9)
    expect(place).to_have_text("2 of 4")
    reel.plays_beyond(0.1)

    keyboard.press("Space")
    expect(studio.dialog.get_by_role("button", name="Play", exact=True)).to_be_focused()
    assert reel.state()["paused"]
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    expect(place).to_have_text("4 of 4")
    expect(studio.button("Next")).to_be_disabled()
    reel.plays_beyond(0.1)
    reel.seek(3.9)
    studio.button("Play again").press("Enter")
    expect(place).to_have_text("1 of 4")
    keyboard.press("Escape")

    expect(studio.dialog).to_have_count(0)
    expect(studio.button("Play the reel")).to_be_focused()
    eventually(lambda: studio.page.evaluate("document.fullscreenElement === null"))
