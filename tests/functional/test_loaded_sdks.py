"""What each request loads of Google's SDKs: a cold start pays for every one of them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.functional.places import Place
from tests.functional.showreel import GALLERY, KITE, served

ROOT = Path(__file__).parents[2]

ASK = """
import json, sys
import functions_framework
app = functions_framework.create_app(sys.argv[1], "main.py")
answer = app.test_client().open(sys.argv[3], method=sys.argv[2], json=json.loads(sys.argv[4]))
names = ["google.auth", "google.cloud.firestore", "google.cloud.pubsub_v1",
    "google.cloud.storage", "google.genai", "av"]
print(json.dumps([answer.status_code, [name for name in names if name in sys.modules]]))
"""


@pytest.fixture
def family() -> str:
    """A folder needs none of them."""
    return "emulated"


@pytest.fixture
def video_id(gallery_copy: Place) -> str:
    with served(gallery_copy, delivering=False) as service:
        return str(service.campaign(GALLERY)["slots"][0]["current"]["id"])


def loaded_by(place: Place, target: str, method: str, path: str, body: object = None) -> list[Any]:
    """Return the status that a fresh process answers, and what it has loaded by then."""
    asked = subprocess.run(
        [sys.executable, "-c", ASK, target, method, path, json.dumps(body)],
        cwd=ROOT,
        env={**os.environ, **place.environment, "VIDEO_GENERATOR": "veo"},
        check=True,
        capture_output=True,
        text=True,
    )
    return list(json.loads(asked.stdout))


def test_a_status_needs_firestore_alone(gallery_copy: Place, video_id: str) -> None:
    loaded = loaded_by(gallery_copy, "serve_api", "GET", f"/v1/videos/{video_id}")

    assert loaded == [200, ["google.auth", "google.cloud.firestore"]]


def test_a_list_needs_firestore_alone(gallery_copy: Place) -> None:
    loaded = loaded_by(gallery_copy, "serve_api", "GET", f"/v1/videos?campaign_id={GALLERY}")

    assert loaded == [200, ["google.auth", "google.cloud.firestore"]]


@pytest.mark.parametrize("rest", ["/content", "?include=signed_url"])
def test_a_signature_needs_no_client_of_the_bucket(
    gallery_copy: Place, video_id: str, rest: str
) -> None:
    _status, loaded = loaded_by(gallery_copy, "serve_api", "GET", f"/v1/videos/{video_id}{rest}")

    assert loaded == ["google.auth", "google.cloud.firestore"]


def test_a_local_url_needs_no_client_of_the_bucket(gallery_copy: Place, video_id: str) -> None:
    path = f"/v1/videos/{video_id}/signed-url"

    loaded = loaded_by(gallery_copy, "serve_api", "POST", path, {"ttl_seconds": 60})

    assert loaded == [200, ["google.auth", "google.cloud.firestore"]]


def test_a_create_needs_records_and_messages_alone(place: Place) -> None:
    body = {"campaign_id": "spring", "prompt": KITE}

    loaded = loaded_by(place, "serve_api", "POST", "/v1/videos", body)

    sdks = ["google.auth", "google.cloud.firestore", "google.cloud.pubsub_v1"]
    assert loaded == [202, sdks]


def test_the_list_of_models_needs_no_sdk(gallery_copy: Place) -> None:
    assert loaded_by(gallery_copy, "serve_api", "GET", "/v1/models") == [200, []]


def test_a_push_about_no_video_loads_no_generator(gallery_copy: Place) -> None:
    message = {"messageId": "1", "data": "eyJhIjogMX0="}

    assert loaded_by(gallery_copy, "generate_video", "POST", "/", {"message": message}) == [200, []]


def test_a_tick_needs_no_queue_and_no_generator(gallery_copy: Place) -> None:
    """Where nothing is due it compares a campaign with its objects, and that is all."""
    tick = {"message": {"messageId": "1"}}

    loaded = loaded_by(gallery_copy, "maintain_campaigns", "POST", "/", tick)

    assert loaded == [200, ["google.auth", "google.cloud.firestore", "google.cloud.storage"]]
