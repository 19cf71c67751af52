"""Files of the service that browsers load: compressed once, and checked by their digest."""

import gzip
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Self

from msgspec import Struct
from werkzeug.wrappers import Request, Response

JAVASCRIPT = "text/javascript; charset=utf-8"

_DOCUMENTATION = re.compile(r"^ *(?:/\*\*(?s:.*?)\*/|//[^\n]*)\n", re.MULTILINE)
# No text of a module has more than one line.
_INDENTATION = re.compile(r"^ +", re.MULTILINE)
_MODULE_SYNTAX = re.compile(r"^import .*\n|^export ", re.MULTILINE)


class StaticFile(Struct, frozen=True, kw_only=True):
    """`compressed` is `content` in gzip."""

    content_type: str
    content: bytes
    compressed: bytes
    digest: str

    @classmethod
    def of(cls, text: str, content_type: str) -> Self:
        content = text.encode()
        return cls(
            content_type=content_type,
            content=content,
            compressed=gzip.compress(content, mtime=0),
            digest=sha256(content).hexdigest()[:32],
        )


def send_file(request: Request, file: StaticFile, *, cache_control: str) -> Response:
    is_compressed = request.accept_encodings["gzip"] > 0
    response = Response(
        file.compressed if is_compressed else file.content, content_type=file.content_type
    )
    response.headers["Cache-Control"] = cache_control
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if is_compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{file.digest}-gzip" if is_compressed else file.digest)
    return response.make_conditional(request)


def joined_script(modules: Iterable[Path]) -> StaticFile:
    """Return the modules, each after those that it imports, as one script.

    It shares no name with the page's own scripts. No two modules declare the same name.
    """
    sources = [module.read_text(encoding="utf-8") for module in modules]
    body = _MODULE_SYNTAX.sub("", without_documentation("".join(sources)))
    return StaticFile.of(f"(() => {{\n{body}}})();\n", JAVASCRIPT)


def without_documentation(script: str) -> str:
    """Return a script without its comments and indentation."""
    return _INDENTATION.sub("", _DOCUMENTATION.sub("", script))
