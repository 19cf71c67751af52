"""Signed URLs without a key: IAM signs them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from shared.adapters.google.credentials import iam_credentials, signing_credentials
from shared.adapters.google.object_store import GCSObjectStore
from shared.adapters.google.url_signer import V4URLSigner
from shared.domain.errors import UnavailableError
from tests.cloud.bucket_rest import ask
from tests.cloud.iam import FakeIAM, KeylessCredentials, LoopbackRequest
from tools.emulated_cloud.bucket.server import StrictBucketServer

QUARTER = timedelta(minutes=15)
PATHS = [f"videos/generated/spring/curr_{number:016x}_0.mp4" for number in range(100)]


@pytest.fixture
def signer(
    iam: FakeIAM, bucket_server: StrictBucketServer, bucket_name: str
) -> Iterator[V4URLSigner]:
    request = LoopbackRequest(iam.host)
    bucket_server.trust(iam.account.email, iam.account.key.public_key())
    yield V4URLSigner(
        bucket_name,
        credentials=lambda: iam_credentials(KeylessCredentials(iam.account), request),
        now=lambda: datetime.now(UTC),
        endpoint=bucket_server.url,
    )
    request.close()


def test_the_bucket_serves_what_iam_signed(
    signer: V4URLSigner, bucket_store: GCSObjectStore
) -> None:
    bucket_store.put(PATHS[0], BytesIO(b"a clip"), content_type="video/mp4")

    response = ask("GET", signer.sign(PATHS[0], expires_in=QUARTER).url)

    assert (response.status, response.body) == (200, b"a clip")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_unavailable_iam_is_retried(signer: V4URLSigner, iam: FakeIAM, status: int) -> None:
    iam.refusals = [status]

    signer.sign(PATHS[0], expires_in=QUARTER)

    assert (iam.connections, iam.calls) == (1, 2)


def test_a_refusal_names_the_permission_that_is_missing(signer: V4URLSigner, iam: FakeIAM) -> None:
    iam.refusals = [403]

    with pytest.raises(UnavailableError, match=r"iam\.serviceAccounts\.signBlob is missing"):
        signer.sign(PATHS[0], expires_in=QUARTER)


def test_a_failure_is_not_kept(signer: V4URLSigner, iam: FakeIAM) -> None:
    iam.refusals = [403]
    with pytest.raises(UnavailableError):
        signer.sign(PATHS[0], expires_in=QUARTER)

    assert signer.sign(PATHS[0], expires_in=QUARTER).url


@pytest.mark.parametrize("refusals", [[401], [400], [503, 503, 503]])
def test_other_failures_of_iam_are_temporary(
    signer: V4URLSigner, iam: FakeIAM, refusals: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    iam.refusals = refusals

    with pytest.raises(UnavailableError, match="IAM"):
        signer.sign(PATHS[0], expires_in=QUARTER)


def test_a_person_cannot_sign(iam: FakeIAM) -> None:
    request = LoopbackRequest(iam.host)

    with pytest.raises(UnavailableError, match="--impersonate-service-account"):
        iam_credentials(KeylessCredentials(None), request)


def test_without_credentials_the_error_says_how_to_get_some() -> None:
    with pytest.raises(UnavailableError, match="application-default login"):
        signing_credentials()
