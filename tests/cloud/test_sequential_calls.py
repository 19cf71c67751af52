"""How many calls to Google one after the other an answer, or a step, waits for.

The calls leave through the real adapters and SDKs, for Firestore's emulator and the strict bucket,
in a process that has answered before. The count is compared with the table in docs/benchmarks.md;
`python -m pytest tests/cloud/test_sequential_calls.py --write-calls` updates that.
"""

import json
import re
from collections import Counter as Counted
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from threading import get_ident
from typing import Any
from unittest.mock import patch

import pytest
from requests.adapters import HTTPAdapter
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from shared.adapters.google.batch_repository import FirestoreBatchRepository
from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.experiment_repository import FirestoreExperimentRepository
from shared.adapters.google.object_store import GCSObjectStore
from shared.adapters.google.play_repository import FirestorePlayRepository
from shared.adapters.google.review_repository import FirestoreReviewRepository
from shared.adapters.google.turn_repository import FirestoreTurnRepository
from shared.adapters.record_mirror import ObjectStoreMirror
from shared.domain.schedule import TURN_SLACK, TURN_WINDOW
from shared.domain.storage_layout import attempts_prefix
from shared.domain.values import replace
from shared.domain.video import Video
from shared.http.api import respond
from shared.ports import utc_now
from shared.ports.message_queue import VideoMessage
from shared.requests.batches import lines_of
from shared.settings import DEFAULT_MODEL
from shared.use_cases.generate_video import generate_video
from shared.use_cases.give_turns import give_round
from shared.use_cases.run_batch import run_batch
from shared.use_cases.savings import SavingsCounter
from shared.use_cases.storage_probe import ObjectStoreProbe
from tests.cloud.firestore_door import Call, firestore_door
from tests.fakes.ports import POLICY, FakePorts
from tests.fakes.video_generator import FakeVideoGenerator
from tests.pictures import a_picture, data_uri

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
SECTION = re.compile(r"(?<=<!-- calls -->\n).*(?=<!-- /calls -->)", re.DOTALL)
HOST = "showreel.example.com"
SLOTS = 8
UNLIMITED = replace(POLICY, max_videos_per_campaign=SLOTS, public_url=f"https://{HOST}")


@dataclass(frozen=True)
class Made:
    """A call, and whether another thread made it beside those of the answer's own thread."""

    name: str
    is_beside: bool


Calls = list[Made]


@dataclass
class Counter:
    """Notes every call, and which thread made it."""

    thread: int = field(default_factory=get_ident)
    calls: Calls = field(default_factory=list)
    is_paused: bool = False

    def count(self, name: str) -> None:
        if not self.is_paused:
            self.calls.append(Made(name, is_beside=get_ident() != self.thread))

    @contextmanager
    def paused(self) -> Iterator[None]:
        self.is_paused = True
        yield
        self.is_paused = False

    def of(self, act: Callable[[], object]) -> Calls:
        self.calls.clear()
        act()
        return list(self.calls)


