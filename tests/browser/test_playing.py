"""Players: what a person does with them, and what goes over the wire."""

from pathlib import Path

from tests.browser.server import Server
from tests.browser.studio import Studio
from tests.cloud.heavy_clips import heavier

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
    assert [True, "metadata", True, True, False] == player.element.evaluate(ATTRIBUTES)
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
    assert {206} == {each.status for each in answers}
    assert 1 < len({each.headers["content-range"] for each in answers})
