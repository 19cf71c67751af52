"""The official OpenAI client, unchanged, against this service: the contract that it expects."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any

import openai
import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.functional.showreel import BOAT, GALLERY, KITE, Showreel
from tests.pictures import a_picture

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# The client marks all of its video methods as deprecated since OpenAI closed its own service.
pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")


@dataclass
class Recorded:
    """Passes requests on to the service and keeps what they were."""

    app: Flask
    requests: list[tuple[str, str]] = field(default_factory=list)
    content_types: list[str] = field(default_factory=list)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        self.requests.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        self.content_types.append(environ.get("CONTENT_TYPE", ""))
        return self.app(environ, start)


class SilentHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def client_of(recorded: Recorded) -> Iterator[openai.OpenAI]:
    server = make_server("127.0.0.1", 0, recorded, threaded=True, request_handler=SilentHandler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.port}/v1"
        with openai.OpenAI(base_url=url, api_key="none is needed") as client:
            yield client
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def family() -> str:
    """To the client an answer of either family is the same."""
    return "local"


@pytest.fixture
def client(endless_gallery: Showreel) -> Iterator[openai.OpenAI]:
    with client_of(Recorded(endless_gallery.app)) as client:
        yield client


def test_listing_and_deleting_page_by_page_leaves_nothing(client: openai.OpenAI) -> None:
    assert len(list(client.videos.list())) == 3

    for video in client.videos.list(limit=2):
        client.videos.delete(video.id)

    assert list(client.videos.list()) == []


def test_a_create_repeated_with_its_key_gets_the_same_answer(
    client: openai.OpenAI,
) -> None:
    """The client sends a form, each time with another boundary."""
    answers = [
        client.videos.with_raw_response.create(
            prompt="A lighthouse at night", extra_headers={"Idempotency-Key": "order-17"}
        )
        for _ in range(2)
    ]

    assert answers[0].content == answers[1].content
    assert [each.headers.get("Idempotency-Replayed") for each in answers] == [None, "true"]


def test_create_and_poll_ends_with_a_completed_video(showreel: Showreel) -> None:
    recorded = Recorded(showreel.app)

    with client_of(recorded) as client:
        video = client.videos.create_and_poll(
            prompt="A lighthouse at night",
            model="veo-3.1-fast-generate-001",
            seconds="4",
            size="1280x720",
            extra_body={"campaign_id": "sdk", "metadata": {"order": "A-1"}},
        )

    assert recorded.content_types[0].startswith("multipart/form-data; boundary=")
    assert (video.status, video.progress, video.error) == ("completed", 100, None)
    assert (video.model, video.seconds, video.size) == (
        "veo-3.1-fast-generate-001",
        "4",
        "1280x720",
    )
    assert video.model_extra is not None
    assert video.model_extra["campaign_id"] == "sdk"
    assert video.model_extra["metadata"] == {"order": "A-1"}


def test_create_answers_from_the_cache(client: openai.OpenAI) -> None:
    video = client.videos.create(
        prompt=BOAT, seconds="4", size="1280x720", extra_body={"campaign_id": GALLERY}
    )

    assert video.status == "completed"
    assert video.model_extra is not None
    assert video.model_extra["outcome"] == "cache_hit"


def test_create_takes_every_field_in_extra_body(client: openai.OpenAI) -> None:
    video = client.videos.create(
        prompt=KITE,
        extra_body={
            "campaign_id": "sdk",
            "index": 3,
            "generate_audio": False,
            "business_context": {"brand": "Ember & Oak", "call_to_action": "Order now"},
        },
    )

    assert video.model_extra is not None
    assert video.model_extra["index"] == 3
    assert video.model_extra["generate_audio"] is False
    assert video.model_extra["business_context"] == {
        "brand": "Ember & Oak",
        "call_to_action": "Order now",
    }


def test_retrieve_and_download_read_a_finished_video(client: openai.OpenAI) -> None:
    newest = client.videos.list(limit=1).data[0]

    video = client.videos.retrieve(newest.id)
    clip = client.videos.download_content(video.id).read()
    thumbnail = client.videos.download_content(video.id, variant="thumbnail").read()

    assert video == newest
    assert clip[4:8] == b"ftyp"
    assert thumbnail.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_list_pages_by_itself(
    client: openai.OpenAI, endless_gallery: Showreel, order: str
) -> None:
    listed = endless_gallery.get(f"/v1/videos?order={order}").json["data"]
    expected = [video["id"] for video in listed]

    page = client.videos.list(limit=1, order="asc" if order == "asc" else "desc")

    assert len(expected) == 3
    assert [video.id for video in page] == expected


def test_a_deleted_video_is_in_no_list_and_says_when_it_expires(client: openai.OpenAI) -> None:
    video = client.videos.list(limit=1).data[0]

    deleted = client.videos.delete(video.id)

    assert (deleted.id, deleted.object, deleted.deleted) == (video.id, "video.deleted", True)
    assert video.id not in {each.id for each in client.videos.list()}
    assert client.videos.retrieve(video.id).expires_at is not None


def test_a_refusal_has_its_code_message_and_parameter(client: openai.OpenAI) -> None:
    with pytest.raises(openai.UnprocessableEntityError) as refused:
        client.videos.create(prompt=KITE, seconds="12")

    error = refused.value
    assert (error.code, error.param) == ("unsupported_parameter", "seconds")
    assert error.type == "invalid_request_error"
    assert "Use one of: 4, 6, 8." in error.message


@pytest.mark.parametrize(
    ("model", "code"),
    [("sora-2", "model_not_found"), ("veo-2.0-generate-001", "model_retired")],
)
def test_an_unusable_model_is_not_found(client: openai.OpenAI, model: str, code: str) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        client.videos.create(prompt=KITE, model=model)

    assert (refused.value.code, refused.value.param) == (code, "model")


def test_a_full_campaign_is_an_unprocessable_request_that_is_not_retried(endless: Showreel) -> None:
    recorded = Recorded(endless.app)
    with client_of(recorded) as client:
        for prompt in "abcd":
            client.videos.create(prompt=prompt, extra_body={"campaign_id": "full"})

        with pytest.raises(openai.UnprocessableEntityError) as refused:
            client.videos.create(prompt="e", extra_body={"campaign_id": "full"})

    error = refused.value
    assert (error.code, error.type) == ("campaign_video_limit", "invalid_request_error")
    assert len(recorded.requests) == 5


def test_the_clients_spelling_of_tags_is_accepted(client: openai.OpenAI) -> None:
    tagged = client.videos.create(prompt=KITE, extra_body={"tags": ["launch", "spring"]})

    found = client.videos.list(extra_query={"tag": "spring"})

    assert tagged.model_extra is not None
    assert tagged.model_extra["tags"] == ["launch", "spring"]
    assert [video.id for video in found] == [tagged.id]


def test_an_unknown_video_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        client.videos.retrieve("video_sdk.0123456789abcdef")

    assert refused.value.code == "not_found"


def test_a_video_begins_with_a_file(client: openai.OpenAI) -> None:
    video = client.videos.create(prompt=KITE, input_reference=("a.png", a_picture(), "image/png"))

    assert video.model_extra is not None
    assert video.model_extra["image"].startswith("input_single-")


def test_a_video_is_remixed_extended_and_not_edited_by_veo(client: openai.OpenAI) -> None:
    """The client takes no object for `video`, which it declares; `extra_body` does."""
    kite, boat = client.videos.list(extra_query={"version_state": "current"}).data
    unsent: Any = openai.omit
    added: Any = "7"
    named = {"video": {"id": kite.id}}

    remixed = client.videos.remix(boat.id, prompt="A paper boat in snow")
    extended = client.videos.extend(
        prompt="It lands", seconds=added, video=unsent, extra_body=named
    )

    assert (remixed.remixed_from_video_id, remixed.seconds) == (boat.id, "4")
    assert (extended.remixed_from_video_id, extended.seconds) == (kite.id, "11")
    with pytest.raises(openai.UnprocessableEntityError) as refused:
        client.videos.edit(prompt="At night", video=unsent, extra_body=named)
    assert (refused.value.code, refused.value.param) == ("unsupported_parameter", "model")


def test_a_file_that_is_no_picture_is_refused_with_its_parameter(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.videos.create(prompt=KITE, input_reference=("a.png", b"\x89PNG", "image/png"))

    assert refused.value.param == "input_reference"


def test_a_permanent_refusal_is_not_retried(endless: Showreel) -> None:
    """The client tries a 409 three times unless it is told that this is no use."""
    (video,) = endless.create("spring", KITE)
    recorded = Recorded(endless.app)

    with client_of(recorded) as client, pytest.raises(openai.ConflictError) as refused:
        client.videos.download_content(video["id"])

    assert refused.value.code == "not_ready"
    assert recorded.requests == [("GET", f"/v1/videos/{video['id']}/content")]
