"""Where a history happens: real adapters, on a clock and with a queue that outlive processes."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Protocol, Self, TypeVar, cast

from shared.adapters.media.picture_inspector import PillowPictureInspector
from shared.domain.schedule import Leases
from shared.ports import Ports
from shared.ports.batch_repository import BatchRepository
from shared.ports.campaign_repository import CampaignRepository
from shared.ports.event_log import EventLog
from shared.ports.inspectors import ClipInspector
from shared.ports.message_queue import MessageQueue
from shared.ports.object_store import ObjectStore, SignatureVerifier
from shared.ports.policy import Policy
from shared.ports.record_mirror import RecordMirror
from shared.ports.turn_repository import TurnRepository
from shared.ports.video_generator import VideoGenerator
from shared.ports.webhook_repository import WebhookRepository
from shared.use_cases.copy_campaigns import Installation
from shared.use_cases.savings import SavingsCounter
from shared.use_cases.storage_probe import ObjectStoreProbe
from tests.chaos.bill import Bill
from tests.chaos.mailbox import Mailbox
from tests.chaos.receiver import Receiver
from tests.chaos.safeguards import Weaken
from tests.chaos.shared_state import SharedClock, SharedState
from tests.chaos.tripwire import Touch, watched
from tools.in_memory.campaign_repository import InMemoryCampaignRepository
from tools.in_memory.experiment_repository import InMemoryExperimentRepository
from tools.in_memory.play_repository import InMemoryPlayRepository
from tools.in_memory.review_repository import InMemoryReviewRepository

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Site:
    """What one process works with. `elsewhere` is another installation, to copy from."""

    ports: Ports
    elsewhere: Installation


class World(Protocol):
    """All that is outside of the processes of a history."""

    @property
    def state(self) -> SharedState: ...
    @property
    def clock(self) -> SharedClock: ...
    @property
    def mailbox(self) -> Mailbox: ...
    @property
    def bill(self) -> Bill: ...
    @property
    def pause_seconds(self) -> float:
        """How long a witness rests at least between two looks."""

    def opened(self, touch: Touch) -> AbstractContextManager[Site]:
        """Yield new adapters of this process, and `touch` every point that it comes to."""

    def let_clips_appear(self) -> None:
        """Write every clip that is ready, as Veo does unasked, and announce it."""

    def observe(self, look: Callable[[Ports], T]) -> T:
        """Return what `look` finds in a process that does nothing else."""

    def copy(self, name: str) -> Self:
        """Return a world with the same things in it, for a history of its own."""

    def apart(self, state: SharedState) -> Self:
        """Return the same for another process that forks others."""

    def swap(self) -> None:
        """Exchange this installation with the one elsewhere."""

    def remove(self) -> None: ...
    def with_faults(self, faults: str) -> Self:
        """Let the generator misbehave from now on."""

    def with_rates(self, rates: str) -> Self:
        """Let models have these rates, as in MODEL_RATES, from now on."""

    def weakened(self, weaken: Weaken) -> Self:
        """Let processes act without a safeguard from now on."""


@dataclass(frozen=True, kw_only=True)
class Adapters:
    """The ports of one process before anybody watches them."""

    objects: ObjectStore
    campaigns: CampaignRepository
    batches: BatchRepository
    events: EventLog
    webhooks: WebhookRepository
    receiver: Receiver
    turns: TurnRepository
    mirror: RecordMirror
    queue: MessageQueue
    generator: VideoGenerator
    inspector: ClipInspector
    local_signatures: SignatureVerifier | None
    policy: Policy
    clock: SharedClock
    leases: Leases
    rates: Mapping[str, int | None]

    @cached_property
    def _storage_probe(self) -> ObjectStoreProbe:
        """Proven without points: what is cut off there is only begun once more."""
        return ObjectStoreProbe(self.objects, self.clock)

    def touching(self, touch: Touch) -> Ports:
        """Return them as ports with a point before and after each call."""
        campaigns = watched(self.campaigns, "campaigns", touch)
        return cast(
            "Ports",
            SimpleNamespace(
                objects=watched(self.objects, "objects", touch),
                storage_probe=self._storage_probe,
                campaigns=campaigns,
                batches=watched(self.batches, "batches", touch),
                events=watched(self.events, "events", touch),
                webhooks=watched(self.webhooks, "webhooks", touch),
                webhook_key=b"a key for the secrets of webhooks",
                experiments=InMemoryExperimentRepository(),
                reviews=InMemoryReviewRepository(InMemoryCampaignRepository()),
                plays=InMemoryPlayRepository(),
                play_key=b"a key for the tokens of plays",
                turns=watched(self.turns, "turns", touch),
                mirror=watched(self.mirror, "mirror", touch),
                queue=watched(self.queue, "queue", touch),
                generator=watched(self.generator, "generator", touch),
                inspector=watched(self.inspector, "inspector", touch),
                pictures=PillowPictureInspector(),
                web=watched(self.receiver, "web", touch),
                savings=SavingsCounter(campaigns),
                local_signatures=self.local_signatures,
                policy=self.policy,
                leases=self.leases,
                rates=self.rates,
                now=self.clock,
            ),
        )
