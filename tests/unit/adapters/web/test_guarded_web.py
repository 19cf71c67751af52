"""What a URL of a caller may reach: a real TLS server on this machine stands for the Internet."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shared.adapters.web.guarded_web import GuardedWeb, is_public, resolve
from shared.domain.errors import InvalidUrlError

HOST = "pictures.example"
SOON = timedelta(seconds=5)
OK = b"HTTP/1.1 200 OK\r\n"


def answer(body: bytes, *headers: str, status: str = "200 OK") -> Sequence[bytes]:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
    return ["\r\n".join(lines).encode(), body]


class Site:
    """Answers each request with the pieces that a test puts at its path."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.pages: dict[str, Sequence[bytes]] = {}
        self.pause = 0.0
        self.requests: list[str] = []
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                accepted, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(accepted,), daemon=True).start()

    def _answer(self, accepted: socket.socket) -> None:
        with (
            suppress(OSError),
            accepted,
            self._context.wrap_socket(accepted, server_side=True) as s,
        ):
            request = s.recv(10_000).decode()
            self.requests.append(request)
            path = request.partition(" ")[2].partition(" ")[0]
            for piece in self.pages.get(path, ()):
                s.sendall(piece)
                time.sleep(self.pause)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for HOST, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "site.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def site(certificate: Path) -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    site = Site(context)
    yield site
    site.close()


@pytest.fixture
def web(certificate: Path) -> GuardedWeb:
    """Finds HOST on this machine, and takes this machine for a public address."""
    return GuardedWeb(
        resolve=lambda host, port: ["127.0.0.1"] if host == HOST else resolve(host, port),
        may_reach=lambda address: address == "127.0.0.1",
        trust=lambda: ssl.create_default_context(cafile=str(certificate)),
    )


def got(
    web: GuardedWeb, site: Site, path: str, *, most: int = 1000, within: timedelta = SOON
) -> bytes:
    return web.get(f"https://{HOST}:{site.port}{path}", most_bytes=most, within=within)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.1",
        "10.1.2.3",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::a9fe:a9fe",
        "2001:0:4136:e378::",
        "2002:7f00:1::",
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
    ],
)
def test_an_address_of_no_public_host_is_recognized(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "142.250.1.1", "2606:4700::1111"])
def test_public_addresses_are_recognized(address: str) -> None:
    assert is_public(address)


def test_a_body_is_read_from_the_address_that_was_checked(web: GuardedWeb, site: Site) -> None:
    site.pages["/a?b=c"] = answer(b"a picture")

    assert got(web, site, "/a?b=c") == b"a picture"

    [request] = site.requests
    assert f"Host: {HOST}:{site.port}\r\n" in request
    assert "Authorization" not in request
    assert "Cookie" not in request


def test_a_name_is_resolved_once_and_each_of_its_addresses_is_checked(site: Site) -> None:
    asked: list[str] = []

    def twice(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["93.184.215.14", "127.0.0.1"]

    with pytest.raises(InvalidUrlError, match="public"):
        got(GuardedWeb(resolve=twice), site, "/")

    assert asked == [HOST]
    assert site.requests == []


@pytest.mark.parametrize(
    "target",
    ["https://localhost/a", "https://10.0.0.1/a", "http://pictures.example/a", "//x/a", ""],
)
def test_a_redirect_is_checked_like_a_url(web: GuardedWeb, site: Site, target: str) -> None:
    site.pages["/"] = answer(b"", f"Location: {target}", status="302 Found")

    with pytest.raises(InvalidUrlError):
        # "localhost" resolves to ::1 or 127.0.0.1, where nothing answers on the port of HTTPS.
        got(web, site, "/")

    assert len(site.requests) == 1


def test_redirects_are_followed_up_to_a_number(web: GuardedWeb, site: Site) -> None:
    site.pages["/once"] = answer(b"", "Location: /there", status="301 Moved")
    site.pages["/there"] = answer(b"a picture")
    site.pages["/loop"] = answer(b"", "Location: /loop", status="307 Again")

    assert got(web, site, "/once") == b"a picture"
    with pytest.raises(InvalidUrlError, match="redirected more than"):
        got(web, site, "/loop")


ENDLESS = [OK + b"Transfer-Encoding: chunked\r\n\r\n", *[b"100\r\n" + b"x" * 256 + b"\r\n"] * 99]


@pytest.mark.parametrize(
    ("pieces", "word"),
    [
        (answer(b"x" * 1001), "more than 1,000 bytes"),
        (ENDLESS, "more than 1,000 bytes"),
        ([OK + b"\r\n", *[b"x" * 256] * 99], "more than 1,000 bytes"),
        (answer(b"x", status="404 Not Found"), "404"),
        (answer(b"x", "Content-Encoding: gzip"), "encoding"),
        ([OK + b"Content-Length: 500\r\n\r\nhalf"], "cannot be read"),
        ([b"nonsense\r\n\r\n"], "cannot be read"),
        ([OK + b"Content-Length: many\r\n\r\n"], "cannot be read"),
    ],
)
def test_an_answer_that_is_no_file_is_refused(
    web: GuardedWeb, site: Site, pieces: Sequence[bytes], word: str
) -> None:
    site.pages["/"] = pieces

    with pytest.raises(InvalidUrlError, match=word):
        got(web, site, "/")


@pytest.mark.parametrize(
    "pieces",
    [
        [OK, *[b"X-Slow: header\r\n"] * 500],
        [OK + b"\r\n", *[b"x"] * 500],
    ],
    ids=["headers", "body"],
)
def test_a_sender_that_never_pauses_for_long_still_has_an_end(
    web: GuardedWeb, site: Site, pieces: Sequence[bytes]
) -> None:
    site.pages["/"] = pieces
    site.pause = 0.05
    began = time.monotonic()

    with pytest.raises(InvalidUrlError):
        got(web, site, "/", within=timedelta(seconds=1))

    assert time.monotonic() - began < 10


def test_a_certificate_of_another_host_is_refused(certificate: Path, site: Site) -> None:
    web = GuardedWeb(
        resolve=lambda host, port: ["127.0.0.1"],
        may_reach=lambda address: True,
        trust=lambda: ssl.create_default_context(cafile=str(certificate)),
    )
    site.pages["/"] = answer(b"a picture")

    with pytest.raises(InvalidUrlError, match="cannot be read"):
        web.get(f"https://other.example:{site.port}/", most_bytes=1000, within=SOON)


def test_the_environment_names_no_proxy(
    web: GuardedWeb, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    site.pages["/"] = answer(b"a picture")

    assert got(web, site, "/") == b"a picture"
