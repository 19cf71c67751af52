"""Access control: the Host, the web page that sends a request (CSRF, CORS), and API keys.

A browser sends requests for every page it shows, also to localhost. A page of another site must
not spend or delete, and one whose DNS name was rebound to this machine must not even read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.errors import CrossSiteRequestError, HostNotAllowedError, InvalidApiKeyError

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from shared.http.calls import Call
    from shared.http.endpoint import Endpoint

SESSION_COOKIE = "showreel_session"

_CORS_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
_REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-None-Match, If-Range, Range"
_EXPOSED_HEADERS = (
    "Accept-Ranges, Content-Length, Content-Range, ETag, Idempotency-Replayed, Location, "
    "openai-poll-after-ms, Retry-After, WWW-Authenticate, X-Request-Id, X-Should-Retry"
)
_PREFLIGHT_SECONDS = 600

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_OWN_SITE = ("same-origin", "none")
# Only Google's front end can answer for these names.
_PLATFORM_DOMAINS = (".run.app", ".cloudfunctions.net")


def require_allowed_host(call: Call) -> None:
    """Raise HostNotAllowedError unless the Host is one of this service, or missing.

    Browsers always send the host of the URL, so only other programs leave it out.
    """
    host = call.request.environ.get("HTTP_HOST")
    if host is None or _is_allowed_host(call, host):
        return
    raise HostNotAllowedError(
        "The Host of this request is not allowed. Set ALLOWED_HOSTS to that host, without a port, "
        "or PUBLIC_URL to the URL that callers use."
    )


def require_own_page(call: Call, endpoint: Endpoint) -> None:
    """Raise CrossSiteRequestError if a page of another site requests a change.

    ALLOWED_ORIGINS are exempt, and so is what is for any page. Programs other than browsers send
    neither header.
    """
    request = call.request
    if request.method in _SAFE_METHODS or endpoint.for_any_page:
        return
    site = request.environ.get("HTTP_SEC_FETCH_SITE")
    origin = request.environ.get("HTTP_ORIGIN")
    if origin is not None and origin in listed(call.ports.policy.allowed_origins):
        return
    if site not in (None, *_OWN_SITE) or not (
        origin is None or _is_own_origin(call, origin, site=site)
    ):
        raise CrossSiteRequestError(
            "A page of another web site sent this request. To allow it, add its origin to "
            "ALLOWED_ORIGINS."
        )


def is_preflight(call: Call) -> bool:
    """Whether this is a CORS preflight request for a page of an allowed origin."""
    request = call.request
    return (
        request.method == "OPTIONS"
        and "Access-Control-Request-Method" in request.headers
        and request.headers.get("Origin") in listed(call.ports.policy.allowed_origins)
    )


def require_key(call: Call, endpoint: Endpoint) -> str | None:
    """Return the name of the request's API key, or None where the endpoint needs none.

    Raise InvalidApiKeyError.
    """
    if not call.ports.policy.api_keys or endpoint.is_open:
        return None
    from shared.domain.api_keys import api_keys

    keys = api_keys(call.ports.policy.api_keys)
    scheme, _, key = call.request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and (holder := keys.holder_of(key.strip())):
        return holder
    session = call.request.cookies.get(SESSION_COOKIE)
    if session and (holder := keys.holder_of_session(session)):
        return holder
    raise InvalidApiKeyError(
        "This service needs an API key. Send one of its keys as Authorization: Bearer …."
    )


def session_for(call: Call, key: str) -> str:
    """Return the session that a browser keeps instead of the key. Raise InvalidApiKeyError."""
    from shared.domain.api_keys import api_keys, session_of

    if api_keys(call.ports.policy.api_keys).holder_of(key) is None:
        raise InvalidApiKeyError("This is not an API key of this service.")
    return session_of(key)


def let_any_page_read(response: Response) -> None:
    """Let pages of every origin read the response (CORS). No browser sends a session with it."""
    response.headers["Access-Control-Allow-Origin"] = "*"


def add_cors_headers(call: Call, response: Response) -> None:
    """Let pages of an allowed origin read the response, problems included (CORS).

    Credentials are never allowed: such a page sends its API key in a header.
    """
    response.vary.add("Origin")
    headers = call.request.headers
    origin = headers.get("Origin")
    if origin is None or origin not in listed(call.ports.policy.allowed_origins):
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    if not is_preflight(call):
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED_HEADERS
        return
    response.headers["Access-Control-Allow-Methods"] = _CORS_METHODS
    # OpenAI's clients, among others, add headers of their own.
    response.headers["Access-Control-Allow-Headers"] = headers.get(
        "Access-Control-Request-Headers", _REQUEST_HEADERS
    )
    response.headers["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)


def listed(text: str) -> list[str]:
    """Return the entries of a comma-separated setting."""
    return [each.strip() for each in text.split(",")] if text else []


def _is_allowed_host(call: Call, host: str) -> bool:
    policy = call.ports.policy
    name = _name_of(host)
    if _is_loopback(name) or (name and name in listed(policy.allowed_hosts.lower())):
        return True
    if policy.public_url and name == _name_of(_authority_of(policy.public_url)):
        return True
    # Cloud Run's front end routes by host, so any host that arrives is one of this service.
    return policy.is_on_cloud_run and (not policy.public_url or name.endswith(_PLATFORM_DOMAINS))


def _is_own_origin(call: Call, origin: str, *, site: str | None) -> bool:
    public_url = call.ports.policy.public_url
    if origin == call.asked_origin:
        return True
    if public_url and origin == f"{public_url.partition('://')[0]}://{_authority_of(public_url)}":
        return True
    if site != "same-origin":
        return False
    # The browser compared page and URL. A proxy may have changed the scheme or, on the browser's
    # own machine, the host: `gcloud run services proxy` does.
    authority = _authority_of(origin)
    return authority == call.request.host or _is_loopback(_name_of(authority))


def _authority_of(url: str) -> str:
    """Return `host:port` in lower case, without the scheme's default port."""
    scheme, _, rest = url.lower().partition("://")
    authority = rest.partition("/")[0]
    return authority.removesuffix({"http": ":80", "https": ":443"}.get(scheme, ":"))


def _name_of(authority: str) -> str:
    """Return the host without its port, in lower case; empty if it is malformed."""
    bracket = authority.rfind("]") + 1
    colon = authority.find(":", bracket)
    name, port = (authority, "") if colon < 0 else (authority[:colon], authority[colon + 1 :])
    return name.lower() if not port or port.isdecimal() else ""


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    if name.startswith("127."):
        # Browsers take a name that ends in a number for an IPv4 address.
        return name.replace(".", "").isdecimal()
    if not name.startswith("["):
        return False
    from ipaddress import ip_address

    try:
        address = ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
