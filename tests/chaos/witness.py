"""Reads what campaigns show, all the time, by the way that is open to everybody."""

import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from shared.domain.storage_layout import GENERATED
from shared.http.api import respond
from shared.ports import Ports
from tests.chaos.children import Child, ChildError, fork
from tests.chaos.clips import clip_of
from tests.chaos.findings import Finding, Kind
from tests.chaos.worlds import World

Json = dict[str, Any]

_LOOKS = 20
# A look is work for everybody: on a busy machine it takes long, and is rare.
_RESTS = 4
_WAKE = signal.SIGUSR1
_LONGEST_LOOK_SECONDS = 60.0
_GLANCE_SECONDS = 0.001
_NO_MORE = 1 << 40


def ask(
    ports: Ports,
    method: str,
    path: str,
    body: Json | bytes | None = None,
    key: str | None = None,
) -> Response:
    """Ask the service, as if by HTTP; with an Idempotency-Key, if there is one.

    A body of bytes is JSON lines.
    """
    headers = {} if key is None else {"Idempotency-Key": key}
    if isinstance(body, bytes):
        headers["Content-Type"] = "application/x-ndjson"
        builder = EnvironBuilder(path, method=method, headers=[*headers.items()], data=body)
    else:
        builder = EnvironBuilder(path, method=method, headers=[*headers.items()], json=body)
    return respond(Request(builder.get_environ()), lambda: ports)


@dataclass
class Witness:
    """A process that looks again and again, from `begin` to `end`.

    `shown` are the slots of a campaign that show a video and go on doing so.
    It remembers the tag of every object: what has a name keeps its bytes.
    """

    world: World
    campaign_id: str
    shown: frozenset[int]
    tags: dict[str, str] = field(default_factory=dict)
    _process: Child[tuple[Finding, ...]] | None = None

    def begin(self) -> None:
        state = self.world.state
        state.stopped = state.looks_asked = state.looks_done = 0
        # Else what wakes it would end it, if it came before the process waits.
        signal.pthread_sigmask(signal.SIG_BLOCK, {_WAKE})
        self._process = fork(partial(self.world.observe, self._watch))

    def look(self) -> None:
        """Return when it has looked at what there is now."""
        state = self.world.state
        state.looks_asked += 1
        self._wake()
        deadline = time.monotonic() + _LONGEST_LOOK_SECONDS
        while state.looks_done < state.looks_asked:
            if time.monotonic() > deadline:
                raise TimeoutError("The witness does not look.")
            time.sleep(_GLANCE_SECONDS)

    def end(self) -> tuple[Finding, ...]:
        """Let it look for the last time. Return what was wrong first."""
        assert self._process is not None
        self.world.state.stopped = 1
        self._wake()
        try:
            return self._process.join()
        except (ChildError, TimeoutError) as error:
            return (Finding(Kind.FAILURE, str(error)),)

    def _wake(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, _WAKE)

    def _watch(self, ports: Ports) -> tuple[Finding, ...]:
        state = self.world.state
        while True:
            is_last, asked = state.stopped, state.looks_asked
            began = time.monotonic()
            found = tuple(self._look(ports))
            took = time.monotonic() - began
            # After a finding there is nothing more to look for.
            state.looks_done = _NO_MORE if found else asked
            if found or is_last:
                return found
            signal.sigtimedwait({_WAKE}, max(self.world.pause_seconds, _RESTS * took))

    def _look(self, ports: Ports) -> Iterator[Finding]:
        for info in ports.objects.list(f"{GENERATED}/"):
            if info.etag != self.tags.setdefault(info.path, info.etag):
                yield Finding(Kind.REWRITTEN, info.path)
        for index in self.shown:
            problem = self._look_at(ports, index)
            if problem:
                yield Finding(Kind.UNREADABLE, f"slot {index}: {problem}")

    def _look_at(self, ports: Ports, index: int) -> str | None:
        """Look again where the campaign shows another video by now: that one counts."""
        problem: str | None = None
        for _ in range(_LOOKS):
            video_id = self._shown_at(ports, index)
            if video_id is None:
                return "it shows nothing"
            problem = self._problem_with(ports, video_id)
            if problem is None or video_id == self._shown_at(ports, index):
                return problem
        return problem

    def _shown_at(self, ports: Ports, index: int) -> str | None:
        answer = ask(ports, "GET", f"/v1/campaigns/{self.campaign_id}")
        if answer.status_code != HTTPStatus.OK:
            return None
        slots: list[Json] = json.loads(answer.get_data())["slots"]
        current = next((slot["current"] for slot in slots if slot["index"] == index), None)
        return str(current["id"]) if current else None

    def _problem_with(self, ports: Ports, video_id: str) -> str | None:
        answer = ask(ports, "GET", f"/v1/videos/{video_id}/content")
        status, content = _fetched(answer)
        if status != HTTPStatus.OK:
            return f"the content of {video_id} answers {status}"
        if content != clip_of(video_id.rpartition(".")[2]):
            return f"the content of {video_id} is another one"
        return None


def _fetched(answer: Response) -> tuple[int, bytes]:
    if answer.status_code != HTTPStatus.FOUND:
        with answer:
            # The server reads the stream itself; nothing else may.
            content = b"".join(answer.iter_encoded())
        return answer.status_code, content
    try:
        with urlopen(answer.headers["Location"], timeout=30) as fetched:
            return fetched.status, fetched.read()
    except HTTPError as refused:
        return refused.code, b""