class CountedPort:
    """Counts each call of a port that makes one call to Google, and none of what it does inside."""

    def __init__(self, port: object, service: str, counter: Counter) -> None:
        self._port = port
        self._service = service
        self._counter = counter

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # Any method.
        method = getattr(self._port, name)

        def call(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
            self._counter.count(f"{self._service}.{name}")
            with self._counter.paused():
                return method(*arguments, **options)

        return call if callable(method) else method


class Queue(CountedPort):
    """`publish_later` is left to the tick in the cloud."""

    def publish_later(self, *_: object) -> None:
        """Publish nothing, as the adapter of Pub/Sub."""


@pytest.fixture
def counter() -> Iterator[Counter]:
    counter = Counter()
    send = HTTPAdapter.send

    def counted(self: HTTPAdapter, request: Any, **options: Any) -> Any:  # noqa: ANN401
        counter.count(f"bucket.{request.method}")
        return send(self, request, **options)

    def count(call: Call) -> None:
        counter.count(f"Firestore.{call.method}")

    with firestore_door() as door, patch.object(HTTPAdapter, "send", counted):
        door.before_each(count)
        yield counter


@pytest.fixture
def ports(
    counter: Counter, firestore_host: str, project: str, bucket_store: GCSObjectStore
) -> FakePorts:
    ports = FakePorts(policy=UNLIMITED)
    ports.objects = bucket_store  # type: ignore[assignment]  # The real adapter.
    ports.campaigns = FirestoreCampaignRepository(  # type: ignore[assignment]  # The real adapter.
        project=project, database="(default)"
    )
    ports.turns = FirestoreTurnRepository(ports.campaigns)  # type: ignore[arg-type, assignment]
    ports.batches = FirestoreBatchRepository(ports.campaigns)  # type: ignore[arg-type, assignment]
    documents = ports.campaigns.documents  # type: ignore[attr-defined]
    ports.experiments = FirestoreExperimentRepository(documents)  # type: ignore[assignment]
    ports.reviews = FirestoreReviewRepository(ports.campaigns)  # type: ignore[arg-type, assignment]
    ports.plays = FirestorePlayRepository(documents)  # type: ignore[assignment]
    ports.savings = SavingsCounter(ports.campaigns)
    ports.mirror = ObjectStoreMirror(bucket_store, gap=timedelta(seconds=1.5), now=utc_now)
    ports.storage_probe = ObjectStoreProbe(ports.objects, ports.clock)
    generator = FakeVideoGenerator(ports.objects)
    ports.generator = CountedPort(generator, "Veo", counter)  # type: ignore[assignment]
    ports.queue = Queue(ports.queue, "Pub/Sub", counter)  # type: ignore[assignment]
    return ports


@dataclass
class Client:
    ports: FakePorts
    counter: Counter

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        *,
        lines: bytes | None = None,
    ) -> Any:  # noqa: ANN401  # JSON.
        request = EnvironBuilder(
            method=method,
            base_url=f"https://{HOST}",
            path=path.partition("?")[0],
            query_string=path.partition("?")[2],
            json=body,
            data=lines,
            content_type="application/x-ndjson" if lines else None,
            headers=Headers(headers or {}),
        ).get_request()
        response = respond(request, lambda: self.ports)
        assert response.status_code < 400, response.get_data(as_text=True)
        return json.loads(response.get_data() or "null")

    def begin(self, path: str) -> None:
        """Ask for the head of an answer that is no JSON."""
        request = EnvironBuilder(method="HEAD", base_url=f"https://{HOST}", path=path)
        assert respond(request.get_request(), lambda: self.ports).status_code == HTTPStatus.OK

    def create(
        self, campaign_id: str, *prompts: str, key: str | None = None, **fields: str
    ) -> list[Any]:
        headers = {"Idempotency-Key": key} if key else None
        body = {"prompts": prompts, **fields}
        path = f"/v1/campaigns/{campaign_id}/videos"
        answer = self.send("POST", path, body, headers)
        return [each["id"] for each in answer["data"]]

    def video(self, video_id: str) -> Video:
        campaign_id, video_hash = video_id.removeprefix("video_").split(".")
        return self.ports.campaigns.get_video(campaign_id, video_hash)

    def submit(self, video_id: str, *, turn: datetime | None = None) -> None:
        video = self.video(video_id)
        generate_video(
            self.ports,
            VideoMessage(campaign_id=video.campaign_id, video_hash=video.video_hash, turn=turn),
        )

    def announce(self, video_id: str) -> VideoMessage:
        """Let the clip appear in the bucket, and return what that announces."""
        video = self.video(video_id)
        self.ports.generator.let_clips_appear()
        folder = attempts_prefix(video.campaign_id, video.video_hash)
        (found,) = self.ports.objects.list(folder)
        return VideoMessage(
            campaign_id=video.campaign_id, video_hash=video.video_hash, clip_path=found.path
        )

    def finish(self, video_id: str) -> None:
        self.submit(video_id)
        generate_video(self.ports, self.announce(video_id))

    def shown_after(self, video_id: str) -> Calls:
        """Return the calls from the announcement of a clip to the commit that shows it."""
        message = self.announce(video_id)
        calls = self.counter.of(lambda: generate_video(self.ports, message))
        assert self.video(video_id).is_current
        commits = [place for place, each in enumerate(calls) if each.name == "Firestore.Commit"]
        return calls[: commits[1] + 1]


@pytest.fixture
def client(ports: FakePorts, counter: Counter) -> Client:
    """One that has made a video before: what is opened or proven once is not counted."""
    client = Client(ports, counter)
    (first,) = client.create("warm", "The first one", key="warm")
    client.finish(first)
    return client


