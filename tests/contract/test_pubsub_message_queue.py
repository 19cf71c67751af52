from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Thread

import pytest
from google.pubsub_v1.types import PublishResponse
from grpc import StatusCode  # type: ignore[import-untyped]
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from shared.adapters.google.message_queue import PubSubMessageQueue
from shared.domain.errors import UnavailableError
from shared.messages import PubSubMessage, batch_of, decode
from shared.ports import Ports
from shared.pubsub.pushes import answer_push
from tests.cloud.denial import answering, denying
from tests.contract.message_queue_contract import FIRST, SECOND, MessageQueueContract, Subscriber
from tests.fakes.no_ports import NoPorts
from tools.emulated_cloud.processes import free_port
from tools.emulated_cloud.topics import Topics

TOPIC = "generate-video"
BATCH_TOPIC = "request-videos"
PUBLISHED = PublishResponse.serialize(PublishResponse(message_ids=["1"]))


@contextmanager
def receiving(subscriber: Subscriber) -> Iterator[str]:
    """Take pushes at the URL that is given."""

    def take(ports: Ports, message: PubSubMessage) -> None:
        batch_id = batch_of(message)
        if batch_id is not None:
            subscriber.take_batch(batch_id)
            return
        video = decode(message)
        assert video is not None
        subscriber.take(video)

    @Request.application
    def receive(request: Request) -> Response:
        return answer_push(request, NoPorts, take)

    server = make_server("127.0.0.1", 0, receive, threaded=True)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def a_queue(project: str) -> PubSubMessageQueue:
    return PubSubMessageQueue(project=project, topic=TOPIC, batch_topic=BATCH_TOPIC)


class TestPubSubMessageQueue(MessageQueueContract):
    @pytest.fixture
    def queue(
        self, pubsub_host: str, project: str, subscriber: Subscriber
    ) -> Iterator[PubSubMessageQueue]:
        topics = Topics(host=pubsub_host, project=project)
        with receiving(subscriber) as url:
            for topic in (TOPIC, BATCH_TOPIC):
                topics.create(topic)
                topics.push_to(url, topic=topic, subscription=topic)
            yield a_queue(project)
            for topic in (TOPIC, BATCH_TOPIC):
                topics.delete_subscription(topic)


def test_a_missing_topic_is_named(pubsub_host: str, project: str) -> None:
    with pytest.raises(UnavailableError, match=r"Pub/Sub does not find .* Topic"):
        a_queue(project).publish(FIRST)


def test_an_unresponsive_service_raises_unavailable(
    project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{free_port()}")
    monkeypatch.setattr("shared.adapters.google.message_queue._RETRY_SECONDS", 0.3)

    with pytest.raises(UnavailableError, match="Pub/Sub"):
        a_queue(project).publish(FIRST)


@pytest.mark.parametrize(
    "code",
    [
        StatusCode.ABORTED,
        StatusCode.CANCELLED,
        StatusCode.INTERNAL,
        StatusCode.RESOURCE_EXHAUSTED,
        StatusCode.UNAVAILABLE,
        StatusCode.UNKNOWN,
    ],
)
def test_a_publish_is_retried_after_a_temporary_fault(
    project: str, monkeypatch: pytest.MonkeyPatch, code: StatusCode
) -> None:
    with answering(code, code, PUBLISHED) as service:
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", service.host)

        a_queue(project).publish(FIRST)

    assert ["Publish"] * 3 == service.calls


def test_messages_are_published_concurrently(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(PUBLISHED) as service:
        service.together = Barrier(2)
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", service.host)

        a_queue(project).publish(FIRST, SECOND)


def test_a_missing_permission_is_named(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with denying() as host:
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", host)

        with pytest.raises(UnavailableError, match=r"pubsub\.topics\.publish is missing"):
            a_queue(project).publish(FIRST)
