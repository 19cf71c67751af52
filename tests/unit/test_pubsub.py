"""How a push of Pub/Sub is read and answered."""

import json
import logging
from datetime import timedelta

import pytest
from werkzeug.exceptions import Forbidden, MethodNotAllowed
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from shared.domain.errors import (
    ConflictError,
    InvalidRequestError,
    RetryLaterError,
    StorageError,
    StorageFullError,
    UnavailableError,
)
from shared.messages import PubSubMessage
from shared.ports import Ports
from shared.pubsub import answer_push, read_push
from tests.fakes.no_ports import NoPorts

MESSAGE = {"messageId": "7", "data": "eyJhIjogMX0=", "attributes": {"k": "v"}}


def a_push(body: object) -> Request:
    text = body if isinstance(body, str) else json.dumps(body)
    return Request(EnvironBuilder(method="POST", data=text.encode()).get_environ())


def an_envelope(**changes: object) -> Request:
    return a_push({"message": MESSAGE | changes, "subscription": "projects/p/subscriptions/s"})


def status_of(error: Exception | None) -> int:
    """Return the status of the answer if taking the message raises `error`."""

    def take(ports: Ports, message: PubSubMessage) -> None:
        if error is not None:
            raise error

    return answer_push(an_envelope(), NoPorts, take).status_code


def test_a_message_has_its_id_its_data_and_its_attributes() -> None:
    expected = PubSubMessage(message_id="7", data=b'{"a": 1}', attributes={"k": "v"})

    assert read_push(an_envelope()) == expected


def test_a_message_need_not_have_data_or_attributes() -> None:
    for message in ({"messageId": "7"}, {"messageId": "7", "data": "", "attributes": {}}):
        assert read_push(a_push({"message": message})) == PubSubMessage(message_id="7")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "garbage",
        "[" * 100_000,
        "null",
        [],
        {},
        {"message": None},
        {"message": "text"},
        {"message": {"data": "eyJhIjogMX0="}},
        {"message": {"messageId": 7}},
        {"message": MESSAGE | {"data": "no base64!"}},
        {"message": MESSAGE | {"data": "é"}},
        {"message": MESSAGE | {"data": 7}},
    ],
)
def test_a_malformed_message_is_acknowledged_and_logged(
    body: object, caplog: pytest.LogCaptureFixture
) -> None:
    def take(ports: Ports, message: PubSubMessage) -> None:
        raise AssertionError(message)

    answer = answer_push(a_push(body), NoPorts, take)

    assert answer.status_code == 200
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "message.invalid" in caplog.text


def test_a_push_that_ends_early_is_delivered_again(caplog: pytest.LogCaptureFixture) -> None:
    cut = an_envelope().environ
    cut |= {"CONTENT_LENGTH": str(int(cut["CONTENT_LENGTH"]) + 9), "wsgi.input_terminated": True}
    taken: list[PubSubMessage] = []

    answer = answer_push(Request(cut), NoPorts, lambda _, message: taken.append(message))

    assert (answer.status_code, taken) == (503, [])
    assert "ended early" in caplog.text


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (None, 200),
        (InvalidRequestError("Never."), 200),
        (RetryLaterError("Busy.", retry_after=timedelta(seconds=40)), 503),
        (ConflictError("Others were faster."), 503),
        (UnavailableError("Firestore is down."), 503),
        (StorageFullError("The disk is full."), 503),
        (StorageError("There is no index for this list."), 200),
        (ZeroDivisionError(), 500),
    ],
)
def test_the_status_acknowledges_the_message_or_has_it_delivered_again(
    error: Exception | None, expected: int
) -> None:
    assert status_of(error) == expected


def test_the_log_has_the_reason_of_a_503(caplog: pytest.LogCaptureFixture) -> None:
    status_of(UnavailableError("Pub/Sub denied access: pubsub.topics.publish is missing."))

    assert "pubsub.topics.publish is missing" in caplog.text


def test_a_message_that_is_given_up_is_an_error_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    status_of(StorageError("There is no index for this list."))

    (record,) = caplog.records
    assert (record.levelno, record.message) == (logging.ERROR, "message.given_up")


def test_only_a_post_is_a_push() -> None:
    with pytest.raises(MethodNotAllowed):
        answer_push(Request(EnvironBuilder().get_environ()), NoPorts, lambda *_: None)


@pytest.mark.parametrize("header", ["Origin", "Sec-Fetch-Site"])
def test_a_push_from_a_web_page_is_refused(header: str) -> None:
    """On a developer's machine no IAM protects the functions."""
    environ = an_envelope().environ | {f"HTTP_{header.upper().replace('-', '_')}": "null"}
    taken: list[PubSubMessage] = []

    with pytest.raises(Forbidden):
        answer_push(Request(environ), NoPorts, lambda _, message: taken.append(message))

    assert taken == []
