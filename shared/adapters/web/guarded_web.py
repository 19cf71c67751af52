"""HTTPS requests to public addresses only, through urllib3.

A name is resolved once, each of its addresses is checked, and the connection goes to a checked
address: a name that is resolved differently the next time changes nothing. A redirect is a new
request. The environment's proxies are not used. On a laptop, a POST may also go to
`http://localhost`.
"""

import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from functools import partial
from http.client import HTTPException
from threading import Timer
from typing import NoReturn

import certifi
from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError
from urllib3.util import Url
from urllib3.util.ssl_match_hostname import CertificateError

from shared.adapters.web.urls import (
    Resolve,
    authority_of,
    in_time,
    is_loopback,
    is_public,
    name_of,
    normal_form,
    parsed,
    port_of,
    resolve,
)
from shared.domain.errors import InvalidUrlError
from shared.ports.web import WebAnswer

_LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_BLOCK_BYTES = 64 * 1024
_TO_CHECK_SECONDS = 10.0
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Showreel"}
logger = logging.getLogger(__name__)


class GuardedWeb:
    """`may_reach` decides about an address; tests let it be one of this machine."""

    def __init__(
        self,
        *,
        resolve: Resolve = resolve,
        may_reach: Callable[[str], bool] = is_public,
        trust: Callable[[], ssl.SSLContext] | None = None,
        posts_to_localhost: bool = False,
    ) -> None:
        self._resolve = resolve
        self._may_reach = may_reach
        self._trust = trust or _trusted
        self._local_hosts = _LOCAL_HOSTS if posts_to_localhost else ()

    def get(self, url: str, *, most_bytes: int, within: timedelta) -> bytes:
        end = time.monotonic() + within.total_seconds()
        for _ in range(_MOST_REDIRECTS + 1):
            target = parsed(url)
            with self._answered("GET", target, end) as response:
                if response.status not in _REDIRECTS:
                    return _body(response, most_bytes, end)
                url = _redirected(target, response)
        raise InvalidUrlError(f"The URL is redirected more than {_MOST_REDIRECTS} times.")

    def require_postable(self, url: str) -> None:
        self._addresses(parsed(url, self._local_hosts), time.monotonic() + _TO_CHECK_SECONDS)

    def normal_form(self, url: str) -> str:
        return normal_form(url)

    def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        most_bytes: int,
        within: timedelta,
    ) -> WebAnswer:
        end = time.monotonic() + within.total_seconds()
        target = parsed(url, self._local_hosts)
        with self._answered("POST", target, end, headers, body) as response:
            return WebAnswer(status=response.status, body=_beginning(response, most_bytes))

    @contextmanager
    def _answered(
        self,
        method: str,
        url: Url,
        end: float,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Iterator[HTTPResponse]:
        """Yield the response to one request; the connection is closed `end` at the latest."""
        addresses = self._addresses(url, end)
        with _as_invalid(end), closing(self._connected(url, addresses, end)) as connection:
            # The connection gives its socket to a response that has no length.
            timer = Timer(_left(end), _shut_down, (connection.sock,))
            timer.daemon = True
            timer.start()
            try:
                connection.request(
                    method,
                    url.request_uri,
                    body=body,
                    headers={**_HEADERS, "Host": authority_of(url), **(headers or {})},
                    preload_content=False,
                    decode_content=False,
                )
                # It holds the socket, too.
                with closing(connection.getresponse()) as response:
                    # A connection that was shut down looks like the end of the headers.
                    _left(end)
                    yield response
            finally:
                timer.cancel()

    def _connected(self, url: Url, addresses: Sequence[str], end: float) -> HTTPConnection:
        """Return a connection to the first address that accepts one."""
        for address in addresses[:-1]:
            with suppress(NewConnectionError):
                return self._connection(url, address, end)
        return self._connection(url, addresses[-1], end)

    def _connection(self, url: Url, address: str, end: float) -> HTTPConnection:
        port, timeout = port_of(url), _left(end)
        connection = (
            HTTPConnection(address, port, timeout=timeout)
            if url.scheme == "http"
            else HTTPSConnection(
                address,
                port,
                timeout=timeout,
                ssl_context=self._trust(),
                server_hostname=name_of(url),
                assert_hostname=name_of(url),
            )
        )
        try:
            connection.connect()
        except BaseException:
            connection.close()
            raise
        return connection

    def _addresses(self, url: Url, end: float) -> Sequence[str]:
        """Return the addresses of the host, all of which may be reached. Raise InvalidUrlError."""
        try:
            addresses = in_time(partial(self._resolve, name_of(url), port_of(url)), _left(end))
        except TimeoutError:
            _too_slow()
        except (OSError, UnicodeError) as error:
            raise InvalidUrlError("The host of the URL cannot be found.") from error
        may_reach = is_loopback if url.scheme == "http" else self._may_reach
        if not addresses or not all(map(may_reach, addresses)):
            raise InvalidUrlError("The URL does not lead to a public address.")
        return addresses


def _beginning(response: HTTPResponse, most_bytes: int) -> bytes:
    """Return what can be read of the body: the status says how the request ended."""
    body = bytearray()
    with suppress(HTTPError, HTTPException, OSError, ValueError):
        while len(body) < most_bytes and (block := response.read1(most_bytes - len(body))):
            body += block
    return bytes(body)


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
def _as_invalid(end: float) -> Iterator[None]:
    try:
        yield
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        # The texts of these errors may contain what the caller must not know.
        logger.info("web.failed", extra={"cause": repr(error)})
        _left(end)
        raise InvalidUrlError(_reason(error)) from error


def _reason(error: Exception) -> str:
    if isinstance(error, SSLError | ssl.SSLError | CertificateError):
        return "No TLS connection to the URL is possible: its certificate or protocol is not valid."
    return "The URL cannot be reached, or its answer cannot be read."


def _shut_down(sock: socket.socket) -> None:
    """Interrupt every wait for this socket: a slow sender can keep each single read short."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())
