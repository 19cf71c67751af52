"""Idempotency-Key: the same request gets the same answer, and nothing is paid twice."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest

from shared import bootstrap
from shared.domain.errors import UnavailableError
from shared.ports.object_store import PutMode
from tests.functional.places import ONLY_LOCAL, Place
from tests.functional.refusals import INVALID, assert_refused
from tests.functional.showreel import BOAT, GALLERY, KITE, Answer, Json, Showreel, served

KEY = "order-17"
REUSED = (422, "idempotency_key_reused")

A_VIDEO = {"prompt": KITE, "campaign_id": "spring", "seconds": 4, "metadata": {"a": "1", "b": "2"}}
SPENDING = ["create", "create all", "extend", "regenerate", "regenerate all"]


@pytest.fixture
def waiting(place: Place) -> Iterator[Showreel]:
    """A service whose videos no process takes forward."""
    with served(place, delivering=False) as service:
        yield service


@pytest.fixture
def waiting_gallery(gallery_copy: Place) -> Iterator[Showreel]:
    with served(gallery_copy, delivering=False) as service:
        yield service


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


def test_without_a_key_nothing_is_replayed(waiting: Showreel) -> None:
    answers = [waiting.post("/v1/videos", A_VIDEO) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 200]
    assert not any(map(is_replayed, answers))
    assert not any("requests" in path for path in waiting.files())


def test_a_replayed_answer_is_unchanged_after_its_video_has_changed(showreel: Showreel) -> None:
    first = create(showreel)
    showreel.ended(first.json)

    again = create(showreel)

    assert told(first) == told(again)
    assert again.json["status"] == "queued"


def test_a_finished_regeneration_is_not_repeated(gallery: Showreel) -> None:
    """Without a key, each of two regenerations that follow each other is paid."""
    path = f"/v1/videos/{gallery.campaign(GALLERY)['slots'][1]['current']['id']}/regenerate"
    first = send(gallery, path, {})
    gallery.ended(first.json)
    spent = gallery.campaign(GALLERY)["money"]

    again = send(gallery, path, {})

    assert told(first) == told(again)
    assert gallery.campaign(GALLERY)["money"] == spent


def test_an_answer_from_the_cache_is_repeated_as_well(gallery: Showreel) -> None:
    body = {"prompt": BOAT, "seconds": 4, "campaign_id": GALLERY}

    first, again = (send(gallery, "/v1/videos", body) for _ in range(2))

    assert (first.status_code, first.json["outcome"]) == (200, "cache_hit")
    assert told(first) == told(again)
    assert is_replayed(again)


@pytest.mark.parametrize("changes", [{"prompt": BOAT}, {"seed": 7}, {"max_cost_usd": 9}])
def test_a_key_is_refused_with_another_body(waiting: Showreel, changes: Json) -> None:
    create(waiting)

    assert_refused(create(waiting, **changes), *REUSED)
    assert len(videos(waiting)) == 1


def test_a_key_is_refused_at_another_path(waiting: Showreel) -> None:
    body = {"prompts": [KITE]}
    send(waiting, "/v1/campaigns/spring/videos", body)

    assert_refused(send(waiting, "/v1/campaigns/autumn/videos", body), *REUSED)
    assert videos(waiting, "autumn") == []


def test_two_keys_are_two_requests(waiting: Showreel) -> None:
    first, second = create(waiting), create(waiting, key="order-18")

    assert (first.json["outcome"], second.json["outcome"]) == ("created", "attached")


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
def test_the_same_request_may_be_spelled_differently(waiting: Showreel, said: Json) -> None:
    first = create(waiting)

    again = send(waiting, "/v1/videos/", said)

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
def test_a_value_may_be_spelled_differently(waiting: Showreel, changes: Json) -> None:
    said = {**A_VIDEO, "prompt": "A red kite\nover dunes", "index": 0, "max_cost_usd": 9.5}
    first = send(waiting, "/v1/videos", said)

    again = send(waiting, "/v1/videos", said | changes)

    assert is_replayed(again), again.text
    assert told(first) == told(again)


def test_a_form_and_json_are_equal_requests(waiting: Showreel) -> None:
    said = {"prompt": "A red kite\nover dunes", "seconds": 4, "tags": ["a", "b"], "seed": 7}
    first = send(waiting, "/v1/videos", said)

    form = {"prompt": "A red kite\r\nover dunes", "seconds": "4", "seed": "7.0"}
    again = waiting.send(
        "POST",
        "/v1/videos",
        data=form | {"tags[]": ["a", "b"]},
        content_type="multipart/form-data",
        headers={"Idempotency-Key": KEY},
    )

    assert is_replayed(again), again.text
    assert told(first) == told(again)


@ONLY_LOCAL
def test_the_boundary_of_a_form_does_not_matter(waiting: Showreel) -> None:
    def send_form(boundary: str) -> Answer:
        parts = {"prompt": KITE, "campaign_id": "spring", "seconds": "4"}
        form = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        )
        return waiting.send(
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
def test_an_invalid_key_is_refused(waiting: Showreel, key: str) -> None:
    answer = create(waiting, key=key)

    assert_refused(answer, *INVALID)
    assert answer.json["error"]["param"] == "Idempotency-Key"
    assert waiting.files() == set()


@pytest.mark.parametrize("key", ["../../x", '"8e03978e"', "!~", "k" * 255])
def test_any_visible_ascii_is_a_key_and_no_part_of_a_path(waiting: Showreel, key: str) -> None:
    first, again = create(waiting, key=key), create(waiting, key=key)

    assert told(first) == told(again)
    assert is_replayed(again)
    assert all(path.startswith("videos/") for path in waiting.files())


def test_a_request_that_spends_nothing_accepts_no_key(waiting: Showreel) -> None:
    for prompt in (KITE, BOAT):
        answer = send(waiting, "/v1/videos/estimate", {"prompt": prompt})

        assert answer.status_code == 200
        assert not is_replayed(answer)


def test_a_refusal_is_not_replayed(waiting: Showreel) -> None:
    (former,) = waiting.create("spring", BOAT)
    refused = create(waiting, index=0)
    waiting.post(f"/v1/videos/{former['id']}/cancel")

    accepted = create(waiting, index=0)

    assert (refused.status_code, accepted.status_code) == (409, 202)
    assert not is_replayed(accepted)


def test_a_lost_answer_is_rebuilt_after_its_videos_have_ended(
    waiting_gallery: Showreel, request_: tuple[str, Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {video["id"] for video in videos(waiting_gallery, GALLERY)}
    with monkeypatch.context() as fault:
        lose_answers(fault)
        assert send(waiting_gallery, *request_).status_code == 503
    made = {video["id"] for video in videos(waiting_gallery, GALLERY)} - before
    for video_id in made:
        waiting_gallery.post(f"/v1/videos/{video_id}/cancel")

    answer = send(waiting_gallery, *request_)

    assert answer.status_code == 202
    assert made == created_by(answer)
    assert made == {video["id"] for video in videos(waiting_gallery, GALLERY)} - before
    assert told(answer) == told(send(waiting_gallery, *request_))


@pytest.mark.parametrize("content", [b"", b"[]", b'{"status": 202}', b"\xff"])
def test_a_damaged_stored_answer_is_refused_and_creates_nothing(
    waiting: Showreel, content: bytes
) -> None:
    create(waiting)
    (path,) = [path for path in waiting.files() if re.fullmatch("videos/requests/[^/]+", path)]
    bootstrap.ports().objects.put(
        path, BytesIO(content), content_type="application/json", mode=PutMode.OVERWRITE
    )

    answer = create(waiting)

    assert (answer.status_code, answer.json["code"]) == (500, "storage_error")
    assert len(videos(waiting)) == 1


def lose_answers(fault: pytest.MonkeyPatch) -> None:
    """As a process that dies between its commit and its answer."""
    objects = bootstrap.ports().objects
    put = objects.put

    def put_claims_only(path: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        if "/requests/" in path and "/claims/" not in path:
            raise UnavailableError("The store does not answer.")
        put(path, *args, **kwargs)

    fault.setattr(objects, "put", put_claims_only)


def created_by(answer: Answer) -> set[str]:
    data = answer.json.get("data", [answer.json])
    return {video["id"] for video in data if video["outcome"] == "created"}


def test_concurrent_repeats_get_one_answer(
    waiting_gallery: Showreel, request_: tuple[str, Json]
) -> None:
    before = len(videos(waiting_gallery, GALLERY))

    with ThreadPoolExecutor(20) as callers:
        answers = list(callers.map(lambda _: send(waiting_gallery, *request_), range(20)))

    assert [told(answers[0])] * 20 == [told(answer) for answer in answers]
    assert answers[0].status_code == 202
    assert [is_replayed(answer) for answer in answers].count(False) == 1
    assert len(videos(waiting_gallery, GALLERY)) == before + len(created_by(answers[0]))


def test_of_concurrent_requests_with_different_bodies_one_is_carried_out(waiting: Showreel) -> None:
    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(lambda n: create(waiting, prompt=f"{n}"), range(8)))

    assert sorted(answer.status_code for answer in answers) == [202, *[422] * 7]
    assert len(videos(waiting)) == 1


def test_a_key_is_known_to_other_instances(place: Place) -> None:
    with served(place, delivering=False) as one:
        first = create(one)

    with served(place, delivering=False) as other:
        again = create(other)

        assert told(first) == told(again)
        assert is_replayed(again)
        assert len(videos(other)) == 1
