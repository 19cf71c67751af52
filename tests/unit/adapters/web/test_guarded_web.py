"""What a URL of a caller may reach: a real TLS server on this machine stands for the Internet."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shared.adapters.web.guarded_web import GuardedWeb
from shared.adapters.web.urls import is_public, resolve
from shared.bootstrap.choices import FamilyPorts
from shared.bootstrap.google_ports import GooglePorts
from shared.bootstrap.local_ports import LocalPorts
from shared.domain.errors import InvalidUrlError
from shared.ports.web import WebAnswer
from shared.settings import read_settings

HOST = "pictures.example"
SOON = timedelta(seconds=5)
CLOUD = {"STORAGE_URL": "gs://videos", "GOOGLE_CLOUD_PROJECT": "showreel"}
BODY = b'{"id": "evt_1"}'
OK = b"HTTP/1.1 200 OK\r\n"


def answer(body: bytes, *headers: str, status: str = "200 OK") -> Sequence[bytes]:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
    return ["\r\n".join(lines).encode(), body]


class Site:
    """Answers each request with the pieces that a test puts at its path."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
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
        with suppress(OSError), accepted, self._secured(accepted) as s:
            request = s.recv(10_000)
            while request.startswith(b"POST") and not request.endswith(BODY):
                request += s.recv(10_000)
            self.requests.append(request.decode("latin-1"))
            path = self.requests[-1].partition(" ")[2].partition(" ")[0]
            for piece in self.pages.get(path, ()):
                s.sendall(piece)
                time.sleep(self.pause)

    def _secured(self, accepted: socket.socket) -> socket.socket:
        return self._context.wrap_socket(accepted, server_side=True) if self._context else accepted


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
def plain() -> Iterator[Site]:
    site = Site(None)
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


def test_the_time_of_a_url_includes_the_search_for_its_host() -> None:
    is_over = Event()

    def dead(host: str, port: int) -> Sequence[str]:
        is_over.wait(20)
        return ["93.184.215.14"]

    with pytest.raises(InvalidUrlError, match="too long"):
        GuardedWeb(resolve=dead).get(
            f"https://{HOST}/", most_bytes=100, within=timedelta(seconds=0.05)
        )
    is_over.set()


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

    with pytest.raises(InvalidUrlError, match="certificate"):
        web.get(f"https://other.example:{site.port}/", most_bytes=1000, within=SOON)


def test_the_environment_names_no_proxy(
    web: GuardedWeb, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    site.pages["/"] = answer(b"a picture")

    assert got(web, site, "/") == b"a picture"


def sent(web: GuardedWeb, url: str, *, most: int = 500, within: timedelta = SOON) -> WebAnswer:
    headers = {"Content-Type": "application/json"}
    return web.post(url, BODY, headers=headers, most_bytes=most, within=within)


def at(site: Site, path: str, *, scheme: str = "https", host: str = HOST) -> str:
    return f"{scheme}://{host}:{site.port}{path}"


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (answer(b"thanks", status="202 Accepted"), (202, b"thanks")),
        (answer(b"x" * 10_000_000), (200, b"x" * 500)),
        (ENDLESS, (200, b"x" * 500)),
        ([OK + b"Content-Length: 500\r\n\r\nhalf"], (200, b"half")),
        (answer(b"", "Location: https://127.0.0.1/", status="302 Found"), (302, b"")),
        (answer(b"", status="204 No Content"), (204, b"")),
        (answer(b"no", status="500 Broken"), (500, b"no")),
    ],
)
def test_a_post_returns_the_status_and_the_beginning_of_the_body(
    web: GuardedWeb, site: Site, pieces: Sequence[bytes], expected: tuple[int, bytes]
) -> None:
    site.pages["/hook?a=b"] = pieces

    found = sent(web, at(site, "/hook?a=b"))

    assert (found.status, found.body) == expected
    [request] = site.requests
    for part in ("POST /hook?a=b HTTP/1.1", f"Host: {HOST}:{site.port}", "application/json"):
        assert part in request
    assert f"Content-Length: {len(BODY)}\r\n" in request
    assert request.endswith(f"\r\n\r\n{BODY.decode()}")


@pytest.mark.parametrize(
    ("pieces", "pause", "word"),
    [
        ([b""], 60.0, "too long"),
        ([OK, *[b"X-Slow: header\r\n"] * 500], 0.05, "too long"),
        ([], 0.0, "cannot be reached"),
        ([b"nonsense\r\n\r\n"], 0.0, "cannot be reached"),
    ],
    ids=["silent", "slow headers", "closes at once", "speaks no HTTP"],
)
def test_a_receiver_without_an_answer_fails_within_the_limit(
    web: GuardedWeb, site: Site, pieces: Sequence[bytes], pause: float, word: str
) -> None:
    site.pages["/"], site.pause = pieces, pause
    began = time.monotonic()

    with pytest.raises(InvalidUrlError, match=word):
        sent(web, at(site, "/"), within=timedelta(seconds=1))

    assert time.monotonic() - began < 10


