"""The handler of /embed.js: the player for pages of any site."""

from functools import cache
from pathlib import Path

from werkzeug.wrappers import Response

from shared.http.calls import Call
from shared.http.static_files import StaticFile, joined_script, send_file

_FOLDER = Path(__file__).parent / "embed"
# Each after those that it imports.
_MODULES = ("tally.js", "view.js", "embed.js")


def script(call: Call) -> Response:
    """Caches may keep it for an hour, and must then revalidate it."""
    response = send_file(call.request, _script(), cache_control="public, max-age=3600")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@cache
def _script() -> StaticFile:
    return joined_script(_FOLDER / name for name in _MODULES)
