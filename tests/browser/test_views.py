"""The page in all its states: who can use it, where it fits, and what it looks like.

Pictures of it are left in screenshots/, for people.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.browser.accessibility import violations
from tests.browser.server import Server
from tests.browser.studio import Studio, opened
from tests.browser.views import VIEWS

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES: dict[str, ViewportSize] = {
    "wide": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844},
}
NARROW: ViewportSize = {"width": 320, "height": 640}
# An empty page is smaller.
FEWEST_BYTES = 8_000


@pytest.fixture(scope="module", params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=VIEWS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def view(name: str, size: str, browser: Browser, gallery: Server) -> Iterator[Studio]:
    # Colours that fade from one scheme to the next would be measured on their way.
    with opened(browser, gallery, viewport=SIZES[size], reduced_motion="reduce") as studio:
        VIEWS[name](studio)
        yield studio


def test_axe_finds_no_violation(view: Studio) -> None:
    for scheme in SCHEMES:
        view.page.emulate_media(color_scheme=scheme)

        assert [] == violations(view.page), scheme


def test_it_has_its_picture_taken(view: Studio, name: str, size: str) -> None:
    # The last test took its time, so that what turns in a player while it loads is gone.
    for scheme in SCHEMES:
        view.page.emulate_media(color_scheme=scheme)
        view.page.evaluate("scrollTo(0, 0)")
        picture = SCREENSHOTS / f"{name}-{scheme}-{size}.jpg"

        view.page.screenshot(
            path=picture,
            type="jpeg",
            quality=80,
            full_page=size == "phone",
        )

        assert picture.stat().st_size > FEWEST_BYTES


def test_it_needs_no_scrolling_sideways(view: Studio) -> None:
    view.page.set_viewport_size(NARROW)

    assert view.sideways() <= 0
