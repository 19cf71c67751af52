"""Handlers of the studio: its pages, scripts, style sheet and icons, and its sessions."""

from http import HTTPStatus

from werkzeug.wrappers import Request, Response

from shared.domain.errors import NotFoundError
from shared.http.access import SESSION_COOKIE, session_for
from shared.http.calls import Call
from shared.http.request_bodies import SessionBody, read_body
from shared.http.static_files import send_file
from shared.http.studio_files import LANGUAGES, PAGE, REVIEW_PAGE, localized, studio_file

_LANGUAGE_COOKIE = "language"
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
    response = _page(call, PAGE)
    if "campaign" in call.request.args:
        # The browser asks for it beside the first script, which would ask for it later.
        later = localized("campaign_view.js", _language_of(call.request))
        response.headers["Link"] = f"</studio/{later}>; rel=modulepreload"
    return response


def review_page(call: Call) -> Response:
    """Answer with the same page for every review: its address has the token in the fragment."""
    response = _page(call, REVIEW_PAGE)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(call: Call, name: str) -> Response:
    response = file(call, localized(name, _language_of(call.request)))
    response.headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
    return guarded(response, bucket_url=call.ports.policy.bucket_url)


def file(call: Call, filename: str) -> Response:
    """Answer with a file that caches may keep, and must revalidate each time."""
    return send_file(call.request, studio_file(filename), cache_control="no-cache")


def _language_of(request: Request) -> str:
    """Return the language that the URL names, the browser keeps as a choice, or prefers."""
    chosen = request.args.get("lang", request.cookies.get(_LANGUAGE_COOKIE))
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


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


def guarded(response: Response, *, bucket_url: str) -> Response:
    """Return the headers that isolate a page from other sites."""
    response.headers["Content-Security-Policy"] = content_security_policy(bucket_url=bucket_url)
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def content_security_policy(*, bucket_url: str) -> str:
    """Allow this origin only, media of the bucket as well, and no HTML from strings."""
    media = f"'self' {bucket_url}" if bucket_url else "'self'"
    directives = _POLICY | {"img-src": media, "media-src": media}
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())
