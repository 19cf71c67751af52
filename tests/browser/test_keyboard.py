"""The studio by keyboard alone."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.briefs import PROMPTS
from tests.browser.studio import Studio

MOST_TABS = 60
IS_FOCUSED = "element => element === document.activeElement"
# A ring of one pixel would be missed. Inside a player, and past the last stop, it is the browser's.
SHOWS_FOCUS = """() => {
  const focused = document.activeElement;
  const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(focused);
  const hasRing = outlineStyle === "auto" || parseFloat(outlineWidth) >= 2;
  const isInsidePlayer = focused.localName === "video" && !focused.matches(":focus-visible");
  const isOutside = isInsidePlayer || focused === document.body;
  return isOutside || (outlineStyle !== "none" && hasRing) || boxShadow !== "none";
}"""
FOCUSED = "document.activeElement.outerHTML.slice(0, 200)"


def test_every_step_works_with_the_keyboard_alone(studio: Studio) -> None:
    page = studio.page
    studio.open()
    tab_to(page, page.get_by_label("Campaign name"))
    page.keyboard.type("by keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="by-keyboard")).to_be_focused()

    tab_to(page, studio.prompt(0))
    page.keyboard.type(PROMPTS[0])
    expect(studio.button("^Make 1")).to_be_enabled()
    tab_to(page, studio.button("^Make 1"))
    page.keyboard.press("Enter")
    studio.player(0).wait_until_ready()

    tab_to(page, studio.player(0).element)
    page.keyboard.press("Space")
    studio.player(0).plays_beyond(0.2)
    page.keyboard.press("Space")

    tab_to(page, studio.button("Regenerate video 1"))
    page.keyboard.press("Enter")
    studio.wait_for_comparison(0)
    tab_to(page, studio.button("Keep the old"))
    page.keyboard.press("Enter")
    expect(studio.button("Keep the old")).to_have_count(0)
    assert studio.card(0).evaluate("card => card.contains(document.activeElement)")

    tab_to(page, studio.button("Clean up"))
    page.keyboard.press("Enter")
    assert studio.dialog.evaluate("dialog => dialog.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(studio.dialog).to_have_count(0)
    expect(studio.button("Clean up")).to_be_focused()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus. Each stop must show its focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        assert page.evaluate(SHOWS_FOCUS), page.evaluate(FOCUSED)
        if wanted.evaluate(IS_FOCUSED):
            return
    raise AssertionError(f"{wanted} is not reached by Tab.")
