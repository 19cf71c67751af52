"""Idempotency-Key: the same request gets the same answer, and nothing is paid twice."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest

from shared import bootstrap
from shared.ports.object_store import PutMode
from tests.functional.places import ONLY_LOCAL, Place
from tests.functional.refusals import INVALID, assert_refused
from tests.functional.showreel import BOAT, GALLERY, KITE, Answer, Json, Showreel, served

KEY = "order-17"
REUSED = (422, "idempotency_key_reused")

A_VIDEO = {"prompt": KITE, "campaign_id": "spring", "seconds": 4, "metadata": {"a": "1", "b": "2"}}
SPENDING = ["create", "create all", "extend", "regenerate", "regenerate all"]


@pytest.fixture(params=SPENDING)
def request_(request: pytest.FixtureRequest, waiting_gallery: Showreel) -> tuple[str, Json]:
    """A path of each endpoint that can spend, and a body."""
    video = waiting_gallery.campaign(GALLERY)["slots"][1]["current"]
    requests: dict[str, tuple[str, Json]] = {
        "create": ("/v1/videos", {"prompt": "new", "campaign_id": GALLERY}),
        "create all": (f"/v1/campaigns/{GALLERY}/videos", {"prompts": [KITE, "new"]}),
        "extend": (f"/v1/videos/{video['id']}/extend", {"prompt": "It lands"}),
        "regenerate": (f"/v1/videos/{video['id']}/regenerate", {}),
        "regenerate all": (f"/v1/campaigns/{GALLERY}/regenerate", {}),
    }
    return requests[request.param]


def send(service: Showreel, path: str, body: Json, key: str = KEY) -> Answer:
    return service.send("POST", path, json=body, headers={"Idempotency-Key": key})


def create(service: Showreel, key: str = KEY, **changes: object) -> Answer:
    return send(service, "/v1/videos", {**A_VIDEO, **changes}, key)


def is_replayed(answer: Answer) -> bool:
    return answer.headers.get("Idempotency-Replayed") == "true"


def told(answer: Answer) -> tuple[int, bytes, Json]:
    """All that an answer says, but that it was given before."""
    headers = dict(answer.headers.items())
    for passing in ("Idempotency-Replayed", "Date"):
        headers.pop(passing, None)
    return answer.status_code, answer.data, headers


def videos(service: Showreel, campaign_id: str = "spring") -> list[Json]:
    return list(service.get(f"/v1/videos?campaign_id={campaign_id}&limit=100").json["data"])


def test_every_request_that_can_spend_is_answered_once(
    waiting_gallery: Showreel, request_: tuple[str, Json]
) -> None:
    first = send(waiting_gallery, *request_)
    made = videos(waiting_gallery, GALLERY)

    again = send(waiting_gallery, *request_)

    assert first.status_code == 202
    assert (is_replayed(first), is_replayed(again)) == (False, True)
    assert told(first) == told(again)
    assert made == videos(waiting_gallery, GALLERY)


def test_without_a_key_nothing_is_replayed(api: Showreel) -> None:
    answers = [api.post("/v1/videos", A_VIDEO) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 200]
    assert not any(map(is_replayed, answers))
    assert not any("requests" in path for path in api.files())


def test_a_replayed_answer_is_unchanged_after_its_video_has_changed(showreel: Showreel) -> None:
    first = create(showreel)
    showreel.ended(first.json)

    again = create(showreel)

    assert told(first) == told(again)
    assert again.json["status"] == "queued"


@pytest.mark.parametrize("changes", [{"prompt": BOAT}, {"seed": 7}, {"max_cost_usd": 9}])
def test_a_key_is_refused_with_another_body(api: Showreel, changes: Json) -> None:
    create(api)

    assert_refused(create(api, **changes), *REUSED)
    assert len(videos(api)) == 1


def test_a_key_is_refused_at_another_path(api: Showreel) -> None:
    body = {"prompts": [KITE]}
    send(api, "/v1/campaigns/spring/videos", body)

    assert_refused(send(api, "/v1/campaigns/autumn/videos", body), *REUSED)
    assert videos(api, "autumn") == []


@ONLY_LOCAL
@pytest.mark.parametrize(
    "said",
    [
        pytest.param(dict(reversed(A_VIDEO.items())), id="in another order"),
        pytest.param(
            {**A_VIDEO, "metadata": {"b": "2", "a": "1"}}, id="inner fields in another order"
        ),
        pytest.param({**A_VIDEO, "seed": None, "business_context": {}}, id="defaults sent"),
    ],
)
def test_the_same_request_may_be_spelled_differently(api: Showreel, said: Json) -> None:
    first = create(api)

    again = send(api, "/v1/videos/", said)

    assert is_replayed(again)
    assert told(first) == told(again)


@ONLY_LOCAL
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"seconds": "4"}, id="a number in a text"),
        pytest.param({"seconds": 4.0, "index": 0.0, "max_cost_usd": 9.50}, id="whole floats"),
        pytest.param({"prompt": "A red kite\r\nover dunes\u200b"}, id="line ends"),
        pytest.param({"metadata": {"a": "1\r\n", "b": "\ufeff2"}}, id="in metadata"),
        pytest.param({"max_cost_usd": "9.50", "fps": 24, "generate_audio": True}, id="defaults"),
    ],
)
def test_a_value_may_be_spelled_differently(api: Showreel, changes: Json) -> None:
    said = {**A_VIDEO, "prompt": "A red kite\nover dunes", "index": 0, "max_cost_usd": 9.5}
    first = send(api, "/v1/videos", said)

    again = send(api, "/v1/videos", said | changes)

    assert is_replayed(again), again.text
    assert told(first) == told(again)


def test_a_form_and_json_are_equal_requests(api: Showreel) -> None:
    said = {"prompt": "A red kite\nover dunes", "seconds": 4, "tags": ["a", "b"], "seed": 7}
    first = send(api, "/v1/videos", said)

    form = {"prompt": "A red kite\r\nover dunes", "seconds": "4", "seed": "7.0"}
    again = api.send(
        "POST",
        "/v1/videos",
        data=form | {"tags[]": ["a", "b"]},
        content_type="multipart/form-data",
        headers={"Idempotency-Key": KEY},
    )

    assert is_replayed(again), again.text
    assert told(first) == told(again)


@ONLY_LOCAL
def test_the_boundary_of_a_form_does_not_matter(api: Showreel) -> None:
    def send_form(boundary: str) -> Answer:
        parts = {"prompt": KITE, "campaign_id": "spring", "seconds": "4"}
        form = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        )
        return api.send(
            "POST",
            "/v1/videos",
            data=f"{form}--{boundary}--\r\n",
            content_type=f"multipart/form-data; boundary={boundary}",
            headers={"Idempotency-Key": KEY},
        )

    first, again = send_form("one"), send_form("another")

    assert first.status_code == 202
    assert is_replayed(again)
    assert told(first) == told(again)


@ONLY_LOCAL
@pytest.mark.parametrize("key", ["", " ", "a b", "a\tb", "\x7f", "\xe4", "k" * 256])
def test_an_invalid_key_is_refused(api: Showreel, key: str) -> None:
    answer = create(api, key=key)

    assert_refused(answer, *INVALID)
    assert answer.json["error"]["param"] == "Idempotency-Key"
    assert api.files() == set()


@ONLY_LOCAL
@pytest.mark.parametrize("key", ["../../x", '"8e03978e"', "!~", "k" * 255])
def test_any_visible_ascii_is_a_key_and_no_part_of_a_path(api: Showreel, key: str) -> None:
    first, again = create(api, key=key), create(api, key=key)

    assert told(first) == told(again)
    assert is_replayed(again)
    assert all(path.startswith("videos/") for path in api.files())


def test_a_request_that_spends_nothing_accepts_no_key(api: Showreel) -> None:
    for prompt in (KITE, BOAT):
        answer = send(api, "/v1/videos/estimate", {"prompt": prompt})

        assert answer.status_code == 200
        assert not is_replayed(answer)


@ONLY_LOCAL
@pytest.mark.parametrize("content", [b"", b"[]", b'{"status": 202}', b"\xff"])
def test_a_damaged_stored_answer_is_refused_and_creates_nothing(
    api: Showreel, content: bytes
) -> None:
    create(api)
    (path,) = [path for path in api.files() if re.fullmatch("videos/requests/[^/]+", path)]
    bootstrap.ports().objects.put(
        path, BytesIO(content), content_type="application/json", mode=PutMode.OVERWRITE
    )

    answer = create(api)

    assert (answer.status_code, answer.json["code"]) == (500, "storage_error")
    assert len(videos(api)) == 1


def test_of_concurrent_requests_with_different_bodies_one_is_carried_out(api: Showreel) -> None:
    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(lambda n: create(api, prompt=f"{n}"), range(8)))

    assert sorted(answer.status_code for answer in answers) == [202, *[422] * 7]
    assert len(videos(api)) == 1


def test_a_key_is_known_to_other_instances(place: Place) -> None:
    with served(place, delivering=False) as one:
        first = create(one)

    with served(place, delivering=False) as other:
        again = create(other)

        assert told(first) == told(again)
        assert is_replayed(again)
        assert len(videos(other)) == 1
