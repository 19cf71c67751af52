"""The stand-in for Vertex AI answers as the real one is known to."""

import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.error import HTTPError

import pytest

from shared.adapters.media.clip_inspector import PyAVClipInspector
from tests.eventually import eventually
from tools.emulated_cloud.vertex.clips import prompted_clip
from tools.emulated_cloud.vertex.endings import Ending
from tools.emulated_cloud.vertex.server import POLL, SUBMIT, FakeVertex

MODEL = "projects/p/locations/us-central1/publishers/google/models/veo-3.1-generate-001"
SHORT = {"durationSeconds": 4, "storageUri": "gs://bucket/attempts/1/"}
NO_CLIP = "AAAA"
TOKEN = {"Authorization": "Bearer token"}

Json = dict[str, Any]


@pytest.fixture
def bucket() -> dict[str, bytes]:
    return {}


@pytest.fixture
def vertex(bucket: dict[str, bytes]) -> Iterator[FakeVertex]:
    """Writes into `bucket`, and finishes on the second poll."""
    with FakeVertex(polls=1, write_clip=bucket.__setitem__) as running:
        yield running


def ask(vertex: FakeVertex, path: str, body: object, headers: Json | None = None) -> Json:
    data = None if body is None else json.dumps(body).encode()
    sent = TOKEN if headers is None else headers
    request = urllib.request.Request(f"{vertex.url}/v1/{path}", data=data, headers=sent)
    with urllib.request.urlopen(request) as response:
        return dict(json.load(response))


def submit(vertex: FakeVertex, prompt: str = "A kite", **parameters: object) -> str:
    given = {key: value for key, value in (SHORT | parameters).items() if value is not None}
    body = {"instances": [{"prompt": prompt}], "parameters": given}
    return str(ask(vertex, f"{MODEL}{SUBMIT}", body)["name"])


def extending(**video: str) -> Json:
    return {"instances": [{"prompt": "x", "video": {"mimeType": "video/mp4", **video}}]}


def poll(vertex: FakeVertex, name: str) -> Json:
    return ask(vertex, f"{MODEL}{POLL}", {"operationName": name})


def done(vertex: FakeVertex, name: str) -> Json:
    def found() -> Json | None:
        answer = poll(vertex, name)
        return answer if answer.get("done") else None

    return eventually(found)


def test_an_operation_runs_and_then_names_its_clip(
    vertex: FakeVertex, bucket: dict[str, bytes]
) -> None:
    name = submit(vertex)

    running, ended = poll(vertex, name), poll(vertex, name)

    assert re.fullmatch(rf"{MODEL}/operations/[0-9a-f-]{{36}}", name)
    assert {"name": name} == running
    [uri] = bucket
    assert re.fullmatch(r"gs://bucket/attempts/1/\d+/sample_0\.mp4", uri)
    assert ended["response"]["videos"] == [{"gcsUri": uri, "mimeType": "video/mp4"}]


def test_an_operation_finishes_without_being_polled(bucket: dict[str, bytes]) -> None:
    with FakeVertex(seconds=0.01, write_clip=bucket.__setitem__) as vertex:
        submit(vertex)

        eventually(lambda: bucket)

        assert [request.path for request in vertex.requests] == [f"/v1/{MODEL}{SUBMIT}"]


@pytest.mark.parametrize(("shape", "size"), [("16:9", (1280, 720)), ("9:16", (720, 1280))])
def test_clips_are_real_and_match_the_request(
    vertex: FakeVertex, bucket: dict[str, bytes], shape: str, size: tuple[int, int]
) -> None:
    done(vertex, submit(vertex, aspectRatio=shape, generateAudio=False))

    facts = PyAVClipInspector().inspect(BytesIO(next(iter(bucket.values())))).facts
    assert size == (facts.width, facts.height)
    assert facts.duration_seconds == pytest.approx(4, abs=0.1)
    assert facts.audio_codec is None


