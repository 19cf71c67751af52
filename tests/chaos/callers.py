"""Random requests: no answer is a server error, and no request reaches another campaign."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from unittest.mock import patch

import hypothesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from werkzeug.wrappers import Response

from shared import bootstrap
from shared.domain.agreement import Disagreement
from shared.ports import Ports
from shared.use_cases.campaign_state import all_campaigns
from shared.use_cases.reconcile import find_disagreements
from tests.chaos.any_request import AnyRequest, Json, any_request
from tests.chaos.described import Description, answer_of
from tests.chaos.findings import Finding, Kind
from tests.chaos.local_world import LocalWorld, empty_local_world
from tests.chaos.report import Row
from tests.chaos.safeguards import Weaken
from tests.chaos.scenes import set_scene
from tests.chaos.sections import Tell
from tests.chaos.stories import Stage, asking, two_versions
from tests.chaos.tripwire import touch_nothing
from tests.chaos.work import TICK, Post, deliver, settle, tick_and_deliver
from tests.functional.showreel import function

CANARY = b"This must not be read."

_SEALED = "sealed"
_TICK_EVERY = 40
_HUNDRED = 100
_SEAL = asking("POST", f"/v1/campaigns/{_SEALED}/videos", {"prompts": ["A seal"], "seconds": 4})


def _a_gallery_beside_a_sealed_one(stage: Stage) -> None:
    two_versions(stage)
    stage.act(_SEAL)
    stage.settle()


@dataclass
class Hostility:
    """Sends requests to `app`, and lets the work that they make go on between them."""

    world: LocalWorld
    post: Post
    app: Flask
    described: Description
    secrets: tuple[bytes, ...]
    known: dict[str, list[str]] = field(default_factory=lambda: {"video_id": [], "filename": []})
    sent: int = 0

    def send(self, request: AnyRequest) -> tuple[Finding, ...]:
        self.sent += 1
        if self.sent % _TICK_EVERY == 0:
            self._let_time_pass()
        path = request.path(self.known)
        answer = answer_of(self.app, request, path)
        self._remember(answer)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            self._forget(path)
        return tuple(self._problems(request, path, answer))

    def _problems(self, request: AnyRequest, path: str, answer: Response) -> Iterator[Finding]:
        line = f"{request.method} {path!r} {request} answers {answer.status}"
        problem = self.described.problem_with(request.method, path, answer)
        if problem:
            yield Finding(Kind.FAILURE, f"{line}: {problem}")
        if any(secret in answer.data for secret in self.secrets):
            yield Finding(Kind.FAILURE, f"{line}, with what must not be read")

    def _remember(self, answer: Response) -> None:
        """Remember the videos in an answer, except those of the sealed campaign."""
        if answer.data and answer.mimetype == "application/json":
            for video in _videos(answer.get_json()):
                if _SEALED not in video["id"] and video["id"] not in self.known["video_id"]:
                    self.known["video_id"].append(video["id"])
                    self.known["filename"].append(video.get("filename") or video["id"])

    def _forget(self, path: str) -> None:
        for name, known in self.known.items():
            self.known[name] = [each for each in known if each not in path]

    def _let_time_pass(self) -> None:
        work = deliver if self.sent % (2 * _TICK_EVERY) else tick_and_deliver
        self.post = work(self.world, self.post, touch_nothing).post
        self.world.clock.advance(TICK)
        self.world.let_clips_appear()


def _videos(content: Json) -> list[Json]:
    return [each for each in content.get("data", [content]) if each.get("object") == "video"]


def run_callers(*, rounds: int, seed: int, tell: Tell, weaken: Weaken) -> list[Row]:
    """Send so many hundreds of requests. Fork from no threads."""
    row = Row(what="any request", points=len(Description().document["paths"]))
    with empty_local_world() as empty:
        world = empty.weakened(weaken)
        scene = set_scene(_a_gallery_beside_a_sealed_one, world)
        (world.root / "outside").mkdir()
        (world.root / "outside" / "canary").write_bytes(CANARY)
        before = _kept_apart(world)
        findings = _send_many(world, scene.post, rounds * _HUNDRED, seed, row)
        afterwards = _at_rest(world)
        if _kept_apart(world) != before:
            afterwards.append(Finding(Kind.REWRITTEN, "something that must not be reached"))
    row.broken.update({finding.kind for finding in afterwards})
    for finding in (*findings, *afterwards):
        tell(f"any request of seed {seed}: {finding}")
    return [row]


def _send_many(world: LocalWorld, post: Post, times: int, number: int, row: Row) -> list[Finding]:
    findings: list[Finding] = []
    with world.opened(touch_nothing) as site, _serving(site.ports) as app:
        hostility = Hostility(world, post, app, Description(), (CANARY,))

        @hypothesis.seed(number)
        @settings(
            max_examples=times,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(request=any_request(hostility.described.document))
        def send(request: AnyRequest) -> None:
            found = hostility.send(request)
            row.add(found)
            findings.extend(found)

        send()
    return findings


@contextmanager
def _serving(ports: Ports) -> Iterator[Flask]:
    with patch.object(bootstrap, "serving_ports", lambda: ports):
        yield function("serve_api")


def _kept_apart(world: LocalWorld) -> Mapping[str, bytes]:
    """Return all files that no request may change."""
    root = world.root
    kept = [*(root / "outside").rglob("*"), *(root / "elsewhere").rglob("*")]
    kept += [path for path in (root / "data").rglob("*") if _SEALED in path.parts]
    return {str(path): path.read_bytes() for path in kept if path.is_file()}


def _at_rest(world: LocalWorld) -> list[Finding]:
    post = Post(read=len(world.mailbox.letters(after=0)))
    if settle(world, post, lambda work: [work(touch_nothing)]) is None:
        return [Finding(Kind.RESTLESS, "there is work left")]
    twice = [name for name, times in world.bill.paid().items() if times > 1]
    return [
        *(Finding(Kind.PAID_TWICE, name) for name in twice),
        *(Finding(Kind.DISAGREEMENT, str(each)) for each in world.observe(_disagreements)),
    ]


def _disagreements(ports: Ports) -> list[object]:
    return [
        finding
        for campaign in all_campaigns(ports.campaigns)
        for finding in find_disagreements(ports, campaign.campaign_id)
        if finding.kind is not Disagreement.MONEY_AT_RISK
    ]
