"""Handlers of the studio: its page, and the few files that the page consists of."""

from http import HTTPStatus

from werkzeug.wrappers import Response

from shared.domain.errors import NotFoundError
from shared.http.bodies import SessionBody
from shared.http.calls import Call
from shared.http.requests import read_body
from shared.http.studio_files import studio_file

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


def page(call: Call) -> Response:
    response = file(call, "studio.html")
    response.headers["Content-Security-Policy"] = content_security_policy(
        bucket_url=call.ports.policy.bucket_url
    )
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def file(call: Call, filename: str) -> Response:
    """Answer what may be kept, but is asked for again each time: it costs 304 and no body."""
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
    """Take an API key, and have the browser keep a session for it until the browser closes.

    The cookie is for this site's own pages alone, and no script can read it.
    """
    if not call.ports.policy.api_keys:
        raise NotFoundError("This service needs no API key.")
    from shared.http.api_keys import SESSION_COOKIE, session_for

    session = session_for(call, read_body(call.request, SessionBody).key)
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
    """Browsers ask for it where a page does not name one, as with a clip in a tab of its own."""
    return file(call, "icon.svg")


def content_security_policy(*, bucket_url: str) -> str:
    """Nothing comes from anywhere else, except media from the bucket, and all text is text."""
    media = f"'self' {bucket_url}" if bucket_url else "'self'"
    directives = _POLICY | {"img-src": media, "media-src": media}
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())
