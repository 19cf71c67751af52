"""The studio as it is served: small, checked on each load, and shut to the rest of the web."""

import gzip
import re
from http import HTTPStatus

import pytest

from tests.functional.refusals import assert_refused
from tests.functional.showreel import Answer, Showreel

GZIP = {"Accept-Encoding": "gzip, br"}
LATER = (
    "/studio/batches_view.js",
    "/studio/campaign_dialog.js",
    "/studio/campaign_view.js",
    "/studio/reel.js",
    "/studio/review_links.js",
    "/studio/share_dialog.js",
    "/studio/watched_pages.js",
    "/studio/webhooks_view.js",
)
FILES = {
    "/": "text/html; charset=utf-8",
    "/?lang=de": "text/html; charset=utf-8",
    "/review": "text/html; charset=utf-8",
    "/studio/review.js": "text/javascript; charset=utf-8",
    "/studio/studio.css": "text/css; charset=utf-8",
    "/studio/studio.js": "text/javascript; charset=utf-8",
    "/studio/studio.de.js": "text/javascript; charset=utf-8",
    **dict.fromkeys(LATER, "text/javascript; charset=utf-8"),
    **dict.fromkeys(
        ("/studio/icon.svg", "/studio/icon_busy.svg", "/studio/icon_news.svg"), "image/svg+xml"
    ),
}
MOST_BYTES = 60_000
MOST_REQUESTS = 3

_IMPORT = re.compile(r'^import \{ (.*) \} from "\./([\w.]+)";$', re.MULTILINE)
_NEEDED = re.compile(r'<(?:script[^>]* src|link rel="stylesheet" href)="([^"]+)"')


def policy(answer: Answer) -> dict[str, str]:
    """Return the sources of each directive."""
    directives = answer.headers["Content-Security-Policy"].split("; ")
    return dict(each.split(" ", 1) for each in directives)


@pytest.fixture
def studio(refusing: Showreel) -> Showreel:
    """Nothing of it needs a campaign."""
    return refusing


@pytest.mark.parametrize(("path", "content_type"), FILES.items())
def test_each_file_has_its_content_type_and_nosniff(
    studio: Showreel, path: str, content_type: str
) -> None:
    answer = studio.get(path)

    assert (answer.status_code, answer.content_type) == (200, content_type)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_campaign_in_the_url_gets_the_same_page(studio: Showreel) -> None:
    assert studio.get("/?campaign=spring").data == studio.get("/").data


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("headers", [{}, GZIP], ids=["plain", "compressed"])
def test_an_unchanged_file_is_answered_304(
    studio: Showreel, path: str, headers: dict[str, str]
) -> None:
    first = studio.get(path, headers)
    again = studio.get(path, {**headers, "If-None-Match": first.headers["ETag"]})
    changed = studio.get(path, {**headers, "If-None-Match": '"another"'})

    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data) == (304, b"")
    assert (changed.status_code, changed.data) == (200, first.data)


@pytest.mark.parametrize("path", FILES)
def test_files_are_compressed_for_clients_that_accept_gzip(studio: Showreel, path: str) -> None:
    plain, compressed = studio.get(path), studio.get(path, GZIP)
    refused = studio.get(path, {"Accept-Encoding": "gzip;q=0"})

    assert "Content-Encoding" not in plain.headers
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.data) == plain.data == refused.data
    assert compressed.headers["ETag"] != plain.headers["ETag"]
    for answer in (plain, compressed):
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_head_answers_the_same_without_the_bytes(studio: Showreel) -> None:
    head, whole = studio.head("/"), studio.get("/")

    assert head.data == b""
    for name in ("Content-Length", "Content-Security-Policy", "ETag"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/", {}, "en"),
        ("/", {"Accept-Language": "de-AT,de;q=0.9,en;q=0.8"}, "de"),
        ("/", {"Accept-Language": "en-GB,en;q=0.9,de;q=0.8"}, "en"),
        ("/", {"Accept-Language": "fr,de;q=0.8"}, "de"),
        ("/", {"Accept-Language": "fr"}, "en"),
        ("/", {"Accept-Language": "de", "Cookie": "language=en"}, "en"),
        ("/", {"Cookie": "language=../de"}, "en"),
        ("/?lang=de&campaign=spring", {"Cookie": "language=en"}, "de"),
        ("/?lang=xx", {"Accept-Language": "de"}, "de"),
    ],
)
def test_the_page_has_the_language_that_was_chosen_or_is_preferred(
    studio: Showreel, path: str, headers: dict[str, str], language: str
) -> None:
    answer = studio.get(path, headers)

    assert f'<html lang="{language}">' in answer.text
    script = {"en": "studio.js", "de": "studio.de.js"}[language]
    assert f"/studio/{script}" in _NEEDED.findall(answer.text)
    assert answer.headers["Vary"] == "Accept-Encoding, Accept-Language, Cookie"


