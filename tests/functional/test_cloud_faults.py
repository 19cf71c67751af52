"""What Pub/Sub and callers are answered while a part of the cloud fails; nothing is lost."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from grpc import StatusCode  # type: ignore[import-untyped]

from shared.adapters.google import credentials as google_credentials
from shared.adapters.google import firestore_documents
from shared.domain.schedule import CLOUD_LEASES
from shared.messages import encode
from shared.ports.message_queue import VideoMessage
from tests.cloud.denial import denying
from tests.cloud.firestore_door import Call, Door, Fault, Refusal
from tests.cloud.iam import FakeIAM, KeylessCredentials, LoopbackRequest
from tests.functional.cloud_place import CloudPlace
from tests.functional.places import Place
from tests.functional.pushes import a_message, push
from tests.functional.showreel import GALLERY, KITE, Answer, Json, Showreel, function, go_on, served
from tools.emulated_cloud.bucket.faults import permission_denied
from tools.emulated_cloud.bucket.server import StrictBucketServer
from tools.emulated_cloud.bucket.signatures import ServiceAccount

SECRET = re.compile(r"(?i)x-goog-signature|private.key|bearer|authorization")
MANY = 50

Log = Callable[[], str]


@pytest.fixture
def family() -> str:
    """What fails here is the cloud."""
    return "emulated"


@pytest.fixture
def cloud(place: Place) -> CloudPlace:
    assert isinstance(place, CloudPlace)
    return place


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Log:
    """What was logged since the last look, in which there is never a secret."""

    def logged() -> str:
        text = capsys.readouterr().err
        assert SECRET.findall(text) == []
        return text

    return logged


@pytest.fixture
def storage(cloud: CloudPlace) -> Iterator[StrictBucketServer]:
    yield cloud.project.storage
    cloud.project.storage.forget()


@contextmanager
def working(
    place: Place, target: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[Showreel, Showreel]]:
    """The API and one function, to which only the test pushes."""
    with served(place, environment, delivering=False) as api:
        yield api, replace(api, app=function(target))


def about(video: Json) -> Json:
    video_hash = video["id"].partition(".")[2]
    return a_message(encode(VideoMessage(campaign_id="spring", video_hash=video_hash)))


def asking(prompt: str = KITE) -> Json:
    body = {"campaign_id": "spring", "prompts": [prompt], "seconds": 4}
    return a_message(json.dumps(body).encode(), message_id="77")


def close(door: Door, code: StatusCode = StatusCode.UNAVAILABLE) -> None:
    """Let Firestore answer nothing but `code`."""

    def refuse(call: Call) -> None:
        raise Refusal(Fault(method=call.method, code=code))

    door.before_each(refuse)


def open_again(door: Door) -> None:
    door.before_each(lambda call: None)


def finish(worker: Showreel, video: Json) -> list[int]:
    """Deliver the message as often as a video needs it, and return the answers."""
    return [push(worker, about(video)).status_code for _ in range(2)]


def test_a_message_is_redelivered_until_the_bucket_exists(cloud: CloudPlace, log: Log) -> None:
    nowhere = {"STORAGE_URL": f"gs://{cloud.project.bucket_name}-nowhere"}
    with working(cloud, "request_videos", nowhere) as (_, worker):
        assert push(worker, asking()).status_code == 503
        assert f"There is no bucket '{cloud.project.bucket_name}-nowhere'" in log()

    with working(cloud, "request_videos") as (api, worker):
        assert push(worker, asking()).status_code == 200
        assert len(api.get("/v1/videos").json["data"]) == 1


def test_a_video_waits_while_the_bucket_is_missing(
    cloud: CloudPlace, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    with working(cloud, "generate_video") as (api, worker):
        (video,) = api.create("spring", KITE)
        assert push(worker, about(video)).status_code == 200

    nowhere = {"STORAGE_URL": f"gs://{cloud.project.bucket_name}-nowhere"}
    with working(cloud, "generate_video", nowhere) as (_, worker):
        assert push(worker, about(video)).status_code == 503
        assert "There is no bucket" in log()

    with working(cloud, "generate_video") as (api, worker):
        go_on(monkeypatch, by=CLOUD_LEASES.check)
        assert push(worker, about(video)).status_code == 200
        assert (api.video(video)["status"], api.video(video)["attempts"]) == ("completed", 1)


@pytest.mark.parametrize("target", ["generate_video", "request_videos", "maintain_campaigns"])
def test_an_outage_of_firestore_makes_pubsub_redeliver(
    cloud: CloudPlace,
    door: Door,
    target: str,
    log: Log,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with working(cloud, target) as (api, worker):
        (video,) = api.create("spring", KITE)
        message = {"generate_video": about(video)}.get(target, asking("A paper boat"))
        monkeypatch.setattr(firestore_documents, "_RETRY_SECONDS", 0.2)
        close(door)
        log()

        refused = push(worker, message)

        assert refused.status_code == 503
        assert "Firestore is unavailable" in log()
        open_again(door)
        monkeypatch.undo()
        # A busy slot is no fault: the other message has the same one.
        assert push(worker, message).status_code in (200, 503)
        assert api.video(video)["phase"] == {"generate_video": "generating"}.get(target, "reserved")


def test_a_short_outage_of_firestore_is_waited_for(cloud: CloudPlace, door: Door) -> None:
    """Up to the deadline of 15 seconds, which is longer than the ten that one may well last."""
    assert firestore_documents._RETRY_SECONDS > 10
    with working(cloud, "generate_video") as (api, worker):
        (video,) = api.create("spring", KITE)
        close(door)
        over = threading.Timer(1.0, open_again, (door,))
        over.start()

        assert finish(worker, video) == [200, 200]

        over.join()
        assert api.video(video)["status"] == "completed"


def test_an_outage_is_answered_503(
    cloud: CloudPlace, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(cloud, delivering=False) as api:
        api.create("spring", KITE)
        monkeypatch.setattr(firestore_documents, "_RETRY_SECONDS", 0.2)
        close(door)

        answer = api.get("/v1/campaigns/spring")

    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert answer.json["retryable"] is True


def test_a_permission_that_firestore_misses_is_named(
    cloud: CloudPlace, door: Door, log: Log
) -> None:
    with working(cloud, "generate_video") as (api, worker):
        (video,) = api.create("spring", KITE)
        close(door, StatusCode.PERMISSION_DENIED)

        assert push(worker, about(video)).status_code == 503

        assert "the permission datastore.entities.get is missing" in log()
        open_again(door)
        assert finish(worker, video) == [200, 200]


def test_a_permission_that_cloud_storage_misses_is_named(
    cloud: CloudPlace, storage: StrictBucketServer, log: Log
) -> None:
    with working(cloud, "request_videos") as (api, worker):
        storage.fail("/b/", permission_denied("storage.objects.get"), times=MANY)

        assert push(worker, asking()).status_code == 503

        assert "the permission storage.objects.get is missing" in log()
        storage.forget()
        assert push(worker, asking()).status_code == 200
        assert len(api.get("/v1/videos").json["data"]) == 1


def test_a_create_needs_no_bucket_and_nothing_is_submitted_without_one(
    cloud: CloudPlace, storage: StrictBucketServer, log: Log
) -> None:
    with working(cloud, "generate_video") as (api, worker):
        storage.fail("/b/", permission_denied("storage.objects.create"), times=MANY)

        (video,) = api.create("spring", KITE)
        assert push(worker, about(video)).status_code == 503

        assert "the permission storage.objects.create is missing" in log()
        waiting = api.video(video)
        assert (waiting["phase"], waiting["attempts"]) == ("reserved", 0)
        storage.forget()
        assert finish(worker, video) == [200, 200]
        assert api.video(video)["status"] == "completed"


def test_a_video_that_could_not_be_published_is_kept_for_the_tick(
    cloud: CloudPlace, log: Log
) -> None:
    with denying() as host, served(cloud, {"PUBSUB_EMULATOR_HOST": host}, delivering=False) as api:
        (video,) = api.create("spring", KITE)

        assert api.video(video)["phase"] == "reserved"
        assert "the permission pubsub.topics.publish is missing" in log()


def test_a_permission_that_signing_misses_is_named(
    gallery_copy: Place,
    signing_account: ServiceAccount,
    log: Log,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    iam = FakeIAM(signing_account)
    iam.refusals = [403] * 2

    def credentials() -> Any:  # noqa: ANN401  # As the adapter makes them.
        keyless = KeylessCredentials(signing_account)
        return google_credentials.iam_credentials(keyless, LoopbackRequest(iam.host))

    monkeypatch.setattr(google_credentials, "signing_credentials", credentials)
    with iam.running(), served(gallery_copy, delivering=False) as api:
        video = api.campaign(GALLERY)["slots"][0]["current"]

        refused: list[Answer] = [api.asked("GET", video["content_url"]) for _ in range(2)]
        signed = api.asked("GET", video["content_url"])

    assert [answer.status_code for answer in refused] == [503, 503]
    assert "the permission iam.serviceAccounts.signBlob is missing" in log()
    assert signed.status_code == 302
