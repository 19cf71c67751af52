"""User text is shown as text, never as markup."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.server import Server
from tests.browser.studio import Studio, opened

TAKE_OVER = "document.title = 'taken over'"
SCRIPT = f'<script>{TAKE_OVER}</script><img src=x onerror="{TAKE_OVER}">'
RIGHT_TO_LEFT = "כוס קפה מהביל על אדן החלון, בוקר חורפי. \u202etxet desrever"
LONG = ("A river of lanterns. " * 239)[:5000]
EMOJI = "A 🦊 and a 👩‍👩‍👧‍👦 wave 🇯🇵 👋🏽 under ✨"
HOSTILE = {"script": SCRIPT, "right-to-left": RIGHT_TO_LEFT, "long": LONG, "emoji": EMOJI}
PLANTED = "img[src='x'], script:not([src])"


@pytest.fixture(scope="module")
def hostile(browser: Browser, server: Server) -> Iterator[Studio]:
    """The page of a campaign with a video for each prompt."""
    context = {"brand": "<b onclick=alert(1)>Brand</b>", "tone": RIGHT_TO_LEFT, "style": SCRIPT}
    server.make("hostile", *HOSTILE.values(), business_context=context)
    with opened(browser, server) as studio:
        studio.open("hostile")
        yield studio


@pytest.mark.parametrize("index", range(4), ids=HOSTILE)
def test_a_prompt_is_shown_as_text(hostile: Studio, index: int) -> None:
    prompt = list(HOSTILE.values())[index]

    expect(hostile.card(index)).to_contain_text(prompt)

    assert hostile.page.title() != "taken over"
    assert hostile.page.locator(PLANTED).count() == 0
    assert hostile.sideways() <= 0


def test_a_prompt_of_5000_characters_leaves_room_for_the_others(hostile: Studio) -> None:
    hostile.card(2).locator("video").wait_for()

    box = hostile.card(2).bounding_box()

    assert box
    assert box["height"] < 1000


def test_right_to_left_text_runs_from_right_to_left(hostile: Studio) -> None:
    text = hostile.card(1).get_by_text(RIGHT_TO_LEFT, exact=True)

    assert text.evaluate("element => getComputedStyle(element).direction") == "rtl"


def test_the_policy_allows_nothing_but_the_pages_own_files(studio: Studio) -> None:
    answer = studio.page.goto(studio.server.origin)

    assert answer
    directives = answer.headers["content-security-policy"].split("; ")
    policy = dict(directive.split(" ", 1) for directive in directives)
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
