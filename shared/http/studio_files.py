"""The studio's files, read once and in the form in which they are sent."""

import gzip
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from shared.domain.errors import NotFoundError

FOLDER = Path(__file__).parent / "studio"

_CONTENT_TYPES = {
    "studio.html": "text/html; charset=utf-8",
    "studio.css": "text/css; charset=utf-8",
    "studio.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:class|const|function) )", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class StudioFile:
    """`compressed` is `content` in gzip."""

    content_type: str
    content: bytes
    compressed: bytes
    digest: str


@cache
def studio_file(filename: str) -> StudioFile:
    """Raise NotFoundError for what is no file of the studio."""
    content_type = _CONTENT_TYPES.get(filename)
    if content_type is None:
        raise NotFoundError("The studio has no such file.")
    text = join_modules(filename) if filename.endswith(".js") else _read(filename)
    content = text.encode()
    return StudioFile(
        content_type=content_type,
        content=content,
        compressed=gzip.compress(content, mtime=0),
        digest=sha256(content).hexdigest()[:32],
    )


def join_modules(entry: str) -> str:
    """Return a module and all that it imports as one, so that a first load is three requests.

    The modules import each other by name alone, and no two declare the same name.
    """
    joined: dict[str, str] = {}
    _join(entry, joined)
    return "\n".join(joined.values())


def _join(name: str, joined: dict[str, str]) -> None:
    """Add a module to those before it, after what it imports."""
    source = _read(name)
    for imported in _IMPORT.findall(source):
        if imported not in joined:
            _join(imported, joined)
    joined[name] = _EXPORT.sub("", _IMPORT.sub("", source))


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
