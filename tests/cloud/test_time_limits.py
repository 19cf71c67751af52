"""A call to a Google service that hangs ends in time; one that only stalls is repeated.

The limits are shortened here; that the long ones are used is the last test.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.cloud.firestore_v1.types import BatchGetDocumentsResponse
from google.oauth2.service_account import Credentials
from google.pubsub_v1.types import PublishResponse

from shared.adapters.google import (
    bucket,
    firestore_documents,
    message_queue,
    omni_generator,
    veo_generator,
)
from shared.adapters.google import credentials as google_credentials
from shared.adapters.google.credentials import TimelyCredentials, iam_credentials
from shared.adapters.google.firestore_documents import FirestoreDocuments, Write
from shared.adapters.google.message_queue import PubSubMessageQueue
from shared.adapters.google.object_store import GCSObjectStore
from shared.adapters.google.url_signer import V4URLSigner
from shared.domain.errors import UnavailableError
from shared.domain.schedule import CALL, LAST_RETRY, TRY
from shared.ports.message_queue import VideoMessage
from tests.cloud.denial import STALL, answering
from tests.cloud.iam import FakeIAM, KeylessCredentials, LoopbackRequest
from tests.cloud.veo import Veo, a_submission
from tools.emulated_cloud.bucket.faults import delayed
from tools.emulated_cloud.bucket.server import StrictBucketServer
from tools.emulated_cloud.bucket.signatures import ServiceAccount
from tools.emulated_cloud.tokens import TokenServer
from tools.emulated_cloud.vertex.answers import Fault
from tools.emulated_cloud.vertex.endings import Ending
from tools.emulated_cloud.vertex.server import POLL

A_TRY, LAST_BEGIN = 0.4, 0.8
# What the machine itself may take.
SLACK = 1.5
MESSAGE = VideoMessage(campaign_id="spring", video_hash="0123456789abcdef")
PATH = "videos/generated/spring/curr_0123456789abcdef_0.mp4"


@pytest.fixture(autouse=True)
def _short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (firestore_documents, message_queue):
        monkeypatch.setattr(module, "_TRY_SECONDS", A_TRY)
        monkeypatch.setattr(module, "_RETRY_SECONDS", LAST_BEGIN)
    monkeypatch.setattr(google_credentials, "TRY", timedelta(seconds=A_TRY))
    monkeypatch.setattr(google_credentials, "SIGNING_TRY", timedelta(seconds=A_TRY))
    monkeypatch.setattr(google_credentials, "LAST_RETRY", timedelta(seconds=LAST_BEGIN))
    for generator in (omni_generator, veo_generator):
        monkeypatch.setattr(generator, "TRY", timedelta(seconds=A_TRY))
    monkeypatch.setitem(bucket._CALL, "timeout", A_TRY)
    monkeypatch.setitem(bucket._CALL, "retry", bucket._CALL["retry"].with_timeout(LAST_BEGIN))


@contextmanager
def ending_in_time() -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < A_TRY + LAST_BEGIN + SLACK


@pytest.fixture
def documents(project: str) -> FirestoreDocuments:
    return FirestoreDocuments(project=project, database="(default)")


USES: dict[str, Callable[[FirestoreDocuments], object]] = {
    "get": lambda documents: documents.get("campaigns/spring"),
    "get all": lambda documents: documents.get_all(["campaigns/spring"]),
    "query": lambda documents: documents.query(documents.client.collection("campaigns").limit(1)),
    "commit": lambda documents: documents.commit([Write(path="a/b", fields={"a": 1}, revision="")]),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_firestore_that_hangs_is_asked_again_and_given_up_in_time(
    documents: FirestoreDocuments,
    use: Callable[[FirestoreDocuments], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering(STALL) as service:
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", service.host)
        with ending_in_time(), pytest.raises(UnavailableError, match="Firestore"):
            use(documents)

        assert len(service.calls) >= 2


def test_a_firestore_that_stalls_once_is_asked_again(
    documents: FirestoreDocuments, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"projects/{project}/databases/(default)/documents/campaigns/spring"
    missing = BatchGetDocumentsResponse(missing=name, read_time=datetime(2026, 11, 28, tzinfo=UTC))
    answer = BatchGetDocumentsResponse.serialize(missing)
    with answering(STALL, answer) as service, ending_in_time():
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", service.host)

        assert documents.get("campaigns/spring") is None


def a_queue(project: str) -> PubSubMessageQueue:
    return PubSubMessageQueue(
        project=project,
        topic="generate-video",
        batch_topic="request-videos",
        delivery_topic="deliver-events",
        event_topic="video-events",
    )


def test_a_pubsub_that_hangs_is_given_up_in_time(
    project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(STALL) as service:
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", service.host)
        queue = a_queue(project)
        with ending_in_time(), pytest.raises(UnavailableError, match="Pub/Sub"):
            queue.publish(MESSAGE)

        assert len(service.calls) >= 2


def test_a_pubsub_that_stalls_once_is_asked_again(
    project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = PublishResponse.serialize(PublishResponse(message_ids=["1"]))
    with answering(STALL, answer) as service, ending_in_time():
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", service.host)

        a_queue(project).publish(MESSAGE)


STORE_USES: dict[str, Callable[[GCSObjectStore], object]] = {
    "head": lambda store: store.head(PATH),
    "list": lambda store: list(store.list("videos/")),
    "read": lambda store: store.open(PATH).read(),
    "put": lambda store: store.put(f"{PATH}x", BytesIO(b"new"), content_type="video/mp4"),
    "delete": lambda store: store.delete(PATH),
}


@pytest.fixture
def store(bucket_store: GCSObjectStore) -> GCSObjectStore:
    bucket_store.put(PATH, BytesIO(b"a clip"), content_type="video/mp4")
    return bucket_store


@pytest.mark.parametrize("use", STORE_USES.values(), ids=STORE_USES)
def test_a_bucket_that_stalls_once_is_asked_again(
    store: GCSObjectStore,
    bucket_server: StrictBucketServer,
    use: Callable[[GCSObjectStore], object],
) -> None:
    bucket_server.fail("", delayed(3 * A_TRY))

    with ending_in_time():
        use(store)


def test_a_bucket_that_hangs_is_given_up_in_time(
    store: GCSObjectStore, bucket_server: StrictBucketServer
) -> None:
    bucket_server.fail("", delayed(3 * A_TRY), times=9)

    with ending_in_time(), pytest.raises(UnavailableError, match="Cloud Storage"):
        store.head(PATH)
    bucket_server.forget()


@pytest.fixture
def signer(iam: FakeIAM) -> V4URLSigner:
    request = LoopbackRequest(iam.host)
    return V4URLSigner(
        "a-bucket",
        credentials=lambda: iam_credentials(KeylessCredentials(iam.account), request),
        now=lambda: datetime.now(UTC),
    )


def test_a_signature_that_stalls_once_is_asked_for_again(iam: FakeIAM, signer: V4URLSigner) -> None:
    iam.stalls = 1

    with ending_in_time():
        signer.sign(PATH, expires_in=timedelta(minutes=15))

    assert iam.calls == 2


@pytest.mark.parametrize("refusals", [[], [429] * 99, [503] * 99], ids=["hangs", "429", "503"])
def test_a_signature_without_an_answer_is_given_up_in_time(
    iam: FakeIAM, signer: V4URLSigner, refusals: list[int]
) -> None:
    iam.refusals, iam.stalls = refusals, 0 if refusals else 99

    # google-auth itself waits up to 4 s between its tries, in which it holds no connection.
    begun = time.monotonic()
    with pytest.raises(UnavailableError, match="IAM"):
        signer.sign(PATH, expires_in=timedelta(minutes=15))

    assert time.monotonic() - begun < A_TRY + LAST_BEGIN + 4 + SLACK


def key_credentials(account: ServiceAccount, tokens: TokenServer) -> TimelyCredentials:
    key = {**account.key_file, "token_uri": tokens.url}
    scopes = ["https://www.googleapis.com/auth/cloud-platform"]
    return TimelyCredentials(
        Credentials.from_service_account_info(key, scopes=scopes)  # type: ignore[no-untyped-call]
    )


@pytest.mark.parametrize("server", [{"stalls": 1}, {"refusals": (429,)}], ids=["stalls", "429"])
def test_a_token_that_stalls_once_is_requested_again(
    signing_account: ServiceAccount, server: dict[str, int]
) -> None:
    with TokenServer(**server) as tokens, ending_in_time():  # type: ignore[arg-type]
        credentials = key_credentials(signing_account, tokens)
        credentials.refresh(Request())

        assert (credentials.token, credentials.valid) == ("ya29.emulated", True)


def test_a_token_that_hangs_is_given_up_in_time(signing_account: ServiceAccount) -> None:
    with TokenServer(stalls=99) as tokens, ending_in_time(), pytest.raises(GoogleAuthError):
        key_credentials(signing_account, tokens).refresh(Request())

    assert tokens.requests >= 2


def test_a_check_that_stalls_once_is_asked_again(veo: Veo) -> None:
    veo.vertex.will_end(Ending.NEVER)
    operation = veo.generator.submit(a_submission()).operation
    veo.vertex.fail(POLL, Fault(delay_seconds=3 * A_TRY, accepted=True))

    with ending_in_time():
        veo.generator.check(operation)

    assert len(veo.vertex.asked(POLL)) == 2


def test_a_check_that_hangs_is_given_up_in_time(veo: Veo) -> None:
    veo.vertex.will_end(Ending.NEVER)
    operation = veo.generator.submit(a_submission()).operation
    veo.vertex.fail(POLL, Fault(delay_seconds=4 * A_TRY, accepted=True), times=3)

    with ending_in_time(), pytest.raises(UnavailableError):
        veo.generator.check(operation)


def test_the_limits_are_those_of_the_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    for module in (firestore_documents, message_queue):
        assert (module._TRY_SECONDS, module._RETRY_SECONDS) == (8, 12)
    assert vars(google_credentials)["TRY"] is vars(veo_generator)["TRY"] is TRY
    assert vars(omni_generator)["TRY"] is TRY
    assert vars(google_credentials)["LAST_RETRY"] is LAST_RETRY
    assert vars(google_credentials)["SIGNING_TRY"] == timedelta(seconds=5)
    assert (bucket._CALL["timeout"], bucket._CALL["retry"]._timeout) == (8, 12)
    assert TRY + LAST_RETRY == CALL == timedelta(seconds=20)
