"""A page of another site with players, under the policy of the guide to them."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.elsewhere import site
from tests.browser.server import Server
from tests.browser.wire import Wire

IS_LOADED = "document.querySelector('showreel-video')?.video?.src"

GUIDE = Path(__file__).parents[2] / "docs/embed.md"
SERVICE = "https://showreel.example.com"
TRUSTED_TYPES = "default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"


def told(fence: str, server: Server) -> str:
    """A block of the guide, with this service."""
    blocks = re.findall(rf"```{fence}\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    return str(blocks[-1]).replace(SERVICE, server.origin)


@contextmanager
def shop(
    browser: Browser, server: Server, body: str, *, script: str = "", others: Sequence[str] = ()
) -> Iterator[tuple[Page, Wire]]:
    """A page of another site, which allows what the guide lists, and `others` like the service.

    It is still to be opened.
    """
    page_body = f"<!doctype html><title>Shop</title>{body}".encode()
    allowed = " ".join(told("text", server).split())
    allowed = allowed.replace(server.origin, " ".join([server.origin, *others]))
    policy = f"{TRUSTED_TYPES}; {allowed}"
    forward = f"window.dataLayer = [];{told('js', server)}"
    with (
        site(page_body, policy=policy) as port,
        # High enough for all players to be seen.
        browser.new_context(
            base_url=f"http://shop.test:{port}", viewport={"width": 300, "height": 1000}
        ) as context,
    ):
        wire = Wire(context)
        page = context.new_page()
        page.add_init_script(f"{forward}{script}")
        yield page, wire
        assert (wire.errors, wire.violations) == ([], [])


def script_of(server: Server) -> str:
    return f"<script src='{server.origin}/embed.js' async></script>"


def player_tag(label: str, **attributes: str) -> str:
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f'<showreel-video id="{label}" label="{label}" muted {written}>Sold out</showreel-video>'