def test_the_same_prompt_and_seed_make_the_same_clip() -> None:
    first, again, other = (
        prompted_clip("A kite", {"durationSeconds": 4, "seed": seed}) for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other


def test_several_samples_are_several_clips(vertex: FakeVertex, bucket: dict[str, bytes]) -> None:
    done(vertex, submit(vertex, sampleCount=2))

    assert [uri.rpartition("/")[2] for uri in bucket] == ["sample_0.mp4", "sample_1.mp4"]


def test_without_a_storage_uri_the_clip_is_in_the_answer(vertex: FakeVertex) -> None:
    ended = done(vertex, submit(vertex, storageUri=None))

    [video] = ended["response"]["videos"]
    assert video.keys() == {"bytesBase64Encoded", "mimeType"}


def test_a_bucket_that_cannot_be_written_ends_the_operation() -> None:
    with FakeVertex() as vertex:
        ended = done(vertex, submit(vertex))

    assert ended["error"]["code"] == 7


def test_a_filtered_operation_has_no_list_of_videos(vertex: FakeVertex) -> None:
    ended = done(vertex, submit(vertex, f"A kite [{Ending.FILTERED}]"))

    assert "videos" not in ended["response"]
    assert ended["response"]["raiMediaFilteredCount"] == 1


@pytest.mark.parametrize(
    ("path", "body", "headers", "refusal"),
    [
        (f"{MODEL}{SUBMIT}", {"instances": [{"prompt": "x"}]}, {}, "401 UNAUTHENTICATED"),
        (f"{MODEL}-x{SUBMIT}", {"instances": [{"prompt": "x"}]}, TOKEN, "404 NOT_FOUND"),
        (f"{MODEL}{POLL}", {"operationName": f"{MODEL}/operations/1"}, TOKEN, "404 NOT_FOUND"),
        (f"{MODEL}{POLL}", {"operationName": "operations/1"}, TOKEN, "400 INVALID_ARGUMENT"),
        (f"{MODEL}/operations/1", None, TOKEN, "404 NOT_FOUND"),
        (f"{MODEL}{SUBMIT}", {}, TOKEN, "400 INVALID_ARGUMENT"),
        (f"{MODEL}{SUBMIT}", [], TOKEN, "400 INVALID_ARGUMENT"),
        (f"{MODEL}{SUBMIT}", {"instances": [{}]}, TOKEN, "400 INVALID_ARGUMENT"),
        (f"{MODEL}{SUBMIT}", extending(gcsUri="gs://bucket/1.mp4"), TOKEN, "404 NOT_FOUND"),
        (f"{MODEL}{SUBMIT}", extending(gcsUri="https://x/1.mp4"), TOKEN, "400 INVALID_ARGUMENT"),
        (f"{MODEL}{SUBMIT}", extending(bytesBase64Encoded=NO_CLIP), TOKEN, "400 INVALID_ARGUMENT"),
        (
            f"{MODEL}{SUBMIT}",
            extending(gcsUri="gs://bucket/1.mp4", mimeType="video/webm"),
            TOKEN,
            "400 INVALID_ARGUMENT",
        ),
        (
            f"{MODEL}{SUBMIT}",
            extending(gcsUri="gs://bucket/1.mp4") | {"parameters": {"durationSeconds": 8}},
            TOKEN,
            "400 INVALID_ARGUMENT",
        ),
    ],
)
def test_invalid_requests_are_refused_with_googles_status(
    vertex: FakeVertex, path: str, body: object, headers: Json, refusal: str
) -> None:
    with pytest.raises(HTTPError) as raised:
        ask(vertex, path, body, headers)

    with raised.value as answer:
        assert refusal == f"{answer.code} {json.load(answer)['error']['status']}"
    assert vertex.submissions == 0


@pytest.mark.parametrize(
    "parameters",
    [
        {"durationSeconds": 5},
        {"durationSeconds": 4, "resolution": "1080p"},
        {"sampleCount": 5},
        {"aspectRatio": "1:1"},
        {"personGeneration": "allow_all"},
        {"seed": -1},
        {"storageUri": "videos/"},
    ],
)
def test_unsupported_parameters_are_refused(vertex: FakeVertex, parameters: Json) -> None:
    with pytest.raises(HTTPError) as raised:
        submit(vertex, **parameters)

    with raised.value as answer:
        assert answer.code == 400


def test_every_accepted_submission_is_counted_once(vertex: FakeVertex) -> None:
    threads = [threading.Thread(target=submit, args=(vertex,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert vertex.submissions == 20
    assert len(vertex.asked(SUBMIT)) == 20


def test_submissions_beyond_the_quota_of_a_minute_are_refused() -> None:
    with FakeVertex(quota=2) as vertex:
        submit(vertex)
        submit(vertex)
        with pytest.raises(HTTPError) as raised:
            submit(vertex)

    with raised.value as answer:
        assert (answer.code, json.load(answer)["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert vertex.submissions == 2
