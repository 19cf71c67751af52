from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from shared.adapters.google.message_queue import PubSubMessageQueue
from shared.domain.errors import UnavailableError
from shared.messages import PubSubMessage, decode
from shared.ports import Ports
from shared.pubsub.pushes import answer_push
from tests.cloud.processes import free_port
from tests.cloud.topics import Topics
from tests.contract.message_queue_contract import FIRST, MessageQueueContract, Subscriber
from tests.fakes.no_ports import NoPorts

TOPIC = "generate-video"


@contextmanager
def receiving(subscriber: Subscriber) -> Iterator[str]:
    """Take pushes at the URL that is given."""

    def take(ports: Ports, message: PubSubMessage) -> None:
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


class Denial(grpc.GenericRpcHandler):  # type: ignore[misc]  # It has no types.
    """Answers whatever it is asked as Pub/Sub answers who lacks a permission."""

    def service(self, _call: object) -> Any:  # noqa: ANN401
        return grpc.unary_unary_rpc_method_handler(self._deny)

    def _deny(self, _request: bytes, context: Any) -> None:  # noqa: ANN401
        context.abort(
            grpc.StatusCode.PERMISSION_DENIED, "User not authorized to perform this action."
        )


@contextmanager
def denying() -> Iterator[str]:
    """Serve at the `address:port` that is given."""
    with ThreadPoolExecutor(1) as threads:
        server = grpc.server(threads, handlers=[Denial()])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        yield f"127.0.0.1:{port}"
        server.stop(None).wait()


class TestPubSubMessageQueue(MessageQueueContract):
    @pytest.fixture
    def queue(
        self, pubsub_host: str, project: str, subscriber: Subscriber
    ) -> Iterator[PubSubMessageQueue]:
        topics = Topics(host=pubsub_host, project=project)
        topics.create(TOPIC)
        with receiving(subscriber) as url:
            topics.push_to(url, topic=TOPIC, subscription=TOPIC)
            yield PubSubMessageQueue(project=project, topic=TOPIC)
            topics.delete_subscription(TOPIC)


def test_a_topic_that_is_not_there_is_named(pubsub_host: str, project: str) -> None:
    with pytest.raises(UnavailableError, match=r"Pub/Sub does not find .* Topic"):
        PubSubMessageQueue(project=project, topic=TOPIC).publish(FIRST)


def test_a_service_that_does_not_answer_is_unavailable(
    project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{free_port()}")
    monkeypatch.setattr("shared.adapters.google.message_queue._RETRY._timeout", 0.3)

    with pytest.raises(UnavailableError, match="Pub/Sub"):
        PubSubMessageQueue(project=project, topic=TOPIC).publish(FIRST)


def test_a_missing_permission_is_named(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with denying() as host:
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", host)

        with pytest.raises(UnavailableError, match=r"pubsub\.topics\.publish is missing"):
            PubSubMessageQueue(project=project, topic=TOPIC).publish(FIRST)
