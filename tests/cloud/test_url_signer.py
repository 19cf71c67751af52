"""Signed URLs, verified by the bucket that serves them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client  # type: ignore[import-untyped]
from google.oauth2 import service_account

from shared.adapters.google.object_store import GCSObjectStore
from shared.adapters.google.url_signer import V4URLSigner
from shared.domain.errors import InvalidRequestError, StorageError
from shared.ports.object_store import SignedMethod, SignedURL
from tests.cloud.bucket_rest import Response, ask
from tools.emulated_cloud.bucket.server import StrictBucketServer
from tools.emulated_cloud.bucket.signatures import ServiceAccount

CLIP = "videos/generated/spring/curr_0123456789abcdef_0.mp4"
OTHER = "videos/generated/spring/0123456789abcdef_0.mp4"
CONTENT = bytes(range(256)) * 4
QUARTER = timedelta(minutes=15)
ROOT = Path(__file__).resolve().parents[2]

WHAT_A_SIGNATURE_LOADS = """
import json, sys
from datetime import UTC, datetime, timedelta
from shared.adapters.google.object_store import GCSObjectStore
from shared.adapters.google.credentials import signing_credentials
from shared.adapters.google.url_signer import V4URLSigner
signer = V4URLSigner("b", credentials=signing_credentials, now=lambda: datetime.now(UTC))
store = GCSObjectStore(lambda: None, signer=signer)
assert "X-Goog-Signature" in store.sign("clip.mp4", expires_in=timedelta(minutes=15)).url
heavy = {"google.cloud.storage", "google.api_core", "grpc", "google.protobuf", "requests"}
print(sorted(heavy & sys.modules.keys()))
"""


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


class CountingCredentials:
    """Counts what it is asked to sign."""

    def __init__(self, account: ServiceAccount) -> None:
        self._credentials = credentials_of(account)
        self.signatures = 0

    @property
    def signer_email(self) -> str:
        email: str = self._credentials.signer_email
        return email

    def sign_bytes(self, message: bytes) -> bytes:
        self.signatures += 1
        signature: bytes = self._credentials.sign_bytes(message)
        return signature


def credentials_of(account: ServiceAccount) -> Any:  # noqa: ANN401  # google-auth has few types.
    return service_account.Credentials.from_service_account_info(account.key_file)  # type: ignore[no-untyped-call]


@pytest.fixture
def store(bucket_store: GCSObjectStore) -> GCSObjectStore:
    bucket_store.put(CLIP, BytesIO(CONTENT), content_type="application/octet-stream")
    bucket_store.put(OTHER, BytesIO(b"another"), content_type="video/mp4")
    return bucket_store


@pytest.fixture
def url(store: GCSObjectStore) -> str:
    return store.sign(CLIP, expires_in=QUARTER).url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def credentials(
    bucket_server: StrictBucketServer, signing_account: ServiceAccount
) -> CountingCredentials:
    bucket_server.trust(signing_account.email, signing_account.key.public_key())
    return CountingCredentials(signing_account)


@pytest.fixture
def signer(
    bucket_server: StrictBucketServer,
    bucket_name: str,
    credentials: CountingCredentials,
    clock: Clock,
) -> V4URLSigner:
    return V4URLSigner(
        bucket_name, credentials=lambda: credentials, now=clock, endpoint=bucket_server.url
    )


def get(url: str, **headers: str) -> Response:
    return ask("GET", url, headers=headers)


def code_of(response: Response) -> str:
    found = re.search(rb"<Code>(\w+)</Code>", response.body)
    return found[1].decode() if found else ""


def test_a_browser_plays_a_signed_url(url: str) -> None:
    response = get(url)

    assert (response.status, response.body) == (200, CONTENT)
    assert response.headers["content-type"] == "video/mp4"
    assert response.headers["content-disposition"] == "inline"
    assert response.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("bytes=0-1", CONTENT[:2]), ("bytes=1000-", CONTENT[1000:]), ("bytes=-24", CONTENT[-24:])],
)
def test_a_browser_seeks_in_it(url: str, wanted: str, expected: bytes) -> None:
    response = get(url, range=wanted)

    assert (206, expected) == (response.status, response.body)
    assert response.headers["content-range"].endswith("/1024")


def test_a_url_for_get_is_refused_for_head(url: str) -> None:
    assert ask("HEAD", url).status == 403


def test_a_url_for_head_is_refused_for_get(store: GCSObjectStore, url: str) -> None:
    signed = store.sign(CLIP, expires_in=QUARTER, method=SignedMethod.HEAD)

    assert url != signed.url
    assert (ask("HEAD", signed.url).status, ask("HEAD", signed.url).body) == (200, b"")
    assert get(signed.url).status == 403


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url[:-4] + ("beef" if not url.endswith("beef") else "dead"),
        lambda url: url.replace("=inline", "=attachment"),
        lambda url: url.replace("Expires=900", "Expires=9000"),
        lambda url: url.replace("curr_", ""),
        lambda url: url.replace("video%2Fmp4", "text%2Fhtml"),
        lambda url: f"{url}&response-content-encoding=gzip",
    ],
    ids=["signature", "disposition", "life", "object", "type", "more"],
)
def test_a_changed_url_is_refused(url: str, change: Callable[[str], str]) -> None:
    response = get(change(url))

    assert (response.status, code_of(response)) == (403, "SignatureDoesNotMatch")


def test_an_unsigned_url_is_refused(url: str) -> None:
    response = get(url.partition("?")[0])

    assert (response.status, code_of(response)) == (403, "AccessDenied")


def test_a_signature_of_a_foreign_key_is_refused(
    bucket_server: StrictBucketServer, bucket_name: str, store: GCSObjectStore, clock: Clock
) -> None:
    stranger = credentials_of(ServiceAccount("stranger"))
    signer = V4URLSigner(
        bucket_name, credentials=lambda: stranger, now=clock, endpoint=bucket_server.url
    )

    assert get(signer.sign(CLIP, expires_in=QUARTER).url).status == 403


def test_a_url_expires_at_its_stated_time(
    signer: V4URLSigner, store: GCSObjectStore, clock: Clock
) -> None:
    clock.now -= QUARTER
    over = signer.sign(CLIP, expires_in=QUARTER)
    clock.now += timedelta(minutes=1)
    good = signer.sign(CLIP, expires_in=timedelta(minutes=30))

    response = get(over.url)

    assert (response.status, code_of(response)) == (400, "ExpiredToken")
    assert get(good.url).status == 200


def test_an_object_that_is_not_there_is_not_found(store: GCSObjectStore) -> None:
    response = get(store.sign("videos/none.mp4", expires_in=QUARTER).url)

    assert (response.status, code_of(response)) == (404, "NoSuchKey")


@pytest.mark.parametrize("path", ["videos/été/ü+%20&?#'\"~.mp4", "videos/a b/(c)*!.jpg"])
def test_any_name_can_be_signed(bucket_store: GCSObjectStore, path: str) -> None:
    bucket_store.put(path, BytesIO(b"a clip"), content_type="video/mp4")

    assert get(bucket_store.sign(path, expires_in=QUARTER).url).body == b"a clip"


def test_a_url_equals_the_client_librarys(
    signer: V4URLSigner,
    bucket_server: StrictBucketServer,
    bucket_name: str,
    signing_account: ServiceAccount,
    clock: Clock,
) -> None:
    client = Client(
        project=None,
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": bucket_server.url},
    )
    theirs = client.bucket(bucket_name).blob(CLIP)
    expected = theirs.generate_signed_url(
        version="v4",
        expiration=QUARTER,
        credentials=credentials_of(signing_account),
        response_disposition="inline",
        response_type="video/mp4",
    )
    clock.now = datetime.strptime(
        parse_qs(urlsplit(expected).query)["X-Goog-Date"][0], "%Y%m%dT%H%M%SZ"
    ).replace(tzinfo=UTC)

    assert expected.replace("x-goog-signature", "X-Goog-Signature") == (
        signer.sign(CLIP, expires_in=QUARTER).url
    )


def test_an_empty_name_is_not_signed(bucket_store: GCSObjectStore) -> None:
    with pytest.raises(StorageError):
        bucket_store.sign("", expires_in=QUARTER)


def test_a_url_is_valid_for_twelve_hours_at_most(signer: V4URLSigner, clock: Clock) -> None:
    longest = timedelta(hours=12)

    assert longest >= signer.sign(CLIP, expires_in=longest).expires_at - clock.now
    with pytest.raises(InvalidRequestError):
        signer.sign(CLIP, expires_in=longest + timedelta(seconds=1))


def signed_at(signer: V4URLSigner, clock: Clock, after: timedelta) -> SignedURL:
    clock.now += after
    return signer.sign(CLIP, expires_in=QUARTER)


def test_a_url_is_reused_for_half_of_its_lifetime(
    signer: V4URLSigner, clock: Clock, credentials: CountingCredentials
) -> None:
    first = signer.sign(CLIP, expires_in=QUARTER)

    assert first == signed_at(signer, clock, timedelta(minutes=7))
    assert credentials.signatures == 1

    later = signed_at(signer, clock, timedelta(minutes=1))
    assert (credentials.signatures, later.expires_at > first.expires_at) == (2, True)


def test_a_url_is_never_valid_for_longer_than_requested(signer: V4URLSigner, clock: Clock) -> None:
    signer.sign(CLIP, expires_in=timedelta(hours=12))

    minute = signer.sign(CLIP, expires_in=timedelta(minutes=1))

    assert timedelta(minutes=1) >= minute.expires_at - clock.now


def test_the_number_of_cached_urls_is_bounded(
    signer: V4URLSigner, monkeypatch: pytest.MonkeyPatch, credentials: CountingCredentials
) -> None:
    monkeypatch.setattr("shared.adapters.google.url_signer._MOST_KEPT", 3)
    for number in (1, 2, 3, 4, 4, 3, 2, 1):
        signer.sign(f"videos/{number}.mp4", expires_in=QUARTER)

    assert credentials.signatures == 5


def test_a_signature_with_a_key_loads_no_client_library(
    tmp_path: Path, signing_account: ServiceAccount
) -> None:
    key_file = tmp_path / "key.json"
    key_file.write_text(json.dumps(signing_account.key_file), "utf-8")

    found = subprocess.run(
        [sys.executable, "-c", WHAT_A_SIGNATURE_LOADS],
        cwd=ROOT,
        env={**os.environ, "GOOGLE_APPLICATION_CREDENTIALS": str(key_file)},
        check=True,
        capture_output=True,
        text=True,
    )

    assert found.stdout.strip() == "[]"
