"""request_videos as it is deployed: a message does what POST /v1/campaigns/{c}/videos does."""

import codecs
import json
from dataclasses import replace
from typing import NoReturn

import pytest

from shared import bootstrap
from shared.domain.errors import UnavailableError
from tests.functional.pushes import a_message, push
from tests.functional.showreel import BOAT, KITE, Json, Showreel, function


@pytest.fixture
def worker(api: Showreel) -> Showreel:
    """request_videos beside `api`; no process takes videos forward."""
    return replace(api, app=function("request_videos"))


def asking(*prompts: str, message_id: str = "77", **fields: object) -> Json:
    body = {"campaign_id": "spring", "prompts": prompts, "seconds": 4, **fields}
    return a_message(json.dumps(body).encode(), message_id=message_id)


def videos(api: Showreel) -> list[Json]:
    return list(api.get("/v1/videos?campaign_id=spring&order=asc").json["data"])


def receipt(api: Showreel, message_id: str = "77") -> Json:
    return dict(json.loads(api.read(f"videos/requests/{message_id}.json")))


def test_a_message_creates_a_video_for_each_prompt(api: Showreel, worker: Showreel) -> None:
    assert push(worker, asking(KITE, BOAT, business_context={"tone": "Warm"})).status_code == 200

    made = [(video["index"], video["prompt"], video["business_context"]) for video in videos(api)]
    assert made == [(0, KITE, {"tone": "Warm"}), (1, BOAT, {"tone": "Warm"})]
    assert {video["priority"] for video in videos(api)} == {"bulk"}


def test_a_video_names_the_message_that_requested_it(api: Showreel, worker: Showreel) -> None:
    push(worker, asking(KITE, metadata={"order": "A-1"}))

    (video,) = videos(api)
    assert video["metadata"] == {"order": "A-1", "message_id": "77"}


def test_a_receipt_names_the_videos_of_its_message(api: Showreel, worker: Showreel) -> None:
    push(worker, asking(KITE))

    (video,) = videos(api)
    assert (receipt(api)["video_ids"], receipt(api)["error"]) == ([video["id"]], None)


def test_a_message_accepts_every_spelling_of_an_http_request(
    api: Showreel, worker: Showreel
) -> None:
    """With a byte-order mark, 4.0 for 4, and the line ends of Windows."""
    (video,) = api.create("spring", "Caf\u00e9\nat dawn")
    body = {"campaign_id": "spring", "prompts": ["Cafe\u0301\r\nat dawn"], "seconds": 4.0}
    data = codecs.BOM_UTF8 + json.dumps(body).encode()

    assert push(worker, a_message(data, message_id="78")).status_code == 200

    assert receipt(api, "78")["video_ids"] == [video["id"]]


def test_a_message_in_utf_16_is_rejected_with_its_encoding(api: Showreel, worker: Showreel) -> None:
    data = json.dumps({"campaign_id": "spring", "prompts": [KITE]}).encode("utf-16")

    assert push(worker, a_message(data, message_id="79")).status_code == 200

    assert "UTF-16" in receipt(api, "79")["error"]["message"]


def unavailable(*_: object, **__: object) -> NoReturn:
    raise UnavailableError("The store does not answer.")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"prompts": list("abcde")}, "campaign_video_limit"),
        ({"seconds": 5}, "unsupported_parameter"),
        ({"colour": "red"}, "invalid_request"),
        ({"campaign_id": None}, "invalid_request"),
    ],
)
def test_an_invalid_request_is_acknowledged_recorded_and_logged(
    api: Showreel,
    worker: Showreel,
    fields: Json,
    code: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert push(worker, asking(KITE, **fields)).status_code == 200

    assert receipt(api)["error"]["code"] == code
    announced = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [("request.rejected", "77", code)] == [
        (line["message"], line["message_id"], line["code"]) for line in announced
    ]
    assert videos(api) == []


@pytest.mark.parametrize("data", [None, b"", b"garbage", b"[]", b"\xff"])
def test_a_malformed_message_is_rejected_as_well(
    api: Showreel, worker: Showreel, data: bytes | None
) -> None:
    assert push(worker, a_message(data, message_id="77")).status_code == 200

    assert receipt(api)["error"]["code"] == "invalid_request"


def test_an_unresponsive_store_makes_pubsub_redeliver_the_message(
    api: Showreel, worker: Showreel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as fault:
        fault.setattr(bootstrap.ports().campaigns, "commit", unavailable)
        assert push(worker, asking(KITE)).status_code == 503
    assert videos(api) == []

    assert push(worker, asking(KITE)).status_code == 200
    assert len(videos(api)) == 1