@pytest.mark.parametrize("page", ["/", "/?lang=de", "/review", "/review?lang=de"])
def test_a_first_load_is_small_and_takes_few_requests(studio: Showreel, page: str) -> None:
    needed = [page, *_NEEDED.findall(studio.get(page).text)]

    assert len(needed) == MOST_REQUESTS
    assert sum(len(studio.get(path, GZIP).data) for path in needed) < MOST_BYTES
    loaded = "\n".join(studio.get(path).text for path in needed)
    assert not re.search(r"\bimport\b.*\bfrom\b|@import|url\(", loaded)


def test_what_is_loaded_later_imports_from_what_is_there_and_repeats_none_of_it(
    studio: Showreel,
) -> None:
    scripts = {path: studio.get(path).text for path in ("/studio/studio.js", *LATER)}
    declared = re.compile(r"^(?:export )?(?:class|(?:async )?function) (\w+)", re.MULTILINE)
    own = {path: set(declared.findall(script)) for path, script in scripts.items()}

    for path in LATER:
        imports = _IMPORT.findall(scripts[path])
        assert imports
        for names, base in imports:
            assert set(names.split(", ")) <= exported(scripts[f"/studio/{base}"])
            assert not own[f"/studio/{base}"] & own[path]
    bases = [base for _, base in _IMPORT.findall(scripts["/studio/share_dialog.js"])]
    assert bases == ["studio.js", "campaign_view.js"]


def test_the_code_of_a_campaigns_page_is_asked_for_beside_the_first_script(
    studio: Showreel,
) -> None:
    for page, code in (("/", "campaign_view.js"), ("/?lang=de", "campaign_view.de.js")):
        query = "&" if "?" in page else "?"
        answer = studio.get(f"{page}{query}campaign=spring")

        assert answer.headers["Link"] == f"</studio/{code}>; rel=modulepreload"
        assert studio.get(f"/studio/{code}").status_code == HTTPStatus.OK
        assert "Link" not in studio.get(page).headers


def exported(script: str) -> set[str]:
    together = re.findall(r"^export \{ (.*) \};$", script, re.MULTILINE)
    alone = re.findall(r"^export (?:class|(?:async )?function) (\w+)", script, re.MULTILINE)
    return {*alone, *", ".join(together).split(", ")}


def test_no_file_refers_to_another_site(studio: Showreel) -> None:
    references = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"']*", everything(studio))

    assert set(references) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("path", ["/", "/review"])
def test_the_page_has_no_inline_script_or_style(studio: Showreel, path: str) -> None:
    page = studio.get(path).text

    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL) == [""]


@pytest.mark.parametrize("path", ["/", "/review"])
def test_the_content_security_policy_allows_only_the_studios_files(
    studio: Showreel, path: str
) -> None:
    answer = studio.get(path)

    assert policy(answer) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self'",
        "media-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    # The address of a review is a secret.
    assert ("X-Robots-Tag" in answer.headers) == (path == "/review")


@pytest.mark.parametrize(
    "name", ["", "..%2fcalls.py", "texts.js", "texts.de.js", "studio.html.bak", ".", "%00"]
)
def test_no_other_file_is_served(studio: Showreel, name: str) -> None:
    assert_refused(studio.get(f"/studio/{name}"), 404, "not_found")


def test_a_failure_points_to_the_description(studio: Showreel) -> None:
    assert "/v1/openapi.json" in studio.get("/nowhere").json["detail"]


def everything(studio: Showreel) -> str:
    return "\n".join(studio.get(path).text for path in FILES)
