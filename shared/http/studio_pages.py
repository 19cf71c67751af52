"""Handlers of the studio: its page, script, style sheet and icon, and its sessions."""

import gzip
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from werkzeug.wrappers import Response

from shared.domain.errors import NotFoundError
from shared.http.access import SESSION_COOKIE, session_for
from shared.http.calls import Call
from shared.http.request_types import SessionBody, read_body

FOLDER = Path(__file__).parent / "studio"

_CONTENT_TYPES = {
    "studio.html": "text/html; charset=utf-8",
    "studio.css": "text/css; charset=utf-8",
    "studio.js": "text/javascript; charset=utf-8",
    "webhooks_view.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_ENTRY = "studio.js"
# Loaded when its page is opened. It imports from the script what that has already.
_LATER = "webhooks_view.js"
_IMPORT = re.compile(
    r'^(?:import \{([^}]*)\} from|@import) "\./([\w-]+\.(?:js|css))";\n', re.MULTILINE
)
_DOCUMENTATION = re.compile(r"^ *(?:/\*\*(?s:.*?)\*/|//[^\n]*)\n", re.MULTILINE)
# No text of a module has more than one line.
_INDENTATION = re.compile(r"^ +", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:class|const|function) )", re.MULTILINE)

_POLICY = {
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


@dataclass(frozen=True, kw_only=True)
class StudioFile:
    """`compressed` is `content` in gzip."""

    content_type: str
    content: bytes
    compressed: bytes
    digest: str


def page(call: Call) -> Response:
    response = file(call, "studio.html")
    response.headers["Content-Security-Policy"] = content_security_policy(
        bucket_url=call.ports.policy.bucket_url
    )
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def file(call: Call, filename: str) -> Response:
    """Answer with a file that caches may keep, and must revalidate each time."""
    found = studio_file(filename)
    is_compressed = call.request.accept_encodings["gzip"] > 0
    response = Response(
        found.compressed if is_compressed else found.content, content_type=found.content_type
    )
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if is_compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{found.digest}-gzip" if is_compressed else found.digest)
    return response.make_conditional(call.request)


def start_session(call: Call) -> Response:
    """Exchange an API key for a session cookie, which the browser keeps until it closes.

    Only pages of this site send the cookie, and no script can read it.
    """
    key = read_body(call.request, SessionBody).key
    if not call.ports.policy.api_keys:
        raise NotFoundError("This service needs no API key.")
    session = session_for(call, key)
    response = Response(status=HTTPStatus.NO_CONTENT, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        SESSION_COOKIE,
        session,
        secure=call.base_url.startswith("https://"),
        httponly=True,
        samesite="Strict",
    )
    return response


def icon(call: Call) -> Response:
    """Browsers request /favicon.ico for documents that name no icon, such as a clip in a tab."""
    return file(call, "icon.svg")


def content_security_policy(*, bucket_url: str) -> str:
    """Allow this origin only, media of the bucket as well, and no HTML from strings."""
    media = f"'self' {bucket_url}" if bucket_url else "'self'"
    directives = _POLICY | {"img-src": media, "media-src": media}
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


@cache
def studio_file(filename: str) -> StudioFile:
    """Raise NotFoundError unless the studio has this file."""
    content_type = _CONTENT_TYPES.get(filename)
    if content_type is None:
        raise NotFoundError("The studio has no such file.")
    text = join_modules(filename) if filename.endswith((".js", ".css")) else _read(filename)
    content = text.encode()
    return StudioFile(
        content_type=content_type,
        content=content,
        compressed=gzip.compress(content, mtime=0),
        digest=sha256(content).hexdigest()[:32],
    )


def join_modules(entry: str) -> str:
    """Return a script or style sheet with all its imports: a first load takes three requests.

    The later module leaves out what the first load has, and imports it from there.
    Scripts import names only, and no two of them declare the same name. Their documentation and
    indentation are left out.
    """
    joined: dict[str, str] = {}
    if entry not in (_ENTRY, _LATER):
        _join(entry, joined)
        return "\n".join(joined.values())
    _join(_ENTRY, joined)
    first = tuple(joined)
    _join(_LATER, joined)
    own = {name: text for name, text in joined.items() if name not in first}
    shared = ", ".join(sorted(_imported(own, first)))
    if entry == _LATER:
        return "\n".join([f'import {{ {shared} }} from "./{_ENTRY}";', *own.values()])
    return "\n".join([*(joined[name] for name in first), f"export {{ {shared} }};"])


def _imported(modules: Iterable[str], others: Collection[str]) -> set[str]:
    """Return the names that modules import from the others."""
    return {
        name.strip()
        for module in modules
        for names, imported in _IMPORT.findall(_read(module))
        if imported in others
        for name in names.split(",")
        if name.strip()
    }


def _join(name: str, joined: dict[str, str]) -> None:
    """Append the imports of a module, then the module."""
    source = _read(name)
    for _names, imported in _IMPORT.findall(source):
        if imported not in joined:
            _join(imported, joined)
    text = _IMPORT.sub("", source)
    if name.endswith(".js"):
        text = _INDENTATION.sub("", _DOCUMENTATION.sub("", text))
        text = text if name == _LATER else _EXPORT.sub("", text)
    joined[name] = text


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
