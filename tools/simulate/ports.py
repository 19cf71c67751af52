"""Showreel's ports in simulated time: the services in memory, each call of which takes a while."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, BinaryIO

from shared.domain.batch import Batch
from shared.domain.errors import InvalidInputError
from shared.domain.events import Event
from shared.domain.inputs import Picture
from shared.domain.pacing import Pace
from shared.domain.schedule import CLOUD_LEASES
from shared.domain.video import Video
from shared.messages import encode, encode_batch
from shared.ports.inspectors import InspectedClip
from shared.ports.message_queue import VideoMessage
from shared.ports.record_mirror import MirrorListing
from shared.records import form
from shared.settings import Settings
from shared.use_cases.savings import SavingsCounter
from shared.use_cases.storage_probe import ObjectStoreProbe
from tools.in_memory.batch_repository import InMemoryBatchRepository
from tools.in_memory.campaign_repository import InMemoryCampaignRepository
from tools.in_memory.clip import CLIP_FACTS, PICTURES
from tools.in_memory.event_log import InMemoryEventLog
from tools.in_memory.object_store import InMemoryObjectStore
from tools.in_memory.play_repository import InMemoryPlayRepository
from tools.in_memory.turn_repository import InMemoryTurnRepository
from tools.in_memory.webhook_repository import InMemoryWebhookRepository
from tools.simulate.clock import SimulatedClock
from tools.simulate.generator import SimulatedGenerator

_RECORD_SECONDS, _OBJECT_SECONDS, _PUBLISH_SECONDS = 0.04, 0.06, 0.03
# What the adapter of a bucket answers by itself; and no webhook is simulated.
_WITHOUT_CALL = frozenset({"free_bytes", "is_case_sensitive", "publish_events"})
_INSPECTED_SECONDS = 2.0
# A call takes 0.5 to 1.5 times as long as usual; one in a hundred, ten times as long.
_FASTEST, _SLOWEST = 0.5, 1.5
_STALLED, _STALLED_TIMES = 0.01, 10.0


class Timed:
    """Passes each call on in the middle of the time that it takes."""

    def __init__(self, port: object, clock: SimulatedClock, chance: Random, seconds: float) -> None:
        self._port = port
        self._clock = clock
        self._random = chance
        self._seconds = seconds

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # Any method of any port.
        method = getattr(self._port, name)
        if not callable(method) or name in _WITHOUT_CALL:
            return method

        def call(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401  # Any method of any port.
            if not self._clock.is_passing:
                # Real threads would draw numbers in another order each time.
                return method(*arguments, **options)
            pause = self._duration() / 2
            self._clock.sleep(pause)
            answer = method(*arguments, **options)
            self._clock.sleep(pause)
            return answer

        return call

    def _duration(self) -> float:
        times = self._random.uniform(_FASTEST, _SLOWEST)
        if self._random.random() < _STALLED:
            times *= _STALLED_TIMES
        return self._seconds * times


class CountedRecords(InMemoryCampaignRepository):
    """Counts commits, and notes when each video ended and how long its record ever was."""

    def __init__(self, clock: SimulatedClock) -> None:
        super().__init__(clock)
        self.clock = clock
        self.commits = 0
        self.longest = 0
        self.ended_at: dict[str, float] = {}

    def commit(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401  # Whatever it takes.
        return self._counted(super().commit, *arguments, **options)

    def commit_video(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401  # Whatever it takes.
        return self._counted(super().commit_video, *arguments, **options)

    def _counted(self, commit: Callable[..., Any], *arguments: Any, **options: Any) -> Any:  # noqa: ANN401  # Whatever it takes.
        committed = commit(*arguments, **options)
        self.commits += 1
        return committed

    def _store(self, video: Video) -> Video:
        stored = super()._store(video)
        self.longest = max(self.longest, len(form.encode(stored)))
        if stored.has_ended:
            self.ended_at.setdefault(stored.id, self.clock.seconds)
        return stored


class CountedTurns(InMemoryTurnRepository):
    """Notes when each pace was written."""

    def __init__(self, records: CountedRecords) -> None:
        super().__init__(records)
        self.clock = records.clock
        self.written_at: list[float] = []

    def commit_pace(self, pace: Pace) -> Pace:
        committed = super().commit_pace(pace)
        self.written_at.append(self.clock.seconds)
        return committed


class Inspector:
    """Takes as long as the real one, and finds what was asked for."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock

    def inspect(self, clip: BinaryIO) -> InspectedClip:
        self._clock.sleep(_INSPECTED_SECONDS)
        return InspectedClip(facts=CLIP_FACTS, pictures=PICTURES)


