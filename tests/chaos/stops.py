"""Servers, started as they are deployed, are told to stop while they work, and start again."""

import json
import random
import signal
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from signal import Signals
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch
from uuid import uuid4

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.object_store import LocalObjectStore
from shared.ports import Ports, utc_now
from tests.chaos.clips import clip_of
from tests.chaos.cloud_servers import emulated
from tests.chaos.findings import Finding, Kind
from tests.chaos.report import Row
from tests.chaos.rules import without_holder
from tests.chaos.safeguards import Weaken
from tests.chaos.sections import Tell
from tests.e2e.launcher import kill, launch, three_lines
from tools.doctor.expected import FUNCTIONS
from tools.emulated_cloud.bucket.server import StrictBucketServer
from tools.emulated_cloud.emulators import FirestoreEmulator, PubSubEmulator
from tools.emulated_cloud.environment import keep_off_the_cloud
from tools.emulated_cloud.function_process import FunctionProcess
from tools.emulated_cloud.processes import free_port
from tools.emulated_cloud.project import CloudProject
from tools.emulated_cloud.tokens import TokenServer
from tools.emulated_cloud.vertex.server import FakeVertex

Json = dict[str, Any]

_IN_ORDER = (signal.SIGTERM, signal.SIGINT)
_LONGEST_PAUSE_SECONDS = 1.5
_ENDED = ("completed", "failed")
# Cloud Run and `make run` give ten; a busy machine imports the SDKs for longer than that.
_STOP_SECONDS = 60
_PATIENTLY = f"serve.STOP_SECONDS = {_STOP_SECONDS}; raise SystemExit(serve.main())"
_PATIENT_SERVER = ("-c", f"from tools import serve; {_PATIENTLY}")
_SECONDS_TO_REST = 120
_PROMPTS = ("One", "Two", "Three", "Four")
# It pays and stores: it stops in each round.
_MAKING = "generate_video"


def run_stops(*, rounds: int, seed: int, tell: Tell, weaken: Weaken) -> list[Row]:
    """Stop the server of a laptop again and again before it is done."""
    return [_row("the local server", _stop_local_server, rounds, seed, tell)]


def run_cloud_stops(*, rounds: int, seed: int, tell: Tell, weaken: Weaken) -> list[Row]:
    """Stop generate_video and another function of the emulated cloud while videos are made."""
    keep_off_the_cloud()
    return [_row("the functions", _stop_functions, rounds, seed, tell)]


Stop = Callable[[random.Random, Sequence[Signals]], Iterator[Finding]]
"""Sends signals of these kinds, one after the other, and finds what is wrong in the end."""


def _row(what: str, stop: Stop, rounds: int, seed: int, tell: Tell) -> Row:
    row = Row(what=f"stops: {what}")
    for number in range(seed, seed + rounds):
        chance = random.Random(number)  # noqa: S311  # A sample, not a secret.
        # To come back after a kill takes as long as a lease lasts.
        kinds = _IN_ORDER if number == seed else (*_IN_ORDER, signal.SIGKILL)
        findings = tuple(stop(chance, kinds))
        row.points += 1
        row.add(findings)
        for finding in findings:
            tell(f"{row.what}, seed {number}: {finding}")
    return row


def _stop_local_server(chance: random.Random, kinds: Sequence[Signals]) -> Iterator[Finding]:
    with TemporaryDirectory() as folder:
        data, log = Path(folder, "data"), Path(folder, "log")
        environment = {"STORAGE_URL": data.as_uri(), "SYNTHETIC_SECONDS": "0"}
        with patch.dict("os.environ", environment):
            sent = chance.sample(kinds, k=2)
            for number, told in enumerate(sent):
                with _local_server(log) as (port, process):
                    if number == 0:
                        _create(port)
                    time.sleep(chance.uniform(0, _LONGEST_PAUSE_SECONDS))
                    if told is signal.SIGKILL:
                        kill(process)
                        continue
                    process.send_signal(told)
                    process.wait(2 * _STOP_SECONDS)
                # The leases of a killed server last until they expire.
                if sent[0] is not signal.SIGKILL:
                    yield from without_holder(_ports_of(data))
            with _local_server(log) as (port, _):
                yield from _unfinished(port, len(_PROMPTS))


@contextmanager
def _local_server(log: Path) -> Iterator[tuple[int, Any]]:
    port = free_port()
    with launch(port, log=log, program=_PATIENT_SERVER) as process:
        three_lines(process)
        yield port, process
        if process.poll() is None:
            process.terminate()


