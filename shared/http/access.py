"""Which requests are refused before anything reads them: by their host, and by their web page.

A browser sends requests for every page it shows, also to localhost. A page of another site must
not spend or delete, and one whose name was rebound to this machine must not even read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.errors import CrossSiteRequestError, HostNotAllowedError

if TYPE_CHECKING:
    from shared.http.calls import Call

OPEN_ENDPOINTS = frozenset(
    {
        "content.of_signed_path",
        "service.health",
        "studio_pages.file",
        "studio_pages.icon",
        "studio_pages.page",
        "studio_pages.start_session",
    }
)
"""Those that need no API key. The signature of a signed URL stands for one."""

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_OWN_SITE = ("same-origin", "none")
# Google's front end answers these names; no other machine can.
_PLATFORM_DOMAINS = (".run.app", ".cloudfunctions.net")


def require_allowed_host(call: Call) -> None:
    """Raise HostNotAllowedError unless the Host is one of this service, or there is none.

    Every browser sends one, and cannot be made to send another than that of the URL.
    """
    host = call.request.environ.get("HTTP_HOST")
    if host is None or _is_allowed_host(call, host):
        return
    raise HostNotAllowedError(
        "This service does not answer under the host that the request names. Set ALLOWED_HOSTS to "
        "that host, without a port, or PUBLIC_URL to the URL that callers use."
    )


def require_own_page(call: Call) -> None:
    """Raise CrossSiteRequestError if a page of another site asks for a change.

    Programs other than browsers send neither header. An origin of ALLOWED_ORIGINS may ask.
    """
    request = call.request
    if request.method in _SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if origin is not None and origin in listed(call.ports.policy.allowed_origins):
        return
    if site not in (None, *_OWN_SITE) or not (
        origin is None or _is_own_origin(call, origin, site=site)
    ):
        raise CrossSiteRequestError(
            "A page of another web site sent this request. To allow its pages, set "
            "ALLOWED_ORIGINS to their origin."
        )


def is_preflight(call: Call) -> bool:
    """Whether a browser asks what a page of an allowed origin may send."""
    request = call.request
    return (
        request.method == "OPTIONS"
        and "Access-Control-Request-Method" in request.headers
        and request.headers.get("Origin") in listed(call.ports.policy.allowed_origins)
    )


def require_key(call: Call, endpoint: str) -> str | None:
    """Return the name of the request's API key, or None where it needs none.

    Raise InvalidApiKeyError.
    """
    if not call.ports.policy.api_keys or endpoint in OPEN_ENDPOINTS:
        return None
    from shared.http.api_keys import holder_of_key

    return holder_of_key(call)


def listed(text: str) -> list[str]:
    """Return what a setting lists by commas."""
    return [each.strip() for each in text.split(",")] if text else []


def _is_allowed_host(call: Call, host: str) -> bool:
    policy = call.ports.policy
    name = _name_of(host)
    if _is_loopback(name) or (name and name in listed(policy.allowed_hosts.lower())):
        return True
    if policy.public_url and name == _name_of(_authority_of(policy.public_url)):
        return True
    # Cloud Run's front end chooses the service by the host, so it is a host of this one.
    return policy.is_on_cloud_run and (not policy.public_url or name.endswith(_PLATFORM_DOMAINS))


def _is_own_origin(call: Call, origin: str, *, site: str | None) -> bool:
    public_url = call.ports.policy.public_url
    if origin == call.asked_origin:
        return True
    if public_url and origin == f"{public_url.partition('://')[0]}://{_authority_of(public_url)}":
        return True
    if site != "same-origin":
        return False
    # The browser compared page and URL. A proxy between may have changed the scheme, or, on the
    # browser's own machine, the host: `gcloud run services proxy` does.
    authority = _authority_of(origin)
    return authority == call.request.host or _is_loopback(_name_of(authority))


def _authority_of(url: str) -> str:
    """Return `host:port` in lower case, without a port that is the scheme's own."""
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
        # A name that ends in a number is an IPv4 address to every browser.
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
