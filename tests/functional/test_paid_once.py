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


SPELLINGS = [
    pytest.param("a\nb", {"prompt": "a\r\nb"}, id="CRLF"),
    pytest.param("a\nc", {"prompt": "a\rc"}, id="CR"),
    pytest.param("Caf\u00e9", {"prompt": "Cafe\u0301"}, id="NFD"),
    pytest.param("5 k\u2126", {"prompt": "5 k\u03a9"}, id="ohm and omega"),
    pytest.param("a mark", {"prompt": "\ufeffa mark"}, id="byte-order mark"),
    pytest.param("a space", {"prompt": "a space\u200b \n"}, id="zero-width space"),
    pytest.param("a joiner", {"prompt": "a\u2060 joiner"}, id="word joiner"),
    pytest.param("floats", {"seconds": 4.0, "fps": 24.0, "index": 0.0}, id="4.0"),
    pytest.param("texts", {"seconds": "4"}, id="seconds in a text"),
    pytest.param("unwanted", {"negative_prompt": "rain\r\nfog\u200b"}, id="negative prompt"),
    pytest.param("context", {"business_context": {"to\u200bne": " calm\u00ad"}}, id="context"),
]


def both(prompt: str, changes: Json) -> tuple[Json, Json]:
    one = {
        "prompt": prompt,
        "seconds": 4,
        "negative_prompt": "rain\nfog",
        "business_context": {"tone": "calm"},
    }
    return one, {**one, **changes}


@pytest.mark.parametrize(("prompt", "changes"), SPELLINGS)
def test_two_spellings_of_a_request_are_paid_once(
    laptop: Showreel, vertex: FakeVertex, prompt: str, changes: Json
) -> None:
    paid = vertex.submissions
    one, other = both(prompt, changes)

    first, second = as_json(laptop, one), as_json(laptop, other)

    assert (first.status_code, second.status_code) == (202, 200), second.text
    assert first.json["id"] == second.json["id"]
    laptop.in_phase(first.json, "generating")
    assert vertex.submissions == paid + 1


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
