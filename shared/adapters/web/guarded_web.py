"""HTTPS requests to public addresses only, through urllib3.

A name is resolved once, each of its addresses is checked, and the connection goes to a checked
address: a name that is resolved differently the next time changes nothing. A redirect is a new
request. The environment's proxies are not used.
"""

import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from http.client import HTTPException
from ipaddress import IPv6Address, IPv6Network, ip_address
from threading import Timer
from typing import NoReturn

import certifi
from urllib3 import HTTPResponse
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import Url, parse_url

from shared.domain.errors import InvalidUrlError

Resolve = Callable[[str, int], Sequence[str]]

_HTTPS_PORT = 443
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_BLOCK_BYTES = 64 * 1024
_LONGEST_URL = 2048
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Showreel"}
# IPv6 addresses that IANA assigns to networks, and the two parts of them that embed IPv4 addresses.
_UNICAST = IPv6Network("2000::/3")
_EMBEDDING = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))

logger = logging.getLogger(__name__)


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


class GuardedWeb:
    """`may_reach` decides about an address; tests let it be one of this machine."""

    def __init__(
        self,
        *,
        resolve: Resolve = resolve,
        may_reach: Callable[[str], bool] = is_public,
        trust: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        self._resolve = resolve
        self._may_reach = may_reach
        self._trust = trust or _trusted

    def get(self, url: str, *, most_bytes: int, within: timedelta) -> bytes:
        end = time.monotonic() + within.total_seconds()
        for _ in range(_MOST_REDIRECTS + 1):
            target = _parsed(url)
            with self._answered(target, end) as response:
                if response.status not in _REDIRECTS:
                    return _body(response, most_bytes, end)
                url = _redirected(target, response)
        raise InvalidUrlError(f"The URL is redirected more than {_MOST_REDIRECTS} times.")

    @contextmanager
    def _answered(self, url: Url, end: float) -> Iterator[HTTPResponse]:
        """Yield the response to one request; the connection is closed `end` at the latest."""
        host, port = url.host or "", url.port or _HTTPS_PORT
        name = host.strip("[]")
        connection = HTTPSConnection(
            self._address(name, port),
            port,
            timeout=_left(end),
            ssl_context=self._trust(),
            server_hostname=name,
            assert_hostname=name,
        )
        timer = Timer(_left(end), _shut_down, (connection,))
        timer.daemon = True
        try:
            with _as_invalid():
                connection.connect()
                timer.start()
                authority = host if port == _HTTPS_PORT else f"{host}:{port}"
                connection.request(
                    "GET",
                    url.request_uri,
                    headers={**_HEADERS, "Host": authority},
                    preload_content=False,
                    decode_content=False,
                )
                # It holds the socket, too.
                with closing(connection.getresponse()) as response:
                    yield response
        finally:
            timer.cancel()
            connection.close()

    def _address(self, host: str, port: int) -> str:
        """Return an address of the host, all of which may be reached. Raise InvalidUrlError."""
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise InvalidUrlError("The host of the URL cannot be found.") from error
        if not addresses or not all(map(self._may_reach, addresses)):
            raise InvalidUrlError("The URL does not lead to a public address.")
        return addresses[0]


def _parsed(url: str) -> Url:
    try:
        parsed = parse_url(url)
    except LocationParseError as error:
        raise InvalidUrlError("This is not a URL.") from error
    if parsed.scheme != "https" or not parsed.host or len(url) > _LONGEST_URL:
        raise InvalidUrlError(f"Send an https:// URL of up to {_LONGEST_URL:,} characters.")
    if parsed.auth is not None:
        raise InvalidUrlError("The URL must not hold a user name or a password.")
    return parsed


def _redirected(url: Url, response: HTTPResponse) -> str:
    location = response.headers.get("Location", "")
    if location.startswith("/") and not location.startswith("//"):
        return f"https://{url.netloc}{location}"
    if location.startswith("https://"):
        return location
    raise InvalidUrlError("The URL is redirected to something that is not an https:// URL.")


def _body(response: HTTPResponse, most_bytes: int, end: float) -> bytes:
    if response.status != 200:  # noqa: PLR2004  # The usual number of a usual answer.
        raise InvalidUrlError(f"The URL answers {response.status}, not 200.")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise InvalidUrlError("The URL answers in an encoding that was not asked for.")
    too_long = f"The URL answers with more than {most_bytes:,} bytes."
    if int(response.headers.get("Content-Length") or 0) > most_bytes:
        raise InvalidUrlError(too_long)
    body = bytearray()
    while block := response.read1(_BLOCK_BYTES):
        body += block
        if len(body) > most_bytes:
            raise InvalidUrlError(too_long)
        _left(end)
    # A connection that was shut down looks like the end of a body without a length.
    _left(end)
    return bytes(body)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        _too_slow()
    return left


def _too_slow() -> NoReturn:
    raise InvalidUrlError("The URL takes too long to answer.")


@contextmanager
def _as_invalid() -> Iterator[None]:
    try:
        yield
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        # The texts of these errors may contain what the caller must not know.
        logger.info("web.failed", exc_info=True)
        raise InvalidUrlError("The URL cannot be read.") from error


def _shut_down(connection: HTTPSConnection) -> None:
    """Interrupt every wait for this connection: a slow sender can keep each single read short."""
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())
