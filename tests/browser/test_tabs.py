"""Several tabs of one campaign."""

from playwright.sync_api import Browser, expect

from tests.browser.server import Server
from tests.browser.studio import Studio, opened


def test_two_tabs_agree_without_a_reload(server: Server, studio: Studio) -> None:
    server.make("two-tabs", "A ferry leaves")
    studio.open("two-tabs")
    other = studio.another_tab()
    other.open("two-tabs")
    other.player(0).element.wait_for()

    studio.regenerate(0)

    expect(other.progress(0)).to_be_visible()
    mine, yours = studio.wait_for_comparison(0)[1], other.wait_for_comparison(0)[1]
    assert mine.source() == yours.source()


def test_somebody_elses_change_is_seen_within_its_interval(
    server: Server, studio: Studio, browser: Browser
) -> None:
    [video] = server.make("two-people", "A ferry arrives")
    studio.page.clock.install()
    studio.open("two-people")
    studio.player(0).element.wait_for()
    with opened(browser, server) as other:
        other.open("two-people")
        other.regenerate(0)
        other.wait_for_comparison(0)

    studio.page.clock.run_for(20_000)

    expect(studio.card(0).get_by_text("History (1)")).to_be_visible()
    assert "historical" == server.get(f"/v1/videos/{video['id']}")["version_state"]
