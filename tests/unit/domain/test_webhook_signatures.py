"""What is signed here is verified with the libraries that receivers use."""

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest
from openai import InvalidWebhookSignatureError, OpenAI
from standardwebhooks import Webhook, WebhookVerificationError

from shared.domain.webhook_signatures import secret_of, signed_headers

KEY = b"the installation's key"
SECRET = secret_of(KEY, "wh_1", 1)
BODY = json.dumps(
    {
        "id": "evt_1",
        "object": "event",
        "type": "video.completed",
        "created_at": 1,
        "data": {"id": "v"},
    }
).encode()


def headers(*secrets: str, at: datetime | None = None) -> dict[str, str]:
    return dict(signed_headers("evt_1", BODY, secrets, at=at or datetime.now(UTC)))


def test_receivers_verify_a_body_with_their_libraries() -> None:
    found = headers(SECRET)

    assert Webhook(SECRET).verify(BODY, found) == json.loads(BODY)
    event = OpenAI(api_key="-", webhook_secret=SECRET).webhooks.unwrap(BODY, found)
    assert (event.type, event.id) == ("video.completed", "evt_1")


@pytest.mark.parametrize(
    "other", [secret_of(KEY, "wh_2", 1), secret_of(KEY, "wh_1", 2), secret_of(b"k", "wh_1", 1)]
)
def test_each_webhook_generation_and_key_has_another_secret(other: str) -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(BODY, headers(SECRET))


def test_an_old_signature_is_refused() -> None:
    old = headers(SECRET, at=datetime.now(UTC) - timedelta(minutes=6))

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY, old)
    with pytest.raises(InvalidWebhookSignatureError):
        OpenAI(api_key="-", webhook_secret=SECRET).webhooks.unwrap(BODY, old)


def test_a_secret_has_the_form_that_libraries_expect() -> None:
    assert secret_of(KEY, "wh_1", 1) == SECRET
    assert len(b64decode(SECRET.removeprefix("whsec_"))) == 32