class NoPictures:
    """Refuses every picture: no simulated request has one."""

    def inspect(self, content: bytes) -> Picture:
        raise InvalidInputError("There are no pictures here.")

    def get(self, url: str, *, most_bytes: int, within: timedelta) -> bytes:
        raise InvalidInputError("There are no pictures here.")


class Topic:
    """Publishes the wire form of messages. Pub/Sub cannot deliver later."""

    def __init__(
        self,
        publish: Callable[[bytes], object],
        publish_request: Callable[[bytes], object],
        events: InMemoryEventLog,
    ) -> None:
        self._publish = publish
        self._publish_request = publish_request
        self._events = events

    def publish(self, *messages: VideoMessage) -> None:
        for message in messages:
            self._publish(encode(message))

    def publish_later(self, message: VideoMessage, delay: timedelta) -> None:
        """The tick finds the video when it is due."""

    def publish_batch(self, batch_id: str) -> None:
        self._publish_request(encode_batch(batch_id))

    def publish_events(self, *events: Event) -> None:
        """There are no webhooks: an event is dispatched to none at once."""
        for event in events:
            self._events.note_dispatched(event.id)


class NoMirror:
    """Leaves out the JSON beside the videos, which decides nothing; the calls take their time."""

    def __init__(self) -> None:
        self._until: datetime | None = None

    def list(self, campaign_id: str) -> MirrorListing:
        return MirrorListing(campaign_id=campaign_id, files={})

    def stale(self, *_: object, **__: object) -> tuple[str, ...]:
        return ()

    def update(self, *_: object, **__: object) -> tuple[str, ...]:
        return ()

    def write_submission(self, video: Video) -> None: ...

    def write_batch(self, batch: Batch) -> None: ...

    def complete_until(self) -> datetime | None:
        return self._until

    def note_complete(self, until: datetime) -> None:
        self._until = until


class SimulatedPorts:
    """`Ports` of one installation. Only the generator and the topics are given."""

    def __init__(
        self,
        clock: SimulatedClock,
        settings: Settings,
        *,
        chance: Random,
        objects: InMemoryObjectStore,
        generator: SimulatedGenerator,
        publish: Callable[[bytes], object],
        publish_request: Callable[[bytes], object],
    ) -> None:
        timed = partial(Timed, clock=clock, chance=chance)
        self.records = CountedRecords(clock)
        self.now = clock
        self.policy = settings
        self.rates = settings.rates
        self.leases = CLOUD_LEASES
        self.local_signatures = None
        self.generator = generator
        self.inspector = Inspector(clock)
        self.pictures = NoPictures()
        self.web = NoPictures()
        self.objects: Any = timed(objects, seconds=_OBJECT_SECONDS)
        self.campaigns: Any = timed(self.records, seconds=_RECORD_SECONDS)
        self.paces = CountedTurns(self.records)
        self.turns: Any = timed(self.paces, seconds=_RECORD_SECONDS)
        self.events = InMemoryEventLog(self.records)
        self.webhooks = InMemoryWebhookRepository(self.records)
        self.plays = InMemoryPlayRepository()
        self.batches: Any = timed(InMemoryBatchRepository(self.records), seconds=_RECORD_SECONDS)
        self.queue: Any = timed(
            Topic(publish, publish_request, self.events), seconds=_PUBLISH_SECONDS
        )
        self.storage_probe = ObjectStoreProbe(self.objects, clock)
        self.mirror: Any = timed(NoMirror(), seconds=_OBJECT_SECONDS)
        self.savings = SavingsCounter(self.campaigns)
