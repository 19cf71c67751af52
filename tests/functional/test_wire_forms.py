"""Each wire form of production, posted to the functions as deployed: one process for each."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pytest

from shared import bootstrap
from shared.domain.storage_layout import CURSOR, attempt_prefix
from tests.functional.cloud_place import CloudPlace
from tests.functional.places import Place
from tests.functional.pushes import a_message, an_envelope
from tests.functional.showreel import KITE, Json, Showreel, served
from tools.emulated_cloud.function_process import FunctionProcess
from tools.emulated_cloud.vertex.clips import plain_clip

# The headers of a push subscription with authentication.
HEADERS = {
    "Content-Type": "application/json",
    "Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
    "User-Agent": "CloudPubSub-Google",
    "From": "noreply@google.com",
    "X-Cloud-Trace-Context": "0123456789abcdef0123456789abcdef/1;o=1",
}


@pytest.fixture
def family() -> str:
    """The local queue calls use cases and has no wire form."""
    return "emulated"


@pytest.fixture
def functions(place: Place, tmp_path: Path) -> Iterator[Mapping[str, FunctionProcess]]:
    """No topic has a subscription: the test alone delivers messages."""
    environment = {**place.environment, "SYNTHETIC_SECONDS": "0"}
    targets = ("request_videos", "generate_video", "maintain_campaigns")
    with ExitStack() as stack:
        processes = {
            target: stack.enter_context(
                FunctionProcess(target, environment=environment, home=tmp_path / target)
            )
            for target in targets
        }
        assert all(process.wait_until_ready() for process in processes.values())
        yield processes


def post(function: FunctionProcess, message: Json) -> int:
    body = json.dumps(an_envelope(message)).encode()
    request = urllib.request.Request(function.url, body, HEADERS, method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return int(answer.status)


def a_notification(place: CloudPlace, path: str) -> Json:
    """Announce an object as Cloud Storage does, with its resource as the data."""
    bucket = place.project.bucket.name
    resource = {"kind": "storage#object", "name": path, "bucket": bucket, "size": "1"}
    attributes = {
        "bucketId": bucket,
        "eventTime": "2026-11-22T10:00:00.101000Z",
        "eventType": "OBJECT_FINALIZE",
        "notificationConfig": f"projects/_/buckets/{bucket}/notificationConfigs/1",
        "objectGeneration": "1",
        "objectId": path,
        "payloadFormat": "JSON_API_V1",
    }
    return a_message(json.dumps(resource).encode(), attributes=attributes)


def the_video(api: Showreel) -> Json:
    (video,) = api.get("/v1/videos?campaign_id=spring").json["data"]
    return dict(video)


def test_deployed_functions_accept_each_wire_form_from_request_to_clip(
    place: CloudPlace, functions: Mapping[str, FunctionProcess]
) -> None:
    request = {"campaign_id": "spring", "prompts": [KITE], "seconds": 4}
    with served(place, delivering=False) as api:
        assert post(functions["request_videos"], a_message(json.dumps(request).encode())) == 200
        video = the_video(api)
        assert video["phase"] == "reserved"

        video_hash = video["id"].partition(".")[2]
        step = {"campaign_id": "spring", "video_hash": video_hash}
        assert post(functions["generate_video"], a_message(json.dumps(step).encode())) == 200
        assert the_video(api)["phase"] == "generating"

        path = f"{attempt_prefix('spring', video_hash, 1)}157549337/sample_0.mp4"
        clip = plain_clip("", {"durationSeconds": 4})
        bootstrap.ports().objects.put(path, BytesIO(clip), content_type="video/mp4")
        assert post(functions["generate_video"], a_notification(place, path)) == 200
        assert the_video(api)["phase"] == "done"

        assert CURSOR not in place.files()
        assert post(functions["maintain_campaigns"], a_message(b"tick")) == 200
        assert CURSOR in place.files()
