"""Webhooks as callers and receivers meet them."""

from collections.abc import Iterator
from datetime import datetime
from time import time

import pytest
from openai import OpenAI
from standardwebhooks import Webhook as Verifier

from tests.eventually import eventually
from tests.functional.refusals import assert_refused
from tests.functional.showreel import KITE, Json, Showreel
from tests.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as found:
        yield found


@pytest.fixture
def family() -> str:
    """One test is of the emulated cloud, where a function delivers."""
    return "local"


def register(showreel: Showreel, url: str, **fields: object) -> Json:
    answer = showreel.post("/v1/webhooks", {"url": url, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def deliveries(showreel: Showreel, webhook: Json, query: str = "") -> list[Json]:
    return list(showreel.get(f"/v1/webhooks/{webhook['id']}/deliveries{query}").json["data"])


def test_the_end_of_a_video_is_sent_within_a_second_as_both_libraries_verify_it(
    showreel: Showreel, receiver: Receiver
) -> None:
    webhook = register(showreel, receiver.url, events=["video.completed"])
    (kite,) = showreel.create("spring", KITE)
    showreel.ended(kite)
    ((headers, body, arrived_at),) = eventually(lambda: receiver.got)

    openai = OpenAI(api_key="none", webhook_secret=webhook["secret"])
    unwrapped = openai.webhooks.unwrap(body, headers)
    verified = Verifier(webhook["secret"]).verify(body, headers)

    (event,) = showreel.get("/v1/events").json["data"]
    assert verified == event
    assert (unwrapped.type, unwrapped.id) == ("video.completed", event["id"])
    assert headers["webhook-id"] == event["id"]
    committed_at = datetime.fromisoformat(event["timestamp"]).timestamp()
    assert arrived_at - committed_at < 1

    done = eventually(lambda: deliveries(showreel, webhook, "?status=delivered"))
    assert (
        done[0].items()
        >= {
            "id": event["id"],
            "object": "webhook.delivery",
            "webhook_id": webhook["id"],
            "event": event,
            "tries": 1,
            "due_at": None,
            "response_status": 200,
            "response_body": "thank you",
            "error": None,
        }.items()
    )


@pytest.mark.parametrize("family", ["emulated"])
def test_the_function_of_a_cloud_sends_what_both_libraries_verify(
    showreel: Showreel, receiver: Receiver
) -> None:
    receiver.statuses = [503]
    webhook = register(showreel, receiver.url, events=["video.completed"], campaign_id="spring")
    path = f"/v1/webhooks/{webhook['id']}/deliveries"
    (kite,) = showreel.create("spring", KITE)
    showreel.ended(kite)
    (refused,) = eventually(
        lambda: [each for each in deliveries(showreel, webhook) if each["response_status"]]
    )
    assert (refused["status"], refused["response_status"]) == ("pending", 503)

    showreel.post(f"{path}/{refused['id']}/redeliver")
    eventually(lambda: deliveries(showreel, webhook, "?status=delivered"))

    (_, first, _), (headers, body, _) = receiver.got[:2]
    unwrapped = OpenAI(api_key="none", webhook_secret=webhook["secret"]).webhooks.unwrap(
        body, headers
    )
    assert (unwrapped.type, unwrapped.id) == ("video.completed", refused["id"])
    assert Verifier(webhook["secret"]).verify(body, headers)["data"]["id"] == kite["id"]
    assert first == body


def test_a_webhook_is_registered_read_changed_and_deleted(
    showreel: Showreel, receiver: Receiver
) -> None:
    answer = showreel.post("/v1/webhooks", {"url": receiver.url, "campaign_id": "spring"})
    registered = answer.json
    secret = registered.pop("secret")
    path = f"/v1/webhooks/{registered['id']}"

    assert answer.headers["Location"].endswith(path)
    assert secret.startswith("whsec_")
    assert (
        registered.items()
        >= {
            "object": "webhook",
            "url": receiver.url,
            "events": None,
            "campaign_id": "spring",
            "status": "active",
            "disabled_reason": None,
            "previous_secret_until": None,
            "requested_by": None,
        }.items()
    )
    assert showreel.get(path).json == registered
    assert showreel.get("/v1/webhooks").json["data"] == [registered]

    changed = showreel.send("PATCH", path, json={"events": ["video.failed"], "status": "paused"})
    assert changed.json == {**registered, "events": ["video.failed"], "status": "paused"}
    assert showreel.send("PATCH", path, json={}).json == changed.json
    assert_refused(showreel.send("PATCH", path, json={"events": []}), 400, "invalid_request")

    assert showreel.delete(path).json == {
        "id": registered["id"],
        "object": "webhook.deleted",
        "deleted": True,
    }
    assert showreel.get("/v1/webhooks").json["data"] == []
    for method, tail in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/test"),
        ("POST", "/rotate"),
        ("GET", "/deliveries"),
        ("POST", f"/deliveries/evt_{0:032x}/redeliver"),
    ):
        assert_refused(showreel.send(method, f"{path}{tail}"), 404, "not_found")


def test_a_webhook_is_tested_and_the_answer_shown_and_sent_again(
    showreel: Showreel, receiver: Receiver
) -> None:
    webhook = register(showreel, receiver.url)
    path = f"/v1/webhooks/{webhook['id']}"
    receiver.statuses = [500]

    tried = showreel.post(f"{path}/test").json
    assert (tried["status"], tried["response_status"]) == ("failed", 500)
    assert tried["event"]["type"] == "webhook.test"
    assert deliveries(showreel, webhook) == [tried]

    again = showreel.post(f"{path}/deliveries/{tried['id']}/redeliver").json
    assert (again["status"], again["tries"]) == ("pending", 0)
    eventually(lambda: deliveries(showreel, webhook, "?status=delivered"))
    first, second = receiver.got
    assert first[1] == second[1]
    assert first[0]["webhook-id"] == second[0]["webhook-id"] == tried["id"]


def test_both_secrets_sign_after_a_rotation(showreel: Showreel, receiver: Receiver) -> None:
    webhook = register(showreel, receiver.url)
    path = f"/v1/webhooks/{webhook['id']}"
    rotated = showreel.post(f"{path}/rotate").json
    showreel.post(f"{path}/test")

    ((headers, body, _),) = receiver.got
    assert rotated["secret"] != webhook["secret"]
    for secret in (webhook["secret"], rotated["secret"]):
        assert Verifier(secret).verify(body, headers)
    assert rotated["previous_secret_until"] > time()
    assert_refused(showreel.post(f"{path}/rotate"), 409, "wrong_state")


def test_no_record_and_no_log_holds_a_secret(
    showreel: Showreel, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        webhook = register(showreel, receiver.url)
        showreel.post(f"/v1/webhooks/{webhook['id']}/test")
        eventually(lambda: receiver.got)

    secret = webhook["secret"].removeprefix("whsec_")
    stored = b"".join(file.read_bytes() for file in showreel.folder.glob(".records.*"))
    assert webhook["id"].encode() in stored
    assert secret.encode() not in stored
    assert secret not in caplog.text
    assert all(secret not in str(vars(record)) for record in caplog.records)


@pytest.mark.parametrize(
    ("body", "code", "param", "says"),
    [
        ({}, "invalid_request", "url", "url"),
        ({"url": "no URL"}, "invalid_url", "url", ""),
        ({"url": "ftp://localhost/"}, "invalid_url", "url", "https://"),
        ({"url": "http://example.com/"}, "invalid_url", "url", "https://"),
        ({"url": "https://10.0.0.1/"}, "invalid_url", "url", "public address"),
        ({"url": "http://localhost/" + 2048 * "x"}, "invalid_request", "url", "2,048"),
        (
            {"url": "http://localhost/", "events": ["video.made"]},
            "invalid_request",
            "events",
            "video.completed",
        ),
        ({"url": "http://localhost/", "events": ["webhook.test"]}, "invalid_request", "events", ""),
        ({"url": "http://localhost/", "events": []}, "invalid_request", "events", "null for all"),
        ({"url": "http://localhost/", "campaign_id": "/"}, "invalid_request", "campaign_id", ""),
        ({"url": "http://localhost/", "secret": "mine"}, "invalid_request", "secret", ""),
    ],
)
def test_what_cannot_be_registered_is_refused(
    showreel: Showreel, body: Json, code: str, param: str, says: str
) -> None:
    answer = showreel.post("/v1/webhooks", body)

    assert_refused(answer, 400, code)
    assert answer.json["error"]["param"] == param
    assert says in answer.json["detail"]


def test_one_url_is_registered_once_for_a_campaign_and_a_hundred_in_all(
    showreel: Showreel, receiver: Receiver
) -> None:
    first = register(showreel, receiver.url)
    register(showreel, receiver.url, campaign_id="spring")

    again = showreel.post("/v1/webhooks", {"url": receiver.url})
    assert_refused(again, 409, "rejected")
    assert first["id"] in again.json["detail"]
    same = receiver.url.replace("http", "HTTP").replace("localhost", "LocalHost") + "#top"
    assert_refused(showreel.post("/v1/webhooks", {"url": same}), 409, "rejected")

    for number in range(98):
        register(showreel, f"{receiver.url}/{number}")
    assert_refused(showreel.post("/v1/webhooks", {"url": f"{receiver.url}/x"}), 422, "rejected")


def test_nothing_is_listed_after_an_event_that_was_not_delivered_or_of_another_status(
    showreel: Showreel, receiver: Receiver
) -> None:
    path = f"/v1/webhooks/{register(showreel, receiver.url)['id']}/deliveries"

    assert_refused(showreel.get(f"{path}?after=evt_{0:032x}"), 404, "not_found")
    assert_refused(showreel.get(f"{path}?status=open"), 400, "invalid_request")