def counted(client: Client) -> dict[str, Calls]:
    """Return the calls of each row of the table."""
    of = client.counter.of
    calls = {
        "create one video": of(lambda: client.create("one", "A boat")),
        "create eight videos": of(
            lambda: client.create("eight", *(f"Boat {each}" for each in range(SLOTS)))
        ),
        "create one with an Idempotency-Key": of(lambda: client.create("k", "A boat", key="k1")),
        "the same again, answered from the record": of(
            lambda: client.create("k", "A boat", key="k1")
        ),
    }
    client.ports.policy = replace(UNLIMITED, daily_budget_usd=Decimal(100))
    calls["create the first video of a day that has a budget"] = of(
        lambda: client.create("budgeted", "A boat")
    )
    calls["create one video where a day has a budget"] = of(lambda: client.create("day", "A boat"))
    client.ports.policy = UNLIMITED
    (video_id,) = client.create("spring", "A boat")
    path = f"/v1/videos/{video_id}"
    calls["submit a video (with the paid call)"] = of(lambda: client.submit(video_id))
    calls["from the announced clip to the commit that shows it"] = client.shown_after(video_id)
    calls["create, answered from the cache"] = of(lambda: client.create("spring", "A boat"))
    calls["estimate of a cached video"] = of(
        lambda: client.send(
            "POST", "/v1/videos/estimate", {"campaign_id": "spring", "prompt": "A boat"}
        )
    )
    calls["read a video"] = of(lambda: client.send("GET", path))
    calls["read a campaign with eight slots"] = of(
        lambda: client.send("GET", "/v1/campaigns/eight")
    )
    calls["list videos"] = of(lambda: client.send("GET", "/v1/videos?campaign_id=eight"))
    signed = "/v1/videos?limit=2&include=signed_url"
    calls["list videos of two campaigns with signed URLs"] = of(lambda: client.send("GET", signed))
    calls["list campaigns"] = of(lambda: client.send("GET", "/v1/campaigns"))
    search = "/v1/campaigns?order=updated&archived=false&q=spring"
    calls["search campaigns"] = of(lambda: client.send("GET", search))
    calls["regenerate a video"] = of(lambda: client.send("POST", f"{path}/regenerate"))
    following = [
        each["pending"]["id"]
        for each in client.send("GET", "/v1/campaigns/spring")["slots"]
        if each["pending"]
    ]
    client.submit(following[0])
    calls["the same, for a clip that replaces another one"] = client.shown_after(following[0])
    calls["extend a video"] = of(
        lambda: client.send("POST", f"/v1/videos/{following[0]}/extend", {"prompt": "It sinks"})
    )
    calls |= of_pictures(client) | of_watching(client) | of_reviewing(client)
    calls |= of_the_trash(client) | of_a_queue(client) | of_batches(client)
    calls["cancel a video that waits"] = of(
        lambda: client.send("POST", f"/v1/videos/{client.create('c', 'A boat')[0]}/cancel")
    )[len(calls["create one video"]) :]
    return calls


def of_pictures(client: Client) -> dict[str, Calls]:
    of = client.counter.of
    url = "https://shop.example.com/cup.png"
    client.ports.web.pages[url] = a_picture()
    stored = client.send("POST", "/v1/campaigns/stored/inputs", {"url": url})
    return {
        "create one video from a picture in the request": of(
            lambda: client.create("sent", "A cup", image=data_uri(a_picture()))
        ),
        "create one from a stored picture": of(
            lambda: client.create("stored", "A cup", image=stored["id"])
        ),
    }


def of_watching(client: Client) -> dict[str, Calls]:
    """Return the calls of reports, and of a page that loads an embed."""
    of = client.counter.of
    made = client.create("watched", "A boat", "A kite")
    made_experiments: list[Any] = []
    for video_id in made:
        client.finish(video_id)
    arms = [{"video_id": video_id} for video_id in made]
    path = "/v1/campaigns/watched/experiments"
    made_calls = of(lambda: made_experiments.append(client.send("POST", path, {"arms": arms})))
    (experiment,) = made_experiments
    embed = experiment["embed_url"].partition(HOST)[2]
    return {
        "create an experiment with two arms": made_calls,
        "load the embed of an experiment": of(lambda: client.send("POST", embed)),
        "report an experiment": of(lambda: client.send("GET", f"{path}/{experiment['id']}")),
        "read how a video was watched": of(
            lambda: client.send("GET", f"/v1/videos/{made[0]}/analytics")
        ),
        "read how the videos of a campaign were watched": of(
            lambda: client.send("GET", "/v1/campaigns/watched/analytics")
        ),
    }


def of_reviewing(client: Client) -> dict[str, Calls]:
    """Return the calls of what a reviewer waits for; no call signs the URLs here."""
    of = client.counter.of
    made = client.create("reviewed", *(f"Boat {number}" for number in range(SLOTS)))
    for video_id in made:
        client.finish(video_id)
    token = client.send("POST", "/v1/campaigns/reviewed/reviews")["url"].partition("#")[2]
    path, name = f"/v1/reviews/{token}", {"name": "Ann"}
    comment = {**name, "video_id": made[0], "text": "Too dark."}
    decision = {**name, "decision": "approved"}
    return {
        "begin a download of eight videos": of(
            lambda: client.begin("/v1/campaigns/reviewed/download")
        ),
        "open a review of eight videos": of(lambda: client.send("GET", path)),
        "comment in a review": of(lambda: client.send("POST", f"{path}/comments", comment)),
        "decide in a review": of(
            lambda: client.send("PUT", f"{path}/decisions/{made[0]}", decision)
        ),
    }


