"""What each request loads of Google's SDKs: a cold start pays for every one of them."""

import base64
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.play_tokens import PlayToken, sign
from tests.functional.places import Place
from tests.functional.showreel import GALLERY, KITE, served

ROOT = Path(__file__).parents[2]

ASK = """
import json, sys
import functions_framework
client = functions_framework.create_app(sys.argv[1], "main.py").test_client()
names = ["google.auth", "google.cloud.firestore", "google.cloud.pubsub_v1",
    "google.cloud.storage", "google.genai", "av"]
def ask(method, path, body):
    status = client.open(path, method=method, json=body).status_code
    return [status, [name for name in names if name in sys.modules]]
print(json.dumps([ask(*each) for each in json.loads(sys.argv[2])]))
"""
OF_SHOWREEL = """
import sys
import functions_framework
client = functions_framework.create_app("record_plays", "main.py").test_client()
before = set(sys.modules)
print(client.post("/v1/plays", data=b"{}").status_code)
print(*sorted(name for name in set(sys.modules) - before if name.startswith("shared.")))
"""
MOST_OF_A_BEACON = 26
AUTH_AND_FIRESTORE = ["google.auth", "google.cloud.firestore"]


@pytest.fixture
def family() -> str:
    """A folder needs none of them."""
    return "emulated"


@pytest.fixture
def video_id(gallery_copy: Place) -> str:
    with served(gallery_copy, delivering=False) as service:
        return str(service.campaign(GALLERY)["slots"][0]["current"]["id"])


def loaded_by(place: Place, target: str, *requests: tuple[str, str, object]) -> list[Any]:
    """Return each status that a fresh process answers, and what it has loaded by then."""
    asked = subprocess.run(
        [sys.executable, "-c", ASK, target, json.dumps(requests)],
        cwd=ROOT,
        env={**os.environ, **place.environment, "VIDEO_GENERATOR": "veo"},
        check=True,
        capture_output=True,
        text=True,
    )
    return list(json.loads(asked.stdout))


def test_the_list_of_models_needs_no_sdk_and_reads_need_firestore_alone(
    gallery_copy: Place, video_id: str
) -> None:
    """In one process: what a request loads stays loaded, so none of them loads any more."""
    loaded = loaded_by(
        gallery_copy,
        "serve_api",
        ("GET", "/v1/models", None),
        ("GET", f"/v1/videos?campaign_id={GALLERY}", None),
        ("GET", f"/v1/videos/{video_id}", None),
        ("POST", f"/v1/videos/{video_id}/signed-url", {"ttl_seconds": 60}),
        ("GET", f"/v1/videos/{video_id}/content", None),
        ("GET", f"/v1/videos/{video_id}?include=signed_url", None),
    )

    assert loaded == [
        [200, []],
        [200, AUTH_AND_FIRESTORE],
        [200, AUTH_AND_FIRESTORE],
        [200, AUTH_AND_FIRESTORE],
        [302, AUTH_AND_FIRESTORE],
        [200, AUTH_AND_FIRESTORE],
    ]


def test_a_create_needs_records_and_messages_alone(place: Place) -> None:
    body = {"campaign_id": "spring", "prompt": KITE}

    loaded = loaded_by(place, "serve_api", ("POST", "/v1/videos", body))

    assert loaded == [[202, [*AUTH_AND_FIRESTORE, "google.cloud.pubsub_v1"]]]


def test_a_push_about_no_video_loads_no_generator(gallery_copy: Place) -> None:
    push = {"message": {"messageId": "1", "data": "eyJhIjogMX0="}}

    assert loaded_by(gallery_copy, "generate_video", ("POST", "/", push)) == [[200, []]]


def test_an_event_needs_neither_the_bucket_nor_a_generator(gallery_copy: Place) -> None:
    data = base64.b64encode(json.dumps({"event_id": f"evt_{'0' * 32}"}).encode()).decode()
    message = {"messageId": "1", "data": data}

    loaded = loaded_by(gallery_copy, "deliver_events", ("POST", "/", {"message": message}))

    assert loaded == [[200, ["google.auth", "google.cloud.firestore"]]]


def test_a_beacon_needs_firestore_and_a_forged_one_nothing(place: Place) -> None:
    """In one process: the forged one comes first."""
    now = datetime.now(UTC)
    token = PlayToken(
        video_id="video_spring.0123456789abcdef",
        duration_ms=4000,
        issued_at=now,
        expires_at=now + timedelta(hours=1),
    )
    state = {"v": 1, "view": f"{1:032x}", "seq": 1, "played_ms": 1000, "bins": "00000001"}
    keys = (b"another key", place.environment["PLAY_KEY"].encode())

    loaded = loaded_by(
        place,
        "record_plays",
        *(("POST", "/v1/plays", {**state, "token": sign(token, key)}) for key in keys),
    )

    assert loaded == [[204, []], [204, AUTH_AND_FIRESTORE]]


def test_a_beacon_loads_no_more_of_showreel_than_it_needs(place: Place) -> None:
    """What viewers call starts more often than anything else."""
    asked = subprocess.run(
        [sys.executable, "-c", OF_SHOWREEL],
        cwd=ROOT,
        env={**os.environ, **place.environment},
        check=True,
        capture_output=True,
        text=True,
    )
    status, *loaded = asked.stdout.split()

    assert status == "204"
    assert {"shared.domain.plays", "shared.http.plays"} <= set(loaded)
    assert len(loaded) <= MOST_OF_A_BEACON, loaded


def test_a_tick_needs_no_queue_and_no_generator(gallery_copy: Place) -> None:
    """Where nothing is due it compares a campaign with its objects, and that is all."""
    tick = {"message": {"messageId": "1"}}

    loaded = loaded_by(gallery_copy, "maintain_campaigns", ("POST", "/", tick))

    assert loaded == [[200, [*AUTH_AND_FIRESTORE, "google.cloud.storage"]]]
