"""The studio by keyboard alone."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.briefs import PROMPTS
from tests.browser.studio import Studio
from tests.eventually import eventually

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
    expect(page.get_by_label("Campaign name")).to_be_focused()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(studio.dialog).to_contain_text("Ctrl Enter")
    page.keyboard.press("Escape")
    # Until the closed dialog is removed, the switch in it has the focus, and takes the key.
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("n")
    expect(page.get_by_label("Campaign name")).to_be_focused()
    page.keyboard.type("by keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="by keyboard")).to_be_visible()

    # It is sent before its price is known.
    expect(studio.prompt(0)).to_be_focused()
    page.keyboard.type(PROMPTS[0])
    page.keyboard.press("Control+Enter")
    studio.progress(0).wait_for()
    studio.player(0).wait_until_ready()

    tab_to(page, studio.player(0).element)
    page.keyboard.press("Space")
    studio.player(0).plays_beyond(0.2)
    page.keyboard.press("Space")

    tab_to(page, studio.button("Regenerate video 1"))
    page.keyboard.press("Enter")
    studio.wait_for_comparison(0)
    tab_to(page, studio.button("Make the old live"))
    page.keyboard.press("Enter")
    expect(studio.button("Make the old live")).to_have_count(0)
    eventually(lambda: studio.card(0).evaluate("card => card.contains(document.activeElement)"))

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
