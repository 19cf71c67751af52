"""All ports in memory, for use cases to work with."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from shared.adapters.media.picture_inspector import PillowPictureInspector
from shared.adapters.record_mirror import ObjectStoreMirror
from shared.adapters.web.urls import normal_form
from shared.domain.errors import InvalidClipError, InvalidUrlError
from shared.domain.model_registry import LOCATIONS, Family
from shared.domain.schedule import CLOUD_LEASES, Leases
from shared.ports.inspectors import InspectedClip
from shared.ports.object_store import SignatureVerifier
from shared.ports.policy import Policy
from shared.ports.web import WebAnswer
from shared.settings import DEFAULT_MODEL
from shared.use_cases.savings import SavingsCounter
from shared.use_cases.storage_probe import ObjectStoreProbe
from tests.fakes.message_queue import InMemoryMessageQueue
from tests.fakes.video_generator import FakeVideoGenerator
from tools.in_memory.batch_repository import InMemoryBatchRepository
from tools.in_memory.campaign_repository import InMemoryCampaignRepository
from tools.in_memory.clip import A_CLIP, CLIP_FACTS, PICTURES
from tools.in_memory.event_log import InMemoryEventLog
from tools.in_memory.experiment_repository import InMemoryExperimentRepository
from tools.in_memory.object_store import InMemoryObjectStore
from tools.in_memory.play_repository import InMemoryPlayRepository
from tools.in_memory.review_repository import InMemoryReviewRepository
from tools.in_memory.turn_repository import InMemoryTurnRepository
from tools.in_memory.webhook_repository import InMemoryWebhookRepository

if TYPE_CHECKING:
    from shared.domain.clip import ClipFacts


class FakePolicy(Struct, frozen=True, kw_only=True):
    max_videos_per_campaign: int = 4
    campaign_budget_usd: Decimal | None = None
    daily_budget_usd: Decimal | None = None
    filtered_retries: int = 0
    keep_historical: int = 1
    trash_days: int = 0
    keep_failed_days: int = 30
    queue_limit_hours: int = 24
    default_model: str = DEFAULT_MODEL
    simulated: bool = False
    public_url: str = ""
    plays_url: str = ""
    plays_topic: str = ""
    allowed_hosts: str = ""
    allowed_origins: str = ""
    api_keys: str = ""
    is_on_cloud_run: bool = False
    bucket_url: str = ""

    def location_of(self, family: Family) -> str:
        return LOCATIONS[family]


POLICY = FakePolicy()


class FakeClock:
    """Stands still until a test advances it."""

    def __init__(self) -> None:
        self._time = datetime(2026, 11, 7, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._time

    def advance(self, by: timedelta) -> None:
        self._time += by


class FakeClipInspector:
    """Knows some bytes as clips; no others are any."""

    def __init__(self) -> None:
        self.known: dict[bytes, ClipFacts] = {A_CLIP: CLIP_FACTS}

    def inspect(self, clip: BinaryIO) -> InspectedClip:
        clip.seek(0)
        try:
            return InspectedClip(facts=self.known[clip.read()], pictures=PICTURES)
        except KeyError:
            raise InvalidClipError("This is not an MP4.") from None


class FakeWeb:
    """Answers with what a test puts at a URL; posts get the answers of `receivers`, in turn."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.receivers: dict[str, list[WebAnswer]] = {}
        self.posts: list[tuple[str, Mapping[str, str], bytes]] = []

    def get(self, url: str, *, most_bytes: int, within: timedelta) -> bytes:
        self.requests.append(url)
        try:
            return self.pages[url]
        except KeyError:
            raise InvalidUrlError("The URL answers 404, not 200.") from None

    def require_postable(self, url: str) -> None:
        if url not in self.receivers:
            raise InvalidUrlError("The host of the URL cannot be found.")

    def normal_form(self, url: str) -> str:
        return normal_form(url)

    def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        most_bytes: int,
        within: timedelta,
    ) -> WebAnswer:
        """Repeat the last answer of a receiver; one without any cannot be reached."""
        self.posts.append((url, headers, body))
        answers = self.receivers.get(url)
        if not answers:
            raise InvalidUrlError("The URL cannot be reached, or its answer cannot be read.")
        return answers[0] if len(answers) == 1 else answers.pop(0)


@dataclass(kw_only=True)
class FakePorts:
    """`Ports` out of fakes, on one clock."""

    clock: FakeClock = field(default_factory=FakeClock)
    policy: Policy = POLICY
    local_signatures: SignatureVerifier | None = None
    leases: Leases = CLOUD_LEASES
    rates: Mapping[str, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.objects = InMemoryObjectStore(self.clock)
        self.storage_probe = ObjectStoreProbe(self.objects, self.clock)
        self.campaigns = InMemoryCampaignRepository(self.clock)
        self.batches = InMemoryBatchRepository(self.campaigns)
        self.events = InMemoryEventLog(self.campaigns)
        self.turns = InMemoryTurnRepository(self.campaigns)
        self.webhooks = InMemoryWebhookRepository(self.campaigns)
        self.webhook_key = b"a key for the secrets of webhooks"
        self.experiments = InMemoryExperimentRepository()
        self.reviews = InMemoryReviewRepository(self.campaigns)
        self.plays = InMemoryPlayRepository()
        self.play_key = b"a key for the tokens of plays"
        self.json = InMemoryObjectStore(self.clock)
        self.mirror = ObjectStoreMirror(self.json, gap=timedelta(), now=self.clock)
        self.queue = InMemoryMessageQueue(self.clock)
        self.generator = FakeVideoGenerator(self.objects)
        self.inspector = FakeClipInspector()
        self.pictures = PillowPictureInspector()
        self.web = FakeWeb()
        self.savings = SavingsCounter(self.campaigns)

    @property
    def now(self) -> FakeClock:
        return self.clock

    def copy(self) -> "FakePorts":
        """Return ports that begin with the same contents and go their own way."""
        other = FakePorts(policy=self.policy, rates=self.rates)
        other.clock.advance(self.now() - other.now())
        other.objects.objects |= self.objects.objects
        other.json.objects |= self.json.objects
        other.campaigns.campaigns |= self.campaigns.campaigns
        other.campaigns.videos |= self.campaigns.videos
        other.campaigns.days |= self.campaigns.days
        other.campaigns.events |= self.campaigns.events
        other.campaigns.undispatched |= self.campaigns.undispatched
        other.webhooks.webhooks = self.webhooks.webhooks
        other.webhooks.deliveries |= self.webhooks.deliveries
        other.experiments.experiments |= self.experiments.experiments
        other.reviews.reviews |= self.reviews.reviews
        other.plays.views |= self.plays.views
        other.plays.counts |= self.plays.counts
        other.turns.paces |= self.turns.paces
        other.batches.batches |= self.batches.batches
        other.campaigns.written_at |= self.campaigns.written_at
        other.campaigns._revisions = count(next(self.campaigns._revisions))
        other.queue._waiting += self.queue._waiting
        other.queue.events += self.queue.events
        other.queue.deliveries += self.queue.deliveries
        other.generator.submissions += self.generator.submissions
        other.generator.operations |= {
            name: replace(operation) for name, operation in self.generator.operations.items()
        }
        other.generator.will(*self.generator._scripts)
        return other
