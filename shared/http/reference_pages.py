"""Handlers of the API reference: its page, script and style sheet."""

from functools import cache
from pathlib import Path

from werkzeug.wrappers import Response

from shared.domain.errors import NotFoundError
from shared.http.calls import Call
from shared.http.static_files import StaticFile, joined_script, send_file
from shared.http.studio_pages import guarded

_FOLDER = Path(__file__).parent / "reference"
# Each after those that it imports.
_MODULES = ("../studio/dom.js", "reference_texts.js", "schemas.js", "trying.js", "reference.js")


def page(call: Call) -> Response:
    """It has no data: its script reads the description, which may need an API key."""
    return guarded(file(call, "reference.html"), bucket_url="")


def file(call: Call, filename: str) -> Response:
    return send_file(call.request, _file(filename), cache_control="no-cache")


@cache
def _file(filename: str) -> StaticFile:
    """Raise NotFoundError unless the reference has this file."""
    match filename:
        case "reference.html":
            return StaticFile.of(_read(filename), "text/html; charset=utf-8")
        case "reference.css":
            return StaticFile.of(_read(filename), "text/css; charset=utf-8")
        case "reference.js":
            return joined_script(_FOLDER / name for name in _MODULES)
        case _:
            raise NotFoundError("The reference has no such file.")


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
