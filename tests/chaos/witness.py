"""Reads what campaigns show, all the time, by the way that is open to everybody."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from shared.domain.storage_layout import GENERATED
from shared.http.api import respond
from shared.ports import Ports
from tests.chaos.clips import clip_of
from tests.chaos.findings import Finding, Kind
from tests.chaos.worlds import World

Json = dict[str, Any]

_LOOKS = 20
# A look is work for everybody: on a busy machine it takes long, and is rare.
_RESTS = 4


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
    """`shown` are the slots of a campaign that show a video and go on doing so.

    Remembers the tag of every object: what has a name keeps its bytes.
    """

    world: World
    campaign_id: str
    shown: frozenset[int]
    tags: dict[str, str] = field(default_factory=dict)

    def look(self) -> tuple[Finding, ...]:
        found, self.tags = self.world.observe(lambda ports: (tuple(self._look(ports)), self.tags))
        return found

    def watch(self) -> tuple[Finding, ...]:
        """Look again and again until something is wrong, or the history is over."""
        while not self.world.state.stopped:
            began = time.monotonic()
            found = self.look()
            if found:
                return found
            took = time.monotonic() - began
            time.sleep(max(self.world.pause_seconds, _RESTS * took))
        return ()

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
