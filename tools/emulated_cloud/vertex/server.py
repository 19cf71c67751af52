"""An emulator of Veo and Gemini Omni on Vertex AI, which the real SDK calls on this machine.

Here are its routes, quotas, faults, and the log of all requests.
"""

import json
import math
import re
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from shared.domain.model_registry import LOCATIONS, MODELS, Family
from tools.emulated_cloud.http_front import (
    Answer,
    BrokenConnectionError,
    Faults,
    HTTPFront,
    Request,
    answer_json,
)
from tools.emulated_cloud.vertex.answers import (
    Fault,
    Json,
    error,
    invalid_argument,
    model_not_found,
    no_quota,
    operation_not_found,
    unauthenticated,
)
from tools.emulated_cloud.vertex.clips import prompted_clip
from tools.emulated_cloud.vertex.endings import Script
from tools.emulated_cloud.vertex.interaction_requests import first_problem_of_interaction
from tools.emulated_cloud.vertex.interactions import Interactions
from tools.emulated_cloud.vertex.operations import MakeClip, Operations, ReadObject, WriteClip
from tools.emulated_cloud.vertex.quota import Counting, Quota
from tools.emulated_cloud.vertex.veo_requests import first_problem, with_clip_parameters

SUBMIT = ":predictLongRunning"
INTERACTIONS = "/interactions"
POLL = ":fetchPredictOperation"

_LONGEST_LOGGED = 10_000

_ROUTE = re.compile(
    r"/v1[a-z0-9]*/(?P<model>projects/[^/]+/locations/[^/]+/publishers/google/models/(?P<id>[^/:]+))"
    rf"(?P<method>{SUBMIT}|{POLL})"
)
_MODEL = re.compile(r"/v1[a-z0-9]*/publishers/google/models/(?P<id>[^/:]+)")
_INTERACTION = re.compile(
    r"/v1[a-z0-9]*/projects/[^/]+/locations/(?P<location>[^/]+)/interactions"
    r"(?:/(?P<id>[^/?]+)(?P<cancel>/cancel)?)?(?:\?stream=false)?"
)


