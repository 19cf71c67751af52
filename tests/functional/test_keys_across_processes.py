"""Processes that share a place answer one key alike, also when some of them are killed at it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count, takewhile
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from tests.functional.places import ONLY_LOCAL, Place
from tests.functional.showreel import GALLERY, Json, Showreel

ROOT = Path(__file__).parents[2]
PROCESSES = 2
TIMES = 5


@contextmanager
def sending(
    place: Place, path: str, *, key: str, times: int = 1, kill_at: int = 0
) -> Iterator[subprocess.Popen[str]]:
    """A process that is ready to send, and does so at its next line of input."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.functional.key_process", path, key, f"{times}", f"{kill_at}"],
        cwd=ROOT,
        env={**os.environ, **place.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def sent(process: subprocess.Popen[str]) -> list[Any]:
    """Return its answers; none, if it was killed before."""
    output, _ = process.communicate("\n", timeout=60)
    assert process.returncode in (0, -signal.SIGKILL)
    return list(json.loads(output)) if output else []


@pytest.fixture
def path(waiting_gallery: Showreel) -> str:
    """That of a regeneration, which costs each time without a key."""
    video = waiting_gallery.campaign(GALLERY)["slots"][1]["current"]
    return f"/v1/videos/{video['id']}/regenerate"


def videos(service: Showreel) -> dict[str, Json]:
    answer = service.get(f"/v1/videos?campaign_id={GALLERY}&limit=100")
    return {video["id"]: video for video in answer.json["data"]}


def test_concurrent_processes_get_one_answer(waiting_gallery: Showreel, path: str) -> None:
    before = videos(waiting_gallery)

    with ExitStack() as stack:
        processes = [
            stack.enter_context(sending(waiting_gallery.place, path, key="one", times=TIMES))
            for _ in range(PROCESSES)
        ]
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        answers = [answer for process in processes for answer in sent(process)]

    (video_id,) = videos(waiting_gallery).keys() - before.keys()
    assert {(status, json.loads(body)["id"]) for status, body, _ in answers} == {(202, video_id)}
    assert len({body for _, body, _ in answers}) == 1
    replayed = [is_replayed for _, _, is_replayed in answers]
    assert sorted(map(str, replayed)) == sorted(["None", *["true"] * (PROCESSES * TIMES - 1)])


def send_and_kill(service: Showreel, path: str, *, at: int) -> tuple[bool, bool]:
    """Send from a process that is killed, and again; return if it was killed, and had committed.

    Its video is cancelled before the request is sent again: it must not be made again.
    """
    before, key = videos(service), f"killed-at-{at}"
    with sending(service.place, path, key=key, kill_at=at) as process:
        was_killed = not sent(process)
    made = videos(service).keys() - before.keys()
    for video_id in made:
        service.post(f"/v1/videos/{video_id}/cancel")

    answer = service.send("POST", path, json={}, headers={"Idempotency-Key": key})

    assert answer.status_code == 202
    (video_id,) = videos(service).keys() - before.keys()
    assert made <= {video_id}
    assert answer.json["id"] == video_id
    service.post(f"/v1/videos/{video_id}/cancel")
    return was_killed, bool(made)


@ONLY_LOCAL
def test_a_request_whose_process_is_killed_at_any_effect_is_carried_out_once(
    waiting_gallery: Showreel, path: str
) -> None:
    sent_and_killed = (send_and_kill(waiting_gallery, path, at=effect) for effect in count(1))
    outcomes = [had_made for _, had_made in takewhile(itemgetter(0), sent_and_killed)]

    # It claims and commits. Then it publishes, and keeps its answer.
    assert outcomes[:4] == [False, False, True, True]
    assert all(outcomes[4:])


@pytest.mark.parametrize("family", ["emulated"], indirect=True)
def test_a_request_whose_process_is_killed_after_its_commit_is_carried_out_once(
    waiting_gallery: Showreel, path: str
) -> None:
    assert send_and_kill(waiting_gallery, path, at=3) == (True, True)
