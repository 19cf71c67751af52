"""Another web site, whose pages a browser opens beside the studio."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Browser, Page

from tests.receiver import listening

PAGE = b"<!doctype html><title>Elsewhere</title><p>Win a prize!</p>"


class _Pages(BaseHTTPRequestHandler):
    page = PAGE
    policy: str | None = None

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def site(page: bytes = PAGE, *, policy: str | None = None) -> Iterator[int]:
    """Serve the same page at every path of a port, for every host name."""
    pages = type("Pages", (_Pages,), {"page": page, "policy": policy})
    server = ThreadingHTTPServer(("127.0.0.1", 0), pages)
    with listening(server):
        yield server.server_port


@contextmanager
def visited(browser: Browser, url: str) -> Iterator[Page]:
    """A profile of its own, with the page at `url`."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        yield page
