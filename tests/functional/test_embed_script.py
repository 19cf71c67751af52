"""The player as it is served: small, kept by caches, and for pages of every site."""

import gzip

import pytest

from tests.functional.showreel import Showreel

GZIP = {"Accept-Encoding": "gzip"}
MOST_BYTES = 6_000


@pytest.fixture
def family() -> str:
    return "local"


def test_the_player_is_small_and_kept_by_caches_of_every_site(showreel: Showreel) -> None:
    compressed, plain = showreel.get("/embed.js", GZIP), showreel.get("/embed.js")
    again = showreel.get("/embed.js", {**GZIP, "If-None-Match": compressed.headers["ETag"]})

    assert compressed.content_type == "text/javascript; charset=utf-8"
    assert len(compressed.data) <= MOST_BYTES
    assert gzip.decompress(compressed.data) == plain.data
    assert (again.status_code, again.data) == (304, b"")
    assert compressed.headers["Cache-Control"] == "public, max-age=3600"
    assert compressed.headers["Access-Control-Allow-Origin"] == "*"
    assert compressed.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_player_declares_no_name_of_its_page(showreel: Showreel) -> None:
    script = showreel.get("/embed.js").data.decode()

    assert script.startswith("(() => {")
    assert script.endswith("})();\n")
    assert "import " not in script
    assert "export " not in script
