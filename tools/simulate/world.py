"""An installation in simulated time: the deployed functions between simulated services."""

import base64
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from werkzeug.test import EnvironBuilder

import main
from shared import bootstrap
from shared.messages import PubSubMessage
from shared.settings import read_settings
from shared.use_cases import give_turns
from tools.emulated_cloud.vertex.quota import Quota
from tools.in_memory.object_store import InMemoryObjectStore
from tools.simulate.cases import Case
from tools.simulate.clock import Killed, SimulatedClock, simulated_time
from tools.simulate.generator import SimulatedGenerator
from tools.simulate.ports import SimulatedPorts
from tools.simulate.pubsub import Subscription

# infra/functions.tf: 10 instances with 4 requests each.
_PLACES = 40
_TICK_SECONDS = 60.0
_VIDEOS_OF_A_REQUEST = 100
_PERSON = "person-"
_CLIENT_RETRY_SECONDS = 10.0
# Longer than any video waits and is made.
_LONGEST_HOURS = 27
_HOST = "https://showreel.example.com"
_SETTINGS = {
    "STORAGE_URL": "gs://showreel-videos",
    "GOOGLE_CLOUD_PROJECT": "showreel",
    "MAX_VIDEOS_PER_CAMPAIGN": str(_VIDEOS_OF_A_REQUEST),
    "PUBLIC_URL": _HOST,
}


class World:
    """Runs a case to its end. The services count what they do."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.clock = SimulatedClock(deaths=case.deaths, seed=case.seed)
        self.errors: list[str] = []
        self._random = Random(case.seed)  # noqa: S311  # A simulation repeats itself.
        self.steps = self._subscription(main.generate_video, _PLACES, lost=case.lost)
        self.requests = self._subscription(main.request_videos, _PLACES)
        self.ticks = self._subscription(main.maintain_campaigns, 1)
        objects = InMemoryObjectStore(self.clock)
        self.generator = SimulatedGenerator(
            clock=self.clock,
            quota=Quota(rate=case.rate, counting=case.counting),
            objects=objects,
            announce=self._announce,
            random=self._random,
            filtered=case.filtered,
            is_down=case.is_down,
        )
        self.ports = SimulatedPorts(
            self.clock,
            read_settings(_SETTINGS),
            chance=self._random,
            objects=objects,
            generator=self.generator,
            publish=self.steps.publish,
            publish_request=self.requests.publish,
        )

    def run(self, *, minutes: int = _LONGEST_HOURS * 60) -> None:
        """Return when every video has ended, or after so many minutes."""
        self._schedule_requests()
        self._schedule_tick()
        with (
            _collecting(self.errors),
            simulated_time(self.clock, seed=self.case.seed),
            patch.object(bootstrap, "serving_ports", lambda: self.ports),
            patch.object(give_turns, "threading", SimpleNamespace(Thread=self.clock.thread)),
        ):
            for minute in range(minutes):
                self.clock.run(until=(minute + 1) * 60.0)
                if len(self.ports.records.ended_at) == self.case.videos:
                    break
            self.clock.end()

    def _subscription(
        self, function: Callable[..., Any], places: int, *, lost: float = 0.0
    ) -> Subscription:
        def take(message: PubSubMessage) -> bool:
            try:
                return bool(function(_push(message)).status_code == HTTPStatus.OK)
            except Killed:
                return False

        return Subscription(
            clock=self.clock,
            take=take,
            places=places,
            random=self._random,
            latency=self.case.latency,
            lost=lost,
        )

    def _schedule_requests(self) -> None:
        """Publish the bulk at once, and let single requests come while four fifths are made."""
        for first in range(0, self.case.bulk, _VIDEOS_OF_A_REQUEST):
            count = min(_VIDEOS_OF_A_REQUEST, self.case.bulk - first)
            prompts = [f"A boat, seen from a harbour, take {first + each}" for each in range(count)]
            body = {"campaign_id": f"bulk-{first // _VIDEOS_OF_A_REQUEST}", "prompts": prompts}
            self.requests.publish(json.dumps(body).encode())
        for number in range(self.case.interactive):
            after = self._random.uniform(0, 0.8 * self.case.ideal_seconds)
            self.clock.start(partial(self._create, number), after=after)

    def _create(self, number: int) -> None:
        """Create a video as a client does that repeats a request without an answer."""
        path = f"/v1/campaigns/{_PERSON}{number}/videos"
        headers = {"Idempotency-Key": f"{_PERSON}{number}"}
        try:
            response: Any = main.serve_api(_request(path, {"prompts": ["A lighthouse"]}, headers))
        except Killed:
            self.clock.start(partial(self._create, number), after=_CLIENT_RETRY_SECONDS)
            return
        if response.status_code != HTTPStatus.ACCEPTED:
            self.errors.append(response.get_data(as_text=True))

    def _schedule_tick(self, number: int = 1) -> None:
        late = self._random.uniform(-self.case.tick_late, self.case.tick_late)

        def tick() -> None:
            self.ticks.publish(b"{}")
            self._schedule_tick(number + 1)

        self.clock.start(tick, after=number * _TICK_SECONDS + late - self.clock.seconds)

    def _announce(self, path: str) -> None:
        self.steps.publish(b"", eventType="OBJECT_FINALIZE", objectId=path)


@contextmanager
def _collecting(errors: list[str]) -> Iterator[None]:
    """Collect what is logged as an error. Nothing is printed."""

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            reason = f" ({record.exc_info[1]!r})" if record.exc_info else ""
            errors.append(f"{record.getMessage()}{reason}")

    root = logging.getLogger()
    handlers, root.handlers = root.handlers, [Collector()]
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        root.handlers = handlers


def is_interactive(campaign_id: str) -> bool:
    return campaign_id.startswith(_PERSON)


def _push(message: PubSubMessage) -> Any:  # noqa: ANN401  # A request of werkzeug or Flask.
    envelope = {
        "messageId": message.message_id,
        "data": base64.b64encode(message.data).decode(),
        "attributes": dict(message.attributes),
    }
    return _request("/", {"message": envelope}, {})


def _request(path: str, body: Mapping[str, object], headers: dict[str, str]) -> Any:  # noqa: ANN401  # A request of werkzeug.
    builder = EnvironBuilder(
        method="POST", base_url=_HOST, path=path, json=body, headers=list(headers.items())
    )
    return builder.get_request()
