"""All of Showreel but its HTTP side, over the real SDK and the stand-in for Vertex AI."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from shared.adapters.media.clip_inspector import PyAVClipInspector
from shared.adapters.media.picture_inspector import PillowPictureInspector
from shared.adapters.record_mirror import ObjectStoreMirror
from shared.domain.money import Money
from shared.domain.schedule import CLOUD_LEASES, Leases
from shared.domain.video import GenerationParameters, Video
from shared.ports import Clock
from shared.ports.inspectors import ClipInspector, PictureInspector
from shared.ports.object_store import ObjectStore, SignatureVerifier
from shared.ports.policy import Policy
from shared.ports.video_generator import VideoGenerator
from shared.ports.web import Web
from shared.use_cases.create_videos import CreateVideos, Draft, create_videos
from shared.use_cases.generate_video import generate_video
from shared.use_cases.inputs import NO_PICTURES, Sources, gather
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.savings import SavingsCounter
from shared.use_cases.storage_probe import ObjectStoreProbe
from tests.cloud.veo import MODEL, TODAY, Veo, veo_in_bucket, veo_inline
from tests.fakes.message_queue import InMemoryMessageQueue
from tests.fakes.ports import POLICY, FakeWeb
from tools.in_memory.batch_repository import InMemoryBatchRepository
from tools.in_memory.campaign_repository import InMemoryCampaignRepository
from tools.in_memory.event_log import InMemoryEventLog
from tools.in_memory.experiment_repository import InMemoryExperimentRepository
from tools.in_memory.play_repository import InMemoryPlayRepository
from tools.in_memory.review_repository import InMemoryReviewRepository
from tools.in_memory.turn_repository import InMemoryTurnRepository
from tools.in_memory.webhook_repository import InMemoryWebhookRepository

PRICE = Decimal("1.60")
LATEST = timedelta(hours=1)
TICK = timedelta(seconds=10)
Start = Callable[[ObjectStore], AbstractContextManager[Veo]]

in_bucket: Start = partial(veo_in_bucket, polls=1)
inline: Start = partial(veo_inline, polls=1)


@dataclass(kw_only=True)
class Showreel:
    """Its clock goes as fast as the messages do."""

    veo: Veo
    objects: ObjectStore
    time: datetime = TODAY
    campaigns: InMemoryCampaignRepository = field(default_factory=InMemoryCampaignRepository)
    inspector: ClipInspector = field(default_factory=PyAVClipInspector)
    pictures: PictureInspector = field(default_factory=PillowPictureInspector)
    web: Web = field(default_factory=FakeWeb)
    local_signatures: SignatureVerifier | None = None
    policy: Policy = POLICY
    leases: Leases = CLOUD_LEASES
    rates: Mapping[str, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.queue = InMemoryMessageQueue(self.now)
        self.batches = InMemoryBatchRepository(self.campaigns)
        self.events = InMemoryEventLog(self.campaigns)
        self.turns = InMemoryTurnRepository(self.campaigns)
        self.webhooks = InMemoryWebhookRepository(self.campaigns)
        self.webhook_key = b""
        self.experiments = InMemoryExperimentRepository()
        self.reviews = InMemoryReviewRepository(self.campaigns)
        self.plays = InMemoryPlayRepository()
        self.play_key = b""
        self.mirror = ObjectStoreMirror(self.objects, gap=timedelta(), now=self.now)
        self.storage_probe = ObjectStoreProbe(self.objects, self.now)
        self.savings = SavingsCounter(self.campaigns)

    @property
    def now(self) -> Clock:
        return lambda: self.time

    @property
    def generator(self) -> VideoGenerator:
        return self.veo.generator

    def create(self, prompt: str, *, sources: Sources = NO_PICTURES, seconds: int = 4) -> Video:
        request = CreateVideos(
            campaign_id="spring",
            drafts=(Draft(prompt=prompt),),
            parameters=GenerationParameters(model=MODEL, duration_seconds=seconds),
            sources=gather(self, sources),
        )
        [created] = create_videos(self, request)
        return created.video

    def latest(self, video: Video) -> Video:
        return self.campaigns.get_video("spring", video.video_hash)

    @property
    def money(self) -> Money:
        return self.campaigns.get_campaign("spring").money

    def ended(self, video: Video) -> Video:
        """Let time pass until the video has ended."""
        deadline = self.time + LATEST
        while not self.latest(video).has_ended:
            assert self.time < deadline, self.latest(video)
            self.pass_time()
        return self.latest(video)

    def pass_time(self, time: timedelta = TICK) -> None:
        """Deliver messages, and let the tick come."""
        end = self.time + time
        while self.time < end:
            self.deliver()
            maintain_campaigns(self)
            self.deliver()
            self.time += TICK

    def deliver(self) -> None:
        self.queue.deliver_all(partial(generate_video, self))
