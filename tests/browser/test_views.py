"""Every view of the studio: accessibility, layout and screenshots.

The screenshots are kept in screenshots/.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.accessibility import violations
from tests.browser.server import Server
from tests.browser.studio import Studio, opened
from tests.browser.views import GALLERY, VIEWS

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
# What a window of 1280 x 800 shows at a zoom of 200 %.
ZOOMED: ViewportSize = {"width": 640, "height": 400}
# An empty page is smaller.
FEWEST_BYTES = 8_000
# So long after its page was opened, a player may show a wheel that turns.
UNTIL_SETTLED = "() => document.querySelector('video') ? Math.max(0, 2000 - performance.now()) : 0"
RUNNING = "() => document.getAnimations().filter(each => each.playState === 'running').length"


@dataclass(frozen=True, kw_only=True)
class Look:
    """A size of the window and a colour scheme. `rules` limits axe to what the look may break."""

    name: str
    size: ViewportSize
    scheme: Literal["light", "dark"]
    rules: Sequence[str] = ()

    def take_on(self, page: Page) -> None:
        page.set_viewport_size(self.size)
        page.emulate_media(color_scheme=self.scheme)


LOOKS = (
    Look(name="light-wide", size=WIDE, scheme="light"),
    # A scheme changes colours alone.
    Look(name="dark-wide", size=WIDE, scheme="dark", rules=["color-contrast"]),
    # A size moves and hides: what is found in a hidden part is found on the wide page.
    Look(
        name="light-phone",
        size=PHONE,
        scheme="light",
        rules=["scrollable-region-focusable", "target-size"],
    ),
)


@pytest.fixture(scope="module", params=VIEWS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def viewer(browser: Browser, gallery: Server) -> Iterator[Studio]:
    """One page for all views: a new profile would load every file and clip again."""
    with opened(browser, gallery, viewport=WIDE) as studio:
        yield studio


@pytest.fixture(scope="module")
def view(name: str, viewer: Studio) -> Iterator[Studio]:
    # Colours that fade from one scheme to the next would be measured on their way.
    LOOKS[0].take_on(viewer.page)
    VIEWS[name](viewer)
    yield viewer
    viewer.context.set_offline(offline=False)


def test_axe_finds_no_violation(view: Studio) -> None:
    for look in LOOKS:
        look.take_on(view.page)
        # What the header covers in part would be too small a target.
        view.page.evaluate("scrollTo(0, 0)")

        assert violations(view.page, only=look.rules) == [], look.name


def test_with_reduced_motion_nothing_moves(view: Studio) -> None:
    assert view.page.evaluate(RUNNING) == 0


def test_a_screenshot_of_each_view_is_taken(view: Studio, name: str) -> None:
    view.page.wait_for_timeout(view.page.evaluate(UNTIL_SETTLED))
    for look in LOOKS:
        look.take_on(view.page)
        take_picture(view.page, f"{name}-{look.name}", full_page=look.size == PHONE)


def test_no_view_scrolls_sideways(view: Studio) -> None:
    view.page.set_viewport_size(NARROW)

    assert view.sideways() <= 0


def test_a_phone_shows_the_videos_first(browser: Browser, gallery: Server) -> None:
    """On a wide page the form beside the videos is open, on a phone it is not."""
    with opened(browser, gallery, viewport=PHONE) as studio:
        VIEWS["campaign"](studio)

        assert not studio.form.is_visible()
        assert violations(studio.page) == []
        take_picture(studio.page, "campaign-on-a-phone", full_page=True)


def test_a_german_browser_gets_the_german_page_and_may_choose_the_english_one(
    browser: Browser, gallery: Server
) -> None:
    with opened(browser, gallery, viewport=NARROW, locale="de-DE") as studio:
        studio.open(GALLERY)
        expect(studio.card(0)).to_contain_text("1,60 $ simuliert")
        assert violations(studio.page) == []
        assert studio.sideways() <= 0
        take_picture(studio.page, "german-on-a-phone", full_page=True)
        studio.page.set_viewport_size(ZOOMED)
        assert studio.sideways() <= 0
        expect(studio.page.get_by_text("Briefing und Prompts")).to_be_visible()

        studio.page.get_by_label("Sprache").select_option("English")

        expect(studio.card(0)).to_contain_text("$1.60 simulated")
        expect(studio.figure("Saved")).to_contain_text("$6.40")


def take_picture(page: Page, name: str, *, full_page: bool) -> None:
    picture = SCREENSHOTS / f"{name}.jpg"
    page.evaluate("scrollTo(0, 0)")

    page.screenshot(path=picture, type="jpeg", quality=80, full_page=full_page)

    assert picture.stat().st_size > FEWEST_BYTES