@dataclass(frozen=True, kw_only=True)
class Received:
    """A request as it arrived; long texts in its body, such as pictures, are cut."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


def no_bucket(uri: str, clip: bytes) -> None:
    raise PermissionError(f"there is no bucket for {uri}")


def no_objects(uri: str) -> bytes:
    raise FileNotFoundError(f"there is no bucket for {uri}")


class FakeVertex:
    """Serves at `url` inside a `with` block. The real Veo would bill each accepted submission.

    With `quota`, each model accepts so many submissions in any minute and refuses the others.
    """

    def __init__(
        self,
        *,
        seconds: float = 0,
        polls: int | None = None,
        quota: float = math.inf,
        write_clip: WriteClip = no_bucket,
        read_object: ReadObject = no_objects,
        make_clip: MakeClip = prompted_clip,
    ) -> None:
        self.models = {name for name, model in MODELS.items() if model.retired_on is None}
        self.interactions = Interactions(
            read_object=read_object,
            seconds=seconds,
            polls=polls,
            write_clip=write_clip,
            make_clip=make_clip,
        )
        self._read_object = read_object
        self.requests: list[Received] = []
        self.operations = Operations(
            seconds=seconds, polls=polls, write_clip=write_clip, make_clip=make_clip
        )
        self._quotas: dict[str, Quota] = defaultdict(
            lambda: Quota(rate=lambda _: quota, counting=Counting.ROLLING)
        )
        self._quota_lock = threading.Lock()
        self._faults = Faults[Fault]()
        self._closing = threading.Event()
        self._http = HTTPFront(self.handle)
        self.url = self._http.url

    def __enter__(self) -> Self:
        self._http.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._http.stop()
        self.operations.close()
        self.interactions.close()

    @property
    def submissions(self) -> int:
        """The number of accepted submissions, which a bill would count."""
        return self.operations.count + self.interactions.count

    def asked(self, path: str) -> list[Received]:
        """Return the requests whose path has these words in it."""
        return [request for request in self.requests if path in request.path]

    def will_end(self, *scripts: Script) -> None:
        """Let the next accepted operations end like this, each once, whatever their prompt."""
        self.operations.scripts.extend(scripts)

    def interactions_will_end(self, *scripts: Script) -> None:
        """Let the next accepted interactions end like this."""
        self.interactions.scripts.extend(scripts)

    def fail(self, path: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next requests whose path has these words in it meet `fault`."""
        self._faults.plant(re.escape(path), fault, times)

    def forget_faults(self) -> None:
        """Answer all further requests as usual."""
        self._faults.clear()

    def handle(self, request: Request) -> Answer:
        body = None
        with suppress(ValueError):
            body = json.loads(request.body)
        received = Received(
            method=request.method,
            path=request.target,
            headers=request.headers,
            body=_shortened(body),
        )
        self.requests.append(received)
        fault = self._faults.take(request)
        if fault is None:
            return self._answer(received, body)
        usual = self._answer(received, body) if fault.accepted else None
        self._closing.wait(fault.delay_seconds)
        answer = fault.answer or usual
        if fault.drops or answer is None:
            raise BrokenConnectionError
        return answer

    def _answer(self, request: Received, body: Any) -> Answer:  # noqa: ANN401  # It is JSON.
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return unauthenticated()
        if interaction := _INTERACTION.fullmatch(request.path):
            return self._interact(request.method, interaction, body)
        if request.method == "GET" and (model := _MODEL.fullmatch(request.path)):
            return self._describe(model["id"])
        route = _ROUTE.fullmatch(request.path)
        if request.method != "POST" or route is None:
            return operation_not_found(request.path)
        if not isinstance(body, dict):
            return invalid_argument("The body is no JSON object.")
        if route["method"] == POLL:
            return self._poll(route["model"], body)
        return self._submit(route["model"], route["id"], body)

    def _interact(self, method: str, route: re.Match[str], body: Any) -> Answer:  # noqa: ANN401  # It is JSON.
        if route["location"] != LOCATIONS["omni"]:
            return error(404, "NOT_FOUND", "The Interactions API is not served here.")
        if route["cancel"] and method == "POST":
            return self.interactions.cancel(route["id"])
        if route["id"] and method == "DELETE":
            return self.interactions.delete(route["id"])
        if route["id"]:
            return self.interactions.fetch(route["id"])
        problem = first_problem_of_interaction(body)
        if problem:
            return invalid_argument(problem)
        model = body["model"]
        if model not in self._of("omni"):
            return model_not_found(model)
        refusal = self.interactions.refusal_of(body)
        return refusal or self._accepted(self.interactions, model, model, body)

    def _describe(self, model_id: str) -> Answer:
        name = f"publishers/google/models/{model_id}"
        return answer_json({"name": name}) if model_id in self.models else model_not_found(name)

    def _of(self, family: Family) -> set[str]:
        return {name for name in self.models if MODELS[name].family == family}

    def _submit(self, model: str, model_id: str, body: Json) -> Answer:
        if model_id not in self._of("veo"):
            return model_not_found(model)
        problem = first_problem(body, model_id)
        if problem:
            return invalid_argument(problem)
        complete = with_clip_parameters(body, self._read_object)
        if isinstance(complete, Answer):
            return complete
        return self._accepted(self.operations, model, model_id, complete)

    def _accepted(self, kind: Operations, model: str, model_id: str, body: Json) -> Answer:
        with self._quota_lock:
            is_within_quota = self._quotas[model_id].takes(time.monotonic())
        return kind.accept(model, body) if is_within_quota else no_quota()

    def _poll(self, model: str, body: Json) -> Answer:
        name = str(body.get("operationName", ""))
        if not name.startswith(f"{model}/operations/"):
            return error(400, "INVALID_ARGUMENT", f"{name!r} is no operation of {model}.")
        return self.operations.fetch(name)


def _shortened(body: Any) -> Any:  # noqa: ANN401  # It is JSON.
    if isinstance(body, dict):
        return {key: _shortened(value) for key, value in body.items()}
    if isinstance(body, list):
        return [_shortened(value) for value in body]
    if isinstance(body, str) and len(body) > _LONGEST_LOGGED:
        return f"{body[:_LONGEST_LOGGED]}… ({len(body)} characters)"
    return body
