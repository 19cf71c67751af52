"""The emulated cloud: Firestore's emulator, a strict bucket, and Vertex AI behind Google's SDK.

No process has a client before it is forked: the one that forks asks others to look for it.
"""

import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from google.oauth2.service_account import Credentials

from shared.adapters.google.batch_repository import FirestoreBatchRepository
from shared.adapters.google.bucket import open_bucket
from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.clip_output import BucketOutput
from shared.adapters.google.event_log import FirestoreEventLog
from shared.adapters.google.generators import GeneratorOfEachFamily
from shared.adapters.google.object_store import GCSObjectStore
from shared.adapters.google.omni_generator import OmniVideoGenerator
from shared.adapters.google.turn_repository import FirestoreTurnRepository
from shared.adapters.google.url_signer import V4URLSigner
from shared.adapters.google.veo_generator import VeoVideoGenerator
from shared.adapters.google.webhook_repository import FirestoreWebhookRepository
from shared.adapters.media.clip_inspector import PyAVClipInspector
from shared.adapters.record_mirror import ObjectStoreMirror
from shared.bootstrap.choices import is_stopping
from shared.domain.model_registry import LOCATIONS, Family
from shared.domain.models import parse_rates
from shared.domain.schedule import CLOUD_LEASES, COMMIT_DELAY
from shared.ports import Ports, utc_now
from shared.ports.video_generator import VideoGenerator
from shared.settings import read_settings
from shared.use_cases.copy_campaigns import Installation
from tests.chaos.bill import Bill, MeteredInspector
from tests.chaos.children import in_a_process
from tests.chaos.cloud_contents import Contents, contents_of, fill
from tests.chaos.crowd import losing_races
from tests.chaos.mailbox import Topic
from tests.chaos.receiver import Receiver
from tests.chaos.safeguards import Weaken, take_nothing_out
from tests.chaos.shared_state import SharedClock, SharedState
from tests.chaos.tripwire import Touch, touch_nothing
from tests.chaos.worlds import Adapters, Site
from tests.cloud.veo import CountedToken
from tests.eventually import eventually

T = TypeVar("T")

_GENERATORS: Mapping[Family, Callable[..., VideoGenerator]] = {
    "veo": VeoVideoGenerator,
    "omni": OmniVideoGenerator,
}
_SETTINGS = {"CAMPAIGN_BUDGET_USD": "1000", "DAILY_BUDGET_USD": "1000"}


@dataclass(frozen=True)
class CloudWorld:
    """`root` holds the mailbox and the bill; its name is that of the project and of the bucket.

    `home` is the process that forks.
    """

    root: Path
    state: SharedState = field(compare=False)
    home: int
    weaken: Weaken = take_nothing_out
    rates: str = ""

    @property
    def pause_seconds(self) -> float:
        return 0.1

    @property
    def clock(self) -> SharedClock:
        return SharedClock(self.state)

    @property
    def mailbox(self) -> Topic:
        return Topic(self.root / "mailbox", self.clock)

    @property
    def bill(self) -> Bill:
        return Bill(self.root / "bill")

    @contextmanager
    def opened(self, touch: Touch) -> Iterator[Site]:
        with losing_races(_adapters(self, touch).touching(touch), self.state) as crowded:
            ports = self.weaken(crowded)
            here = Installation(
                campaigns=ports.campaigns, objects=ports.objects, mirror=ports.mirror
            )
            yield Site(ports=ports, elsewhere=here)

    def let_clips_appear(self) -> None:
        """Veo writes and announces them by itself: wait until it has."""
        eventually(lambda: self.bill.paid().keys() <= self.bill.made())

    def observe(self, look: Callable[[Ports], T]) -> T:
        if os.getpid() == self.home:
            return in_a_process(partial(self._observe, look))
        return self._observe(look)

    def copy(self, name: str) -> "CloudWorld":
        world = replace(self, root=self.root.with_name(f"{self.root.name}-{name}"))
        shutil.copytree(self.root, world.root, ignore=shutil.ignore_patterns("contents"))
        in_a_process(partial(fill, world.root.name, _storage_url(), self._kept_contents()))
        return world

    def apart(self, state: SharedState) -> "CloudWorld":
        return replace(self, state=state, home=os.getpid())

    def swap(self) -> None:
        raise NotImplementedError("There is no other installation.")

    def remove(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def with_faults(self, faults: str) -> "CloudWorld":
        assert not faults, "This generator has none."
        return self

    def with_rates(self, rates: str) -> "CloudWorld":
        return replace(self, rates=rates)

    def weakened(self, weaken: Weaken) -> "CloudWorld":
        return replace(self, weaken=weaken)

    def _observe(self, look: Callable[[Ports], T]) -> T:
        return look(_adapters(self, touch_nothing).touching(touch_nothing))

    def _kept_contents(self) -> Contents:
        """A scene is read once, and copied for many histories."""
        kept = self.root / "contents"
        if not kept.exists():
            found = in_a_process(partial(contents_of, self.root.name, _storage_url()))
            kept.write_bytes(pickle.dumps(found))
        contents: Contents = pickle.loads(kept.read_bytes())  # noqa: S301  # It is our own file.
        return contents


@cache
def _adapters(world: CloudWorld, touch: Touch) -> Adapters:
    """A process connects once, however many rounds it takes part in."""
    name = world.root.name
    objects = GCSObjectStore(lambda: open_bucket(name), signer=_signer(world))
    campaigns = FirestoreCampaignRepository(project=name, database="(default)", now=world.clock)
    return Adapters(
        objects=objects,
        campaigns=campaigns,
        batches=FirestoreBatchRepository(campaigns),
        # Every commit is over when events are read.
        events=FirestoreEventLog(campaigns.documents, now=lambda: world.clock() + COMMIT_DELAY),
        webhooks=FirestoreWebhookRepository(campaigns),
        turns=FirestoreTurnRepository(campaigns),
        mirror=ObjectStoreMirror(objects.with_brief_calls(), gap=timedelta(seconds=1), now=utc_now),
        queue=world.mailbox,
        receiver=Receiver(world.root),
        generator=_generator(world),
        inspector=MeteredInspector(PyAVClipInspector(is_stopping=is_stopping), world.bill),
        local_signatures=None,
        policy=read_settings(
            {**_SETTINGS, "STORAGE_URL": f"gs://{name}", "GOOGLE_CLOUD_PROJECT": name}
        ),
        clock=world.clock,
        leases=CLOUD_LEASES,
        rates=parse_rates(world.rates),
    )


def _generator(world: CloudWorld) -> VideoGenerator:
    common: dict[str, Any] = {
        "project": world.root.name,
        "credentials": CountedToken(),
        "output": BucketOutput(world.root.name),
        "now": world.clock,
        "base_url": os.environ["VEO_BASE_URL"],
    }
    return GeneratorOfEachFamily(
        {
            family: partial(generator, location=LOCATIONS[family], **common)
            for family, generator in _GENERATORS.items()
        }
    )


def _signer(world: CloudWorld) -> V4URLSigner:
    key_file = os.environ["GOOGLE_APPLICATION_CREDENTIALS"]

    def credentials() -> Credentials:
        key = json.loads(Path(key_file).read_text())
        return Credentials.from_service_account_info(key)  # type: ignore[no-untyped-call,no-any-return]

    # The bucket has a clock of its own.
    return V4URLSigner(
        world.root.name, credentials=credentials, now=utc_now, endpoint=_storage_url()
    )


def _storage_url() -> str:
    return os.environ["STORAGE_EMULATOR_HOST"]