def _ports_of(data: Path) -> Ports:
    ports = SimpleNamespace(
        campaigns=LocalCampaignRepository(data),
        objects=LocalObjectStore(data, now=utc_now),
        now=utc_now,
    )
    return cast("Ports", ports)


def _stop_functions(chance: random.Random, kinds: Sequence[Signals]) -> Iterator[Finding]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        project, vertex, environment = _cloud(stack, folder)
        functions = {
            target: _started(stack, folder, target, environment)
            for target in ("serve_api", *FUNCTIONS.values())
        }
        assert all(each.wait_until_ready() for each in functions.values())
        project.subscribe({name: each.url for name, each in functions.items()})
        stack.enter_context(project.ticking(seconds=2))
        port = functions["serve_api"].port
        _create(port)
        body = json.dumps({"campaign_id": "summer", "prompts": _PROMPTS, "seconds": 4}).encode()
        project.topics.publish("request-videos", {"data": b64encode(body).decode()})
        others = sorted(functions.keys() - {_MAKING})
        for target in chance.sample([_MAKING, chance.choice(others)], k=2):
            told = chance.choice(kinds)
            time.sleep(chance.uniform(0, _LONGEST_PAUSE_SECONDS))
            if not functions[target].end_by(told, within_seconds=_STOP_SECONDS):
                yield Finding(Kind.FAILURE, f"{target} does not end by {told.name}")
            _started(stack, folder, target, environment, port=functions[target].port)
        yield from _unfinished(port, 2 * len(_PROMPTS))
        if vertex.submissions != 2 * len(_PROMPTS):
            yield Finding(Kind.PAID_TWICE, f"{vertex.submissions} submissions")


def _cloud(stack: ExitStack, folder: Path) -> tuple[CloudProject, FakeVertex, Mapping[str, str]]:
    firestore_host = stack.enter_context(emulated("FIRESTORE_EMULATOR_HOST", FirestoreEmulator))
    pubsub_host = stack.enter_context(emulated("PUBSUB_EMULATOR_HOST", PubSubEmulator))
    storage = stack.enter_context(StrictBucketServer())
    tokens = stack.enter_context(TokenServer())
    project = CloudProject(
        name=f"showreel-stops-{uuid4().hex[:8]}",
        firestore_host=firestore_host,
        pubsub_host=pubsub_host,
        storage=storage,
    )
    project.create()
    vertex = FakeVertex(
        seconds=1,
        make_clip=_make_clip,
        write_clip=project.keep_clip,
        read_object=project.read_object,
    )
    stack.enter_context(vertex)
    environment = project.signing_environment(folder, token_url=tokens.url)
    return project, vertex, {**environment, "VEO_BASE_URL": vertex.url}


def _make_clip(prompt: str, _parameters: Any) -> bytes:  # noqa: ANN401  # It is JSON.
    return clip_of(prompt)


def _started(
    stack: ExitStack, folder: Path, target: str, environment: Mapping[str, str], *, port: int = 0
) -> FunctionProcess:
    home = folder / target
    home.mkdir(exist_ok=True)
    function = FunctionProcess(target, environment=environment, home=home, port=port)
    return stack.enter_context(function)


def _create(port: int) -> None:
    _call(port, "v1/campaigns/spring/videos", {"prompts": _PROMPTS, "seconds": 4})


def _unfinished(port: int, count: int) -> Iterator[Finding]:
    """Wait for the end of all videos. Each has been submitted once, and is completed."""
    deadline = time.monotonic() + _SECONDS_TO_REST
    videos: list[Json] = []
    while time.monotonic() < deadline:
        videos = _call(port, "v1/videos?limit=100")["data"]
        if len(videos) == count and all(each["status"] in _ENDED for each in videos):
            break
        # A look is work for the functions.
        time.sleep(0.5)
    for video in videos:
        if video["status"] != "completed":
            yield Finding(Kind.LOST, f"{video['id']} is {video['status']}: {video['error']}")
        if video["attempts"] > 1:
            yield Finding(Kind.PAID_TWICE, f"{video['id']} has {video['attempts']} attempts")
    if len(videos) != count:
        yield Finding(Kind.LOST, f"there are {len(videos)} of {count} videos")


def _call(port: int, path: str, body: Json | None = None) -> Json:
    """Ask again where nothing answers: a server that has just stopped is about to start again."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    deadline = time.monotonic() + _SECONDS_TO_REST
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                answered: Json = json.load(answer)
                return answered
        except (urllib.error.URLError, ConnectionError, json.JSONDecodeError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