def of_the_trash(client: Client) -> dict[str, Calls]:
    """Return the calls for a current video, whose clip in the bucket is also renamed."""
    of = client.counter.of
    client.ports.policy = replace(UNLIMITED, trash_days=7)
    (video_id,) = client.create("trash", "A boat")
    client.finish(video_id)
    return {
        "move a video to the trash": of(lambda: client.send("DELETE", f"/v1/videos/{video_id}")),
        "list the trash of a campaign": of(lambda: client.send("GET", "/v1/campaigns/trash/trash")),
        "restore a video": of(lambda: client.send("POST", f"/v1/videos/{video_id}/restore")),
    }


def of_a_queue(client: Client) -> dict[str, Calls]:
    """Return the calls for videos of a model with a rate of one a minute, and of its giver."""
    of, ports = client.counter.of, client.ports
    ports.rates = {DEFAULT_MODEL: 1}
    (first,) = client.create("first", "A boat")
    own_turn = of(lambda: client.submit(first))
    (second,) = client.create("second", "A boat")
    no_turn = of(lambda: client.submit(second))
    ports.clock.advance(TURN_WINDOW)
    giving = of(lambda: give_round(ports, DEFAULT_MODEL))
    given = of(lambda: client.submit(second, turn=ports.now()))
    shown = client.shown_after(second)
    (third,) = client.create("third", "A boat")
    client.submit(third)
    ports.clock.advance(TURN_WINDOW)
    give_round(ports, DEFAULT_MODEL)
    moment = ports.now()
    ports.clock.advance(2 * TURN_SLACK)
    late = of(lambda: client.submit(third, turn=moment))
    ports.rates = {}
    return {
        "submit a video that takes its own turn": own_turn,
        "the step of a video that has to wait": no_turn,
        "give turns, with the count of each lane, which is made once a minute": giving,
        "submit a video that was given a turn": given,
        "from its announced clip to the commit that shows it": shown,
        "submit a video whose turn is late": late,
    }


def of_batches(client: Client) -> dict[str, Calls]:
    """Return the calls for a list of three batches whose videos wait."""
    for number in range(3):
        line = {"campaign_id": f"batch{number}", "prompt": "A boat"}
        batch = client.send("POST", "/v1/batches", lines=json.dumps(line).encode() + b"\n")
        run_batch(client.ports, batch["id"], lines_of)
    return {"list three batches": client.counter.of(lambda: client.send("GET", "/v1/batches"))}


def own(calls: Calls) -> list[str]:
    return [each.name for each in calls if not each.is_beside]


def beside(calls: Calls) -> list[str]:
    found = sorted(Counted(each.name for each in calls if each.is_beside).items())
    return [f"{number} x {name}" for name, number in found]


LIMITS = {
    "create one video": 3,
    "create eight videos": 3,
    "create one with an Idempotency-Key": 5,
    "create one video from a picture in the request": 4,
    "create one from a stored picture": 4,
    "read a campaign with eight slots": 2,
    "list the trash of a campaign": 2,
    "list videos of two campaigns with signed URLs": 2,
    "begin a download of eight videos": 2,
    "create an experiment with two arms": 3,
    "report an experiment": 2,
    "read how a video was watched": 2,
    "read how the videos of a campaign were watched": 2,
    "open a review of eight videos": 3,
    "comment in a review": 4,
    "from the announced clip to the commit that shows it": 8,
    "the same, for a clip that replaces another one": 8,
}


def test_no_answer_waits_for_more_calls_than_the_document_says(
    client: Client, request: pytest.FixtureRequest
) -> None:
    calls = counted(client)

    table = "| what | calls | which | beside them |\n| --- | ---: | --- | --- |\n" + "".join(
        f"| {what} | {len(own(each))} | {', '.join(own(each))} | {', '.join(beside(each))} |\n"
        for what, each in calls.items()
    )
    if request.config.getoption("--write-calls"):
        PAGE.write_text(SECTION.sub(lambda _: table, PAGE.read_text()))
    found = SECTION.search(PAGE.read_text())
    assert found is not None
    assert table == found[0]
    assert {
        what: calls[what] for what, limit in LIMITS.items() if len(own(calls[what])) > limit
    } == {}
