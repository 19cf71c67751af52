"""What the studio asks for, how much of it, and how often."""

from itertools import pairwise

from playwright.sync_api import expect

from tests.browser.server import Server
from tests.browser.studio import Studio
from tests.eventually import eventually

FIRST_LOAD_BYTES = 60_000
HEADERS_BYTES = 3_000
# Posters are as many as there are videos, and browsers ask for a tab's icon by themselves.
PICTURES = ("img", "other")
SIZES = """() => ["navigation", "resource"].flatMap(kind => performance.getEntriesByType(kind))
  .map(entry => [entry.name, entry.initiatorType, entry.transferSize])"""
AN_HOUR_MS = 3_600_000
TOLERANCE_SECONDS = 0.05


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

    assert 3 == len([url for url in first if "/v1/" not in url])
    assert sum(first.values()) < FIRST_LOAD_BYTES
    assert sum(size for url, size in second.items() if "/v1/" not in url) < HEADERS_BYTES


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


def test_a_hidden_tab_sends_no_request_until_it_is_visible_again(
    server: Server, studio: Studio
) -> None:
    server.create("hidden", "A glacier grows")
    studio.page.clock.install()
    studio.open("hidden")
    expect(studio.form).to_contain_text("In progress · free")
    studio.hide()
    studio.finish_requests()
    studio.wire.forget()

    studio.page.clock.run_for(AN_HOUR_MS)
    studio.finish_requests()
    assert [] == studio.wire.asked("/v1/")

    studio.show()
    eventually(lambda: studio.polls("hidden"))
