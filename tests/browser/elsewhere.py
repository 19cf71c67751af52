"""Another web site, whose pages a browser opens beside the studio."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tools.emulated_cloud.http_front import Answer, HTTPFront

PAGE = b"<!doctype html><title>Elsewhere</title><p>Win a prize!</p>"


@contextmanager
def site(page: bytes = PAGE, *, policy: str | None = None) -> Iterator[int]:
    """Serve the same page at every path of a port, for every host name."""
    headers = {"content-type": "text/html"}
    if policy:
        headers["content-security-policy"] = policy
    with HTTPFront(lambda _: Answer(headers=headers, body=page)) as front:
        yield front.port


@contextmanager
def visited(browser: Browser, url: str) -> Iterator[Page]:
    """A profile of its own, with the page at `url`."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        yield page
