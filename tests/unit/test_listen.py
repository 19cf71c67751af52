"""What `make listen` answers and prints; tests/clients runs it against a server."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from shared.domain.webhook_signatures import secret_of, signed_headers
from tools.listen import Receiver

SECRET, OTHER = (secret_of(b"a key", "wh_1", generation) for generation in (1, 2))
BODY = json.dumps({"type": "video.failed", "data": {"id": "video_spring.1"}}).encode()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(0) as receiver:
        receiver.secret = SECRET
        serving = Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield receiver
        receiver.shutdown()
        serving.join()


def sent(receiver: Receiver, headers: Mapping[str, str], body: bytes = BODY) -> int:
    request = Request(f"http://127.0.0.1:{receiver.server_port}", body, dict(headers))
    try:
        with urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def signed(*secrets: str, at: datetime | None = None) -> dict[str, str]:
    return dict(signed_headers("evt_1", BODY, secrets, at=at or datetime.now(UTC)))


def test_what_is_signed_is_printed_and_a_repeat_is_marked(
    receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [sent(receiver, signed(SECRET)), sent(receiver, signed(OTHER, SECRET))] == [204, 204]

    printed = capsys.readouterr().out
    assert "video.failed evt_1: the signature is right\n" in printed
    assert "video.failed evt_1: the signature is right, again\n" in printed
    assert printed.count('"id": "video_spring.1"') == 2


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_request_that_is_no_webhook_is_refused(
    receiver: Receiver, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    headers = {key: value for key, value in signed(SECRET).items() if key != name}

    assert sent(receiver, headers) == 400
    assert "refused: a header of Standard Webhooks is missing\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("secret", "minutes", "body", "reason"),
    [
        (OTHER, 0, BODY, "the signature is wrong"),
        (SECRET, 0, BODY + b" ", "the signature is wrong"),
        (SECRET, 6, BODY, "it was signed at"),
    ],
    ids=["another secret", "another body", "long ago"],
)
def test_what_the_signature_does_not_cover_is_refused(
    capsys: pytest.CaptureFixture[str],
    receiver: Receiver,
    *,
    secret: str,
    minutes: int,
    body: bytes,
    reason: str,
) -> None:
    headers = signed(secret, at=datetime.now(UTC) - timedelta(minutes=minutes))

    assert sent(receiver, headers, body) == 400

    printed = capsys.readouterr().out
    assert f"refused: {reason}" in printed
    assert "video_spring.1" not in printed
