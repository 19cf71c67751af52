"""Large bodies are read a few at once, and copied as little as possible."""

import base64
import json
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Event

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from shared.adapters.media.picture_inspector import PillowPictureInspector
from shared.domain.inputs import MAX_INPUT_BYTES, Picture
from shared.http import large_bodies
from shared.http.api import respond
from tests.fakes.ports import FakePorts
from tests.pictures import a_picture
from tests.unit.http.calling import HOST, call

PATH = "/v1/videos/estimate"
BYTES = 3_000_000
ASKED = {"campaign_id": "spring", "prompt": "A kite"}


class HeldInspector:
    """Says of any bytes that they are a small picture, once it may."""

    def __init__(self) -> None:
        self.picture = PillowPictureInspector().inspect(a_picture())
        self.is_asked, self.may_answer = Event(), Event()

    def inspect(self, content: bytes) -> Picture:
        assert len(content) == BYTES
        self.is_asked.set()
        assert self.may_answer.wait(20)
        return self.picture


@pytest.fixture
def inspector(ports: FakePorts) -> Iterator[HeldInspector]:
    inspector = HeldInspector()
    ports.pictures = inspector  # type: ignore[assignment]
    yield inspector
    inspector.may_answer.set()


@pytest.fixture
def as_json(tmp_path: Path) -> Path:
    path = tmp_path / "body.json"
    uri = f"data:image/jpeg;base64,{base64.b64encode(bytes(BYTES)).decode()}"
    path.write_text(json.dumps({**ASKED, "image": uri}))
    return path


def send(ports: FakePorts, content: Path, content_type: str = "application/json") -> Response:
    builder = EnvironBuilder(path=PATH, method="POST", base_url=f"http://{HOST}")
    environ = builder.get_environ()
    with content.open("rb") as stream:
        environ["wsgi.input"] = stream
        environ["CONTENT_TYPE"] = content_type
        environ["CONTENT_LENGTH"] = str(content.stat().st_size)
        with Request(environ) as request:
            return respond(request, lambda: ports)


def test_a_large_body_waits_for_its_room_and_a_small_one_does_not(
    ports: FakePorts, inspector: HeldInspector, as_json: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_bodies, "ROOM_BYTES", 7_000_000)
    monkeypatch.setattr(large_bodies, "WAIT_SECONDS", 0.05)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send, ports, as_json)
        assert inspector.is_asked.wait(20)

        refused = send(ports, as_json)
        small = call(ports, "POST", PATH, ASKED)
        inspector.may_answer.set()

        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert small.status_code == 200
        assert first.result().status_code == 200
    assert send(ports, as_json).status_code == 200


def test_pictures_are_fetched_a_few_at_once(
    ports: FakePorts, inspector: HeldInspector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their bodies are small, and what is behind a URL may have 20 MB."""
    monkeypatch.setattr(large_bodies, "WAIT_SECONDS", 0.05)
    url = "https://example.com/cup.jpg"
    ports.web.pages[url] = bytes(BYTES)
    three = {**ASKED, "reference_images": [url] * 3}
    inputs = "/v1/campaigns/spring/inputs"
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(call, ports, "POST", PATH, three)
        assert inspector.is_asked.wait(20)

        refused = [
            call(ports, "POST", path, {**ASKED, "image": url, "last_frame": url})
            for path in (PATH, "/v1/videos")
        ]
        monkeypatch.setattr(large_bodies, "ROOM_BYTES", 3 * MAX_INPUT_BYTES)
        refused.append(call(ports, "POST", inputs, {"url": url}))
        without = call(ports, "POST", PATH, ASKED)
        inspector.may_answer.set()

        assert [each.status_code for each in refused] == [503] * 3
        assert without.status_code == 200
        assert first.result().status_code == 200
    assert len(ports.web.requests) == 3
    assert call(ports, "POST", inputs, {"url": url}).status_code == 201


@pytest.mark.parametrize("is_form", [False, True])
def test_a_picture_is_in_memory_little_more_than_twice(
    ports: FakePorts, inspector: HeldInspector, as_json: Path, tmp_path: Path, *, is_form: bool
) -> None:
    inspector.may_answer.set()
    content, content_type = as_json, "application/json"
    if is_form:
        builder = EnvironBuilder(
            method="POST", data={**ASKED, "image": (BytesIO(bytes(BYTES)), "cup.jpg")}
        )
        environ = builder.get_environ()
        content, content_type = tmp_path / "form", environ["CONTENT_TYPE"]
        with environ["wsgi.input"] as form:
            content.write_bytes(form.read())
    assert call(ports, "POST", PATH, ASKED).status_code == 200
    tracemalloc.start()

    answer = send(ports, content, content_type)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert peak < 2.5 * as_json.stat().st_size
