"""The handler of /embed.js: the player for pages of any site."""

import re
from functools import cache
from pathlib import Path

from werkzeug.wrappers import Response

from shared.http.calls import Call
from shared.http.static_files import JAVASCRIPT, StaticFile, send_file, without_documentation

_FOLDER = Path(__file__).parent / "embed"
# Each after those that it imports.
_MODULES = ("tally.js", "view.js", "embed.js")
_MODULE_SYNTAX = re.compile(r"^import .*\n|^export ", re.MULTILINE)


def script(call: Call) -> Response:
    """Caches may keep it for an hour, and must then revalidate it."""
    response = send_file(call.request, _script(), cache_control="public, max-age=3600")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@cache
def _script() -> StaticFile:
    """Return the modules as one script that shares no name with the page's own scripts."""
    modules = [(_FOLDER / name).read_text(encoding="utf-8") for name in _MODULES]
    body = _MODULE_SYNTAX.sub("", without_documentation("".join(modules)))
    return StaticFile.of(f"(() => {{\n{body}}})();\n", JAVASCRIPT)
