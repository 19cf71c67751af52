"""One request, however it is spelled, is paid once: submissions to Veo are counted."""

import codecs
import json
from collections.abc import Callable, Iterator

import pytest

from tests.functional.laptop import laptop_with_veo
from tests.functional.showreel import Answer, Json, Showreel
from tools.emulated_cloud.vertex.server import FakeVertex

Send = Callable[[Showreel, Json], Answer]


@pytest.fixture(scope="module")
def vertex() -> Iterator[FakeVertex]:
    """Its operations take longer than any test: a submission is what is paid."""
    with FakeVertex(seconds=3600) as vertex:
        yield vertex


@pytest.fixture(scope="module")
def laptop(vertex: FakeVertex, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showreel]:
    with laptop_with_veo(vertex, tmp_path_factory.mktemp("laptop")) as service:
        yield service


def as_json(service: Showreel, body: Json) -> Answer:
    return service.post("/v1/videos", body)


def as_marked_json(service: Showreel, body: Json) -> Answer:
    data = codecs.BOM_UTF8 + json.dumps(body, ensure_ascii=False).encode()
    return service.send("POST", "/v1/videos", data=data, content_type="application/json")


def as_form(service: Showreel, body: Json) -> Answer:
    """As browsers and Node send it: with CRLF for every line end."""
    texts = {
        name: str(value).replace("\n", "\r\n")
        for name, value in body.items()
        if name != "business_context"
    }
    entries = {
        f"business_context[{key}]": value for key, value in body.get("business_context", {}).items()
    }
    return service.send(
        "POST", "/v1/videos", data=texts | entries, content_type="multipart/form-data"
    )


SPELLINGS: dict[str, Json] = {
    "a\nb": {"prompt": "a\r\nb"},
    "a\nc": {"prompt": "a\rc"},
    "Caf\u00e9": {"prompt": "Cafe\u0301"},
    "5 k\u2126": {"prompt": "5 k\u03a9"},
    "a byte-order mark": {"prompt": "\ufeffa byte-order mark"},
    "a zero-width space": {"prompt": "a zero-width space\u200b \n"},
    "a word joiner": {"prompt": "a word\u2060 joiner"},
    "floats": {"seconds": 4.0, "fps": 24.0, "index": 0.0},
    "a number in a text": {"seconds": "4"},
    "a negative prompt": {"negative_prompt": "rain\r\nfog\u200b"},
    "a context": {"business_context": {"to\u200bne": " calm\u00ad"}},
}


def test_two_spellings_of_a_request_are_paid_once(laptop: Showreel, vertex: FakeVertex) -> None:
    paid, made = vertex.submissions, []
    for prompt, changes in SPELLINGS.items():
        one: Json = {
            "prompt": prompt,
            "seconds": 4,
            "negative_prompt": "rain\nfog",
            "business_context": {"tone": "calm"},
        }
        first, second = as_json(laptop, one), as_json(laptop, {**one, **changes})

        assert (first.status_code, second.status_code) == (202, 200), changes
        assert first.json["id"] == second.json["id"], changes
        made.append(first.json)

    for video in made:
        laptop.in_phase(video, "generating")
    assert vertex.submissions == paid + len(SPELLINGS)


def test_a_request_sent_in_any_way_is_paid_once(laptop: Showreel, vertex: FakeVertex) -> None:
    paid = vertex.submissions
    body = {
        "prompt": "one line\nand another",
        "seconds": 4,
        "business_context": {"tone": "calm"},
    }

    answers = [send(laptop, body) for send in (as_form, as_json, as_marked_json)]

    assert len({answer.json["id"] for answer in answers}) == 1
    video = laptop.in_phase(answers[0].json, "generating")
    assert video["prompt"] == "one line\r\nand another"
    assert vertex.submissions == paid + 1


def test_the_generator_gets_the_text_as_it_was_written(
    laptop: Showreel, vertex: FakeVertex
) -> None:
    written = "Cafe\u0301\r\nat\u2060 dawn"

    created = laptop.post("/v1/videos", {"prompt": written, "seconds": 4}).json
    laptop.in_phase(created, "generating")

    sent = vertex.asked("predictLongRunning")[-1].body
    assert sent["instances"][0]["prompt"] == written