def test_the_status_of_a_slow_body_counts(web: GuardedWeb, site: Site) -> None:
    site.pages["/"], site.pause = [OK + b"\r\n", *[b"x"] * 500], 0.05

    assert sent(web, at(site, "/"), within=timedelta(seconds=1)).status == 200


def test_a_receiver_that_speaks_no_tls_gets_nothing(web: GuardedWeb, plain: Site) -> None:
    with pytest.raises(InvalidUrlError, match="No TLS connection"):
        sent(web, at(plain, "/"))

    assert not any(BODY.decode() in request for request in plain.requests)


def test_a_host_that_refuses_connections_is_named_unreachable(web: GuardedWeb) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(InvalidUrlError, match="cannot be reached"):
        sent(web, f"https://{HOST}:{port}/")


def test_a_name_that_changes_its_address_is_checked_at_each_post(site: Site) -> None:
    addresses = [["93.184.215.14"], ["127.0.0.1"]]
    web = GuardedWeb(resolve=lambda host, port: addresses.pop(0))
    web.require_postable(at(site, "/"))

    with pytest.raises(InvalidUrlError, match="public"):
        sent(web, at(site, "/"))

    assert site.requests == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_laptop_posts_to_itself_without_tls(plain: Site, host: str) -> None:
    plain.pages["/"] = answer(b"thanks")
    url = at(plain, "/", scheme="http", host=host)
    both = {"localhost": ["::1", "127.0.0.1"]}
    laptop = GuardedWeb(resolve=lambda name, port: both.get(name, [name]), posts_to_localhost=True)

    laptop.require_postable(url)
    # Nothing answers at ::1, which is tried first.
    assert sent(laptop, url).body == b"thanks"
    with pytest.raises(InvalidUrlError, match="https://"):
        GuardedWeb().require_postable(url)
    with pytest.raises(InvalidUrlError, match="https://"):
        laptop.get(url, most_bytes=10, within=SOON)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "http://localhost.example.com/",
        "http://localhost@example.com/",
        "http://user@localhost/",
        "http://10.0.0.1/",
        "http://127.0.0.2/",
        "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://169.254.169.254/",
        "https://metadata.google.internal/",
        "https://user:password@example.com/",
        "https:///path",
        "ftp://localhost/",
        "localhost:8000",
        "https://example.com/" + "x" * 2048,
        "http://[::1",
        "",
    ],
)
def test_no_other_url_is_postable_from_a_laptop(url: str) -> None:
    names = {"localhost": ["127.0.0.1"], "metadata.google.internal": ["169.254.169.254"]}
    laptop = GuardedWeb(resolve=lambda name, port: names.get(name, [name]), posts_to_localhost=True)

    with pytest.raises(InvalidUrlError):
        laptop.require_postable(url)


def test_a_refusal_on_a_laptop_says_which_http_urls_it_takes() -> None:
    with pytest.raises(InvalidUrlError, match=r"https://.*, or an http:// URL of localhost"):
        GuardedWeb(posts_to_localhost=True).require_postable("http://192.168.1.5:9000/")
    with pytest.raises(InvalidUrlError, match=r"https:// URL of [^:]* characters\.$"):
        GuardedWeb().require_postable("http://192.168.1.5:9000/")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/Hook?a=%C3%A9",
        "HTTPS://Example.COM/Hook?a=%c3%a9",
        "https://example.com:443/Hook?a=é",
        "https://example.com/Hook?a=é#part",
        "https://example.com/x/../Hook?a=é",
    ],
)
def test_spellings_of_one_url_have_one_normal_form(url: str) -> None:
    assert GuardedWeb().normal_form(url) == "https://example.com/Hook?a=%C3%A9"


def test_the_normal_form_of_a_url_without_a_path_ends_with_a_slash() -> None:
    web = GuardedWeb()

    assert web.normal_form("http://localhost") == web.normal_form("http://localhost:80/")
    others = ("http://h/", "https://h/", "http://h:8000/", "http://h/?", "http://h/a", "http://h/A")
    assert len({web.normal_form(url) for url in others}) == len(others)


def test_a_localhost_that_leads_elsewhere_is_refused() -> None:
    odd = GuardedWeb(resolve=lambda name, port: ["93.184.215.14"], posts_to_localhost=True)

    with pytest.raises(InvalidUrlError):
        odd.require_postable("http://localhost:8000/")


@pytest.mark.parametrize(
    ("family", "environment", "may_post"),
    [
        (LocalPorts, {}, True),
        (GooglePorts, CLOUD, False),
        (GooglePorts, {**CLOUD, "STORAGE_EMULATOR_HOST": "http://localhost:9"}, True),
    ],
    ids=["a folder", "Google Cloud", "the emulated cloud"],
)
def test_a_deployed_function_does_not_post_to_itself(
    family: type[FamilyPorts], environment: Mapping[str, str], *, may_post: bool
) -> None:
    web = family(read_settings(environment)).web

    with nullcontext() if may_post else pytest.raises(InvalidUrlError):
        web.require_postable("http://127.0.0.1:8000/")
