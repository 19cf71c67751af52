"""The studio, with its parts found by their accessible names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    FilePayload,
    Locator,
    Page,
    Response,
    expect,
)

from tests.browser.player import Player
from tests.browser.server import PATIENCE_SECONDS, Server
from tests.browser.wire import Wire

PATIENCE_MS = 1000 * PATIENCE_SECONDS
expect.set_options(timeout=PATIENCE_MS)

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SET_VISIBILITY = """state => {
  Object.defineProperty(document, "hidden", {configurable: true, get: () => state === "hidden"});
  Object.defineProperty(document, "visibilityState", {configurable: true, get: () => state});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@dataclass(frozen=True, kw_only=True)
class Studio:
    server: Server
    context: BrowserContext
    page: Page
    wire: Wire

    def open(self, campaign_id: str = "") -> None:
        path = f"/?campaign={campaign_id}" if campaign_id else "/"
        self.page.goto(f"{self.server.origin}{path}")

    def open_batches(self) -> None:
        self.page.goto(f"{self.server.origin}/?batches")

    def open_watched(self, campaign_id: str) -> None:
        """The page of a campaign's plays."""
        self.page.goto(f"{self.server.origin}/?watched={campaign_id}")

    def open_webhooks(self) -> None:
        self.page.goto(f"{self.server.origin}/?webhooks")

    def choose_file(self, content: bytes, name: str = "prompts.csv") -> None:
        """Choose it as the file of a batch."""
        file = FilePayload(name=name, mimeType="", buffer=content)
        self.page.get_by_label("CSV or JSON lines").set_input_files(file)

    def start_from(self, pictures: str) -> None:
        choice = self.form.get_by_role("group", name="Start from")
        choice.get_by_text(pictures, exact=True).click()

    def choose_pictures(self, field: str, *contents: bytes, name: str = "cup.png") -> None:
        """Choose them in a field of the form, which then uploads them."""
        files = [FilePayload(name=name, mimeType="", buffer=each) for each in contents]
        with self.page.expect_file_chooser() as chooser:
            self.button(f"(Choose|Replace).* as {field.lower()}").click()
        chooser.value.set_files(files)

    def another_tab(self) -> "Studio":
        return replace(self, page=self.context.new_page())

    def start_campaign(self, title: str) -> None:
        self.page.get_by_label("Campaign name").fill(title)
        self.button("Start").click()

    def fill_brief(self, brief: Mapping[str, str]) -> None:
        self.form.get_by_text("Brief", exact=True).click()
        for label, text in brief.items():
            self.page.get_by_label(label, exact=True).fill(text)

    def fill_prompts(self, prompts: Sequence[str]) -> None:
        self.form.wait_for()
        for index, prompt in enumerate(prompts):
            if not self.prompt(index).is_visible():
                self.button("Add a prompt").click()
            self.prompt(index).fill(prompt)

    def choose_length(self, seconds: int) -> None:
        self.form.get_by_text(f"{seconds} s", exact=True).click()

    def prompt(self, index: int) -> Locator:
        return self.page.get_by_role("textbox", name=f"Prompt {index + 1}", exact=True)

    @property
    def form(self) -> Locator:
        return self.page.get_by_role("form", name="Brief and prompts")

    def make(self) -> None:
        self.button(r"^Make \d").click()

    def card(self, index: int) -> Locator:
        return self.page.get_by_role("article", name=f"Video {index + 1}")

    def player(self, index: int) -> Player:
        return Player(self.card(index).locator("video").first)

    def progress(self, index: int) -> Locator:
        return self.page.get_by_role("progressbar", name=f"Progress of video {index + 1}")

    def figure(self, name: str) -> Locator:
        """An amount of money, with its name and its note."""
        return self.page.locator("dl > div").filter(has=self.page.get_by_text(name, exact=True))

    def regenerate(self, index: int) -> None:
        self.card(index).get_by_role("button", name="Regenerate").click()

    def wait_for_comparison(self, index: int) -> tuple[Player, Player]:
        """Return the old one and the new one, once both are shown."""
        self.card(index).get_by_role("button", name="Make the old live").wait_for()
        videos = self.card(index).locator("video")
        return Player(videos.nth(0)), Player(videos.nth(1))

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=re.compile(name))

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def polls(self, campaign_id: str) -> list[Response]:
        """Return the responses to polls of the campaign, the oldest first."""
        self.finish_requests()
        url = f"{self.server.origin}/v1/campaigns/{campaign_id}"
        return [each for each in self.wire.responses if each.url == url]

    def finish_requests(self) -> None:
        """Return once the page has sent the requests that it has begun."""
        self.page.evaluate("() => fetch('/health')")

    def hide(self) -> None:
        """Put the tab into the background."""
        self.page.evaluate(SET_VISIBILITY, "hidden")

    def show(self) -> None:
        self.page.evaluate(SET_VISIBILITY, "visible")

    def sideways(self) -> int:
        """Return by how many pixels the page is wider than its viewport."""
        return int(self.page.evaluate(SIDEWAYS))


@contextmanager
def opened(
    browser: Browser,
    server: Server,
    *,
    elsewhere: Sequence[str] = (),
    **options: Any,  # noqa: ANN401  # Playwright's own.
) -> Iterator[Studio]:
    """A profile of its own, in which no page may fail, or do what its policy forbids.

    It asks for reduced motion: a processor draws each picture of an animation.
    Beside the server only the origins `elsewhere` may be asked.
    """
    with browser.new_context(reduced_motion="reduce", **options) as context:
        context.set_default_timeout(PATIENCE_MS)
        wire = Wire(context)
        yield Studio(server=server, context=context, page=context.new_page(), wire=wire)
        # A handler that still runs when the page closes would fail the tests that follow.
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")
        context.unroute_all(behavior="ignoreErrors")
        assert wire.violations == [], wire.violations
        assert wire.errors == [], wire.errors
        assert wire.origins() <= {server.origin, *elsewhere}
