"""URLs that callers send, and the addresses that their hosts resolve to."""

import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from ipaddress import IPv6Address, IPv6Network, ip_address
from threading import Thread

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from shared.domain.errors import InvalidUrlError
from shared.ports.web import LONGEST_URL

Resolve = Callable[[str, int], Sequence[str]]

_PORTS = {"http": 80, "https": 443}
# IPv6 addresses that IANA assigns to networks, and the two parts of them that embed IPv4 addresses.
_UNICAST = IPv6Network("2000::/3")
_EMBEDDING = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))


def is_public(address: str) -> bool:
    """Whether the address belongs to a host of the Internet, and reaches no other one."""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and not _is_unicast(found):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _is_unicast(address: IPv6Address) -> bool:
    return address in _UNICAST and not any(address in network for network in _EMBEDDING)


def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name. Raise OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


def parsed(url: str, local_hosts: Sequence[str] = ()) -> Url:
    """Return the parts of an https:// URL, or of an http:// URL of one of `local_hosts`."""
    try:
        found = parse_url(url)
    except LocationParseError as error:
        raise InvalidUrlError("This is not a URL.") from error
    is_local = found.scheme == "http" and found.host in local_hosts
    is_remote = found.scheme == "https" and bool(found.host)
    if not (is_local or is_remote) or len(url) > LONGEST_URL:
        local = f", or an http:// URL of {local_hosts[0]}" if local_hosts else ""
        raise InvalidUrlError(f"Send an https:// URL of up to {LONGEST_URL:,} characters{local}.")
    if found.auth is not None:
        raise InvalidUrlError("The URL must not hold a user name or a password.")
    return found


def normal_form(url: str) -> str:
    """Return the URL as it is requested: urllib3 normalizes its parts by RFC 3986."""
    found = parse_url(url)
    return f"{found.scheme}://{authority_of(found)}{found.request_uri}"


def is_loopback(address: str) -> bool:
    return ip_address(address).is_loopback


def name_of(url: Url) -> str:
    return (url.host or "").strip("[]")


def port_of(url: Url) -> int:
    return url.port or _PORTS[url.scheme or "https"]


def authority_of(url: Url) -> str:
    host = url.host or ""
    return f"{host}:{url.port}" if url.port and url.port != _PORTS[url.scheme or "https"] else host


def in_time(find: Callable[[], Sequence[str]], seconds: float) -> Sequence[str]:
    """Return what `find` does. Raise TimeoutError: the system's resolver takes no time limit."""
    answer: Future[Sequence[str]] = Future()

    def search() -> None:
        try:
            answer.set_result(find())
        except Exception as error:  # noqa: BLE001  # Raised where the answer is waited for.
            answer.set_exception(error)

    Thread(target=search, daemon=True).start()
    return answer.result(timeout=seconds)
