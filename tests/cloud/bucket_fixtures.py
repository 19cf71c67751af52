"""The strict bucket as fixtures. A test has a bucket of its own, so it sees nothing of others."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from google.auth.credentials import AnonymousCredentials
from google.oauth2 import service_account

from shared.adapters.google.bucket import GCSBucket, ObjectsClient
from shared.adapters.google.object_store import GCSObjectStore
from shared.adapters.google.url_signer import V4URLSigner
from tools.emulated_cloud.bucket.server import StrictBucketServer
from tools.emulated_cloud.bucket.signatures import ServiceAccount
from tools.emulated_cloud.emulators import MissingToolError


@pytest.fixture(scope="session")
def strict_server() -> Iterator[StrictBucketServer]:
    try:
        server = StrictBucketServer()
    except MissingToolError as error:
        pytest.skip(str(error))
    with server:
        yield server


@pytest.fixture(scope="session")
def signing_account() -> ServiceAccount:
    return ServiceAccount("signer")


@pytest.fixture
def bucket_server(strict_server: StrictBucketServer) -> Iterator[StrictBucketServer]:
    """The server with an empty log and without faults."""
    strict_server.forget()
    yield strict_server
    strict_server.forget()


@pytest.fixture
def bucket_name(bucket_server: StrictBucketServer) -> str:
    name = f"showreel-{uuid4().hex}"
    bucket_server.create_bucket(name)
    return name


@pytest.fixture
def open_store(
    bucket_server: StrictBucketServer, signing_account: ServiceAccount
) -> Callable[[str], GCSObjectStore]:
    """Opens a store on any bucket, whether it is there or not."""
    bucket_server.trust(signing_account.email, signing_account.key.public_key())
    credentials = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
        signing_account.key_file
    )

    def open_store(name: str) -> GCSObjectStore:
        signer = V4URLSigner(
            name,
            credentials=lambda: credentials,
            now=lambda: datetime.now(UTC),
            endpoint=bucket_server.url,
        )
        client = ObjectsClient(
            project=None,
            credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
            client_options={"api_endpoint": bucket_server.url},
        )
        return GCSObjectStore(lambda: GCSBucket(name, client), signer=signer)

    return open_store


@pytest.fixture
def bucket_store(open_store: Callable[[str], GCSObjectStore], bucket_name: str) -> GCSObjectStore:
    return open_store(bucket_name)
