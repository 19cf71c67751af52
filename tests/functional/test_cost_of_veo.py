"""What a video of Veo costs the functions: no time while Veo works, and its clip little memory."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from shared.messages import encode
from shared.ports.message_queue import VideoMessage
from tests.cloud.heavy_clips import heavier
from tests.eventually import eventually
from tests.functional.cloud_place import CloudPlace
from tests.functional.places import NewApp
from tests.functional.pushes import a_message
from tests.functional.showreel import BOAT, KITE, served
from tools.emulated_cloud.bucket.signatures import ServiceAccount
from tools.emulated_cloud.project import write_key_file
from tools.emulated_cloud.tokens import TokenServer
from tools.emulated_cloud.vertex.answers import Json
from tools.emulated_cloud.vertex.clips import plain_clip
from tools.emulated_cloud.vertex.server import FakeVertex

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROOT = Path(__file__).parents[2]
MEBIBYTE = 1024 * 1024
LARGE = 100 * MEBIBYTE
ALLOWED_MEBIBYTES = 30
SOME_TICKS = 3

STORE_ALL = r"""
import json, re, sys
from pathlib import Path
import functions_framework

def peak():
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024

client = functions_framework.create_app("generate_video", "main.py").test_client()
peaks = []
for push in map(json.loads, sys.argv[1:]):
    for step in ("submit", "store"):
        assert client.post("/", json=push).status_code == 200
        peaks.append(peak())
print(json.dumps(peaks))
"""


@dataclass
class Calls:
    """How often each function was called, and how many of its calls are under way."""

    begun: Counter[str] = field(default_factory=Counter)
    under_way: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def watch(self, target: str, app: Flask) -> Flask:
        app.wsgi_app = partial(self._pass, target, app.wsgi_app)  # type: ignore[method-assign]
        return app

    def _pass(
        self,
        target: str,
        serve: "WSGIApplication",
        environ: "WSGIEnvironment",
        start: "StartResponse",
    ) -> Iterable[bytes]:
        with self.lock:
            self.begun[target] += 1
            self.under_way[target] += 1
        try:
            return list(serve(environ, start))
        finally:
            with self.lock:
                self.under_way[target] -= 1


@dataclass(frozen=True)
class WatchedPlace(CloudPlace):
    calls: Calls = field(default_factory=Calls)

    @contextmanager
    def delivering(self, new_app: NewApp) -> Iterator[None]:
        with super().delivering(lambda target: self.calls.watch(target, new_app(target))):
            yield


@pytest.fixture
def place(
    new_cloud: Callable[[], CloudPlace], signing_account: ServiceAccount, tmp_path: Path
) -> Iterator[WatchedPlace]:
    """An empty one, where also Veo's tokens are given out."""
    key_file = tmp_path / "key.json"
    with TokenServer() as tokens:
        write_key_file(signing_account, key_file, token_url=tokens.url)
        yield WatchedPlace(new_cloud().project, key_file)


def led_to(vertex: FakeVertex) -> dict[str, str]:
    return {"VIDEO_GENERATOR": "veo", "VEO_BASE_URL": vertex.url}


def test_no_function_runs_while_veo_works(place: WatchedPlace) -> None:
    """A video takes three calls at most: one that submits it, and two that look at it."""
    finish = Event()

    def slowly_made(prompt: str, parameters: Json) -> bytes:
        finish.wait()
        return plain_clip(prompt, parameters)

    vertex = FakeVertex(write_clip=place.project.keep_clip, make_clip=slowly_made)
    calls = place.calls
    with vertex, served(place, led_to(vertex)) as service:
        try:
            (video,) = service.create("spring", KITE)
            service.in_phase(video, "generating")
            eventually(lambda: not calls.under_way["generate_video"])
            ticks = calls.begun["maintain_campaigns"] + SOME_TICKS
            eventually(lambda: calls.begun["maintain_campaigns"] >= ticks)
            called_before = calls.begun["generate_video"]
        finally:
            finish.set()
        ended = service.ended(video)

    assert called_before == 1
    assert ended["status"] == "completed"
    assert calls.begun["generate_video"] <= 3
    assert vertex.submissions == 1


def test_a_clip_of_omni_is_paid_once_and_found_under_its_unknown_name(place: WatchedPlace) -> None:
    vertex = FakeVertex(write_clip=place.project.keep_clip, make_clip=plain_clip)
    with vertex, served(place, led_to(vertex)) as service:
        (video,) = service.create("spring", KITE, model="gemini-omni-1.2-flash", seconds=3)
        ended = service.ended(video)

    assert ended["status"] == "completed"
    assert (vertex.interactions.count, vertex.operations.count) == (1, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux reports a process's own peak.")
def test_a_large_clip_is_stored_with_little_memory_and_read_once(place: WatchedPlace) -> None:
    """What a process holds that has stored a usual clip is where the growth is counted from."""

    def made(prompt: str, parameters: Json) -> bytes:
        clip = plain_clip(prompt, parameters)
        return heavier(clip, LARGE) if BOAT in prompt else clip

    vertex = FakeVertex(write_clip=place.project.keep_clip, make_clip=made, polls=0)
    storage = place.project.storage
    with vertex, served(place, led_to(vertex), delivering=False) as service:
        videos = service.create("spring", KITE, BOAT)
        storage.requests.clear()

        peaks = peaks_of_storing(videos)

        statuses = [service.video(video)["status"] for video in videos]
    assert statuses == ["completed", "completed"]
    assert peaks[3] - peaks[1] <= ALLOWED_MEBIBYTES
    read = sum(each.sent_bytes for each in storage.requests)
    assert LARGE < read < 1.2 * LARGE


def about(video: Json) -> Json:
    video_hash = video["id"].partition(".")[2]
    return a_message(encode(VideoMessage(campaign_id="spring", video_hash=video_hash)))


def peaks_of_storing(videos: list[Json]) -> list[int]:
    """Return the peak of a new process, in MiB, after it submitted and stored each video."""
    pushes = [json.dumps({"message": about(video)}) for video in videos]
    done = subprocess.run(
        [sys.executable, "-c", STORE_ALL, *pushes],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return list(json.loads(done.stdout))
