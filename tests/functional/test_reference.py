"""The API reference as it is served: small, checked on each load, and shut to other sites."""

import re

import pytest

from tests.functional.refusals import assert_refused
from tests.functional.showreel import Showreel

FILES = {
    "/docs": "text/html; charset=utf-8",
    "/docs/reference.css": "text/css; charset=utf-8",
    "/docs/reference.js": "text/javascript; charset=utf-8",
}
MOST_BYTES = 12_000
NEEDED = re.compile(r'<(?:script[^>]* src|link[^>]* href)="([^"]+)"')


@pytest.fixture
def reference(refusing: Showreel) -> Showreel:
    """Nothing of it needs a campaign."""
    return refusing


@pytest.mark.parametrize(("path", "content_type"), FILES.items())
def test_each_file_is_served_with_its_type_and_checked_on_each_load(
    reference: Showreel, path: str, content_type: str
) -> None:
    answer = reference.get(path)
    again = reference.get(path, {"If-None-Match": answer.headers["ETag"]})

    assert (answer.status_code, answer.content_type) == (200, content_type)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert again.status_code == 304


def test_the_page_is_as_guarded_as_the_studio(reference: Showreel) -> None:
    page, studio = reference.get("/docs"), reference.get("/")

    assert page.headers["Content-Security-Policy"] == studio.headers["Content-Security-Policy"]
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page.text)


def test_what_it_needs_beside_the_studios_style_is_small_and_served_here(
    reference: Showreel,
) -> None:
    needed = NEEDED.findall(reference.get("/docs").text)

    assert all(path.startswith(("/docs/", "/studio/")) for path in needed)
    compressed = [reference.get(path, {"Accept-Encoding": "gzip"}) for path in FILES]
    assert sum(len(each.data) for each in compressed) < MOST_BYTES
    text = "".join(reference.get(path).text for path in FILES)
    assert set(re.findall(r"https?://[^\s\"']+", text)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("name", ["trying.js", "reference.html.bak", "..%2fcalls.py", "%00"])
def test_no_other_file_is_served(reference: Showreel, name: str) -> None:
    assert_refused(reference.get(f"/docs/{name}"), 404, "not_found")
