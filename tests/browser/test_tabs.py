"""Several tabs of one campaign."""

from playwright.sync_api import Browser, expect

from tests.browser.server import Server
from tests.browser.studio import Studio, opened
from tests.eventually import eventually


def test_two_tabs_show_each_others_changes_and_those_of_other_clients_without_a_reload(
    browser: Browser, server: Server, studio: Studio
) -> None:
    [first] = server.make("two-tabs", "A ferry leaves")
    studio.page.clock.install()
    studio.open("two-tabs")
    other = studio.another_tab()
    other.open("two-tabs")
    other.player(0).element.wait_for()

    studio.regenerate(0)

    expect(other.progress(0)).to_be_visible()
    mine, yours = studio.wait_for_comparison(0)[1], other.wait_for_comparison(0)[1]
    assert mine.source() == yours.source()

    with opened(browser, server) as colleague:
        colleague.open("two-tabs")
        colleague.card(0).get_by_text("Other takes (1)").click()
        colleague.button("Make live").click()
        eventually(lambda: server.get(f"/v1/videos/{first['id']}")["version_state"] == "current")
    studio.page.clock.run_for(20_000)

    eventually(lambda: first["id"] in studio.player(0).source())
