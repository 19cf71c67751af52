import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Request
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from shared.adapters.local.pubsub_event import pubsub_event
from shared.adapters.local.push_subscription import PushSubscription
from shared.adapters.local.redelivery import requested_seconds
from shared.ports.message_queue import VideoMessage

EVENT = pubsub_event(
    VideoMessage(campaign_id="spring", video_hash="0123456789abcdef"),
    message_id="7",
    published_at=datetime(2026, 11, 22, tzinfo=UTC),
)


def test_a_function_gets_the_request_that_eventarc_makes() -> None:
    def receive(pushed: Request) -> Response:
        requests.append(pushed)
        return Response()

    requests: list[Request] = []
    PushSubscription(receive)(EVENT)

    (pushed,) = requests
    assert (pushed.method, pushed.mimetype) == ("POST", "application/json")
    assert pushed.headers["ce-id"] == "7"
    assert pushed.headers["ce-type"] == "google.cloud.pubsub.topic.v1.messagePublished"
    assert json.loads(pushed.get_data()) == EVENT.data


@pytest.mark.parametrize("status", [200, 204])
def test_an_answer_of_success_acknowledges(status: int) -> None:
    PushSubscription(lambda _: Response(status=status))(EVENT)


@pytest.mark.parametrize("status", [302, 400, 500, 503])
def test_any_other_answer_refuses(status: int) -> None:
    with pytest.raises(ServiceUnavailable):
        PushSubscription(lambda _: Response(status=status))(EVENT)


def test_a_refusal_may_say_when_to_come_again() -> None:
    answer = Response(status=503, headers={"Retry-After": "70"})

    with pytest.raises(ServiceUnavailable) as refusal:
        PushSubscription(lambda _: answer)(EVENT)

    seconds = requested_seconds(refusal.value)
    assert timedelta(seconds=seconds or 0) == pytest.approx(
        timedelta(seconds=70), abs=timedelta(seconds=5)
    )
