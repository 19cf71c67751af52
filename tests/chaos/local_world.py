"""The local family: a folder, real repository and store, the synthetic generator."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar, cast

from shared.adapters.local import video_generator as synthetic
from shared.adapters.local.batch_repository import LocalBatchRepository
from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.clip import ClipSpec
from shared.adapters.local.event_log import LocalEventLog
from shared.adapters.local.object_store import LocalObjectStore
from shared.adapters.local.turn_repository import LocalTurnRepository
from shared.adapters.local.webhook_repository import LocalWebhookRepository
from shared.adapters.media.clip_inspector import PyAVClipInspector
from shared.adapters.record_mirror import ObjectStoreMirror
from shared.bootstrap.choices import is_stopping
from shared.domain.faults import parse_faults
from shared.domain.models import parse_rates
from shared.domain.schedule import EVENT_DAYS, LAPTOP_LEASES
from shared.ports import Ports
from shared.ports.message_queue import VideoMessage
from shared.ports.video_generator import VideoGenerator
from shared.settings import Settings, read_settings
from shared.use_cases.copy_campaigns import Installation
from tests.chaos import clips
from tests.chaos.bill import Bill, MeteredGenerator, MeteredInspector, MeteredOutput
from tests.chaos.crowd import losing_races
from tests.chaos.mailbox import Mailbox
from tests.chaos.receiver import Receiver
from tests.chaos.safeguards import Weaken, take_nothing_out
from tests.chaos.shared_state import SharedClock, SharedState, shared_state
from tests.chaos.tripwire import Touch, touch_nothing, watched, watched_disk
from tests.chaos.worlds import Adapters, Site

if TYPE_CHECKING:
    from shared.ports.object_store import ObjectStore

T = TypeVar("T")

_MEMORY = Path("/dev/shm")  # noqa: S108  # Only a folder made in it is used.
_GENERATION_SECONDS = 30
_SETTINGS = {
    "CAMPAIGN_BUDGET_USD": "1000",
    "DAILY_BUDGET_USD": "1000",
    "MAX_VIDEOS_PER_CAMPAIGN": "100",
    "SYNTHETIC_SECONDS": str(_GENERATION_SECONDS),
}


def _copy_instead_of_rendering() -> None:
    """Let every process that is forked from now on have its clips at once."""

    def copy_clip(
        spec: ClipSpec, destination: Path, *, is_stopping: Callable[[], bool] = bool
    ) -> None:
        if is_stopping():
            raise InterruptedError
        destination.write_bytes(clips.clip_of(spec.variation))

    synthetic.render_clip = copy_clip  # type: ignore[attr-defined]  # It is only used there.


@dataclass(frozen=True)
class LocalWorld:
    """`root` holds the data folder, another one to copy from, the mailbox and the bill.

    `weaken` takes safeguards out of what processes act with.
    """

    root: Path
    state: SharedState
    weaken: Weaken = take_nothing_out
    faults: str = ""
    rates: str = ""

    @property
    def pause_seconds(self) -> float:
        return 0.02

    @property
    def clock(self) -> SharedClock:
        return SharedClock(self.state)

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox(self.root / "mailbox", self.clock)

    @property
    def bill(self) -> Bill:
        return Bill(self.root / "bill")

    @contextmanager
    def opened(self, touch: Touch) -> Iterator[Site]:
        elsewhere = Installation(
            campaigns=watched(
                LocalCampaignRepository(self.root / "elsewhere"), "source.campaigns", touch
            ),
            objects=watched(self._store(self.root / "elsewhere"), "source.objects", touch),
            mirror=self._mirror(self._store(self.root / "elsewhere")),
        )
        with watched_disk(touch):
            ports = self._adapters(touch).touching(touch)
            with losing_races(ports, self.state) as crowded:
                yield Site(ports=self.weaken(crowded), elsewhere=elsewhere)

    def let_clips_appear(self) -> None:
        generator = self._generator(touch_nothing)
        known = self.bill.made()
        for entry in self.bill.asked():
            generator.check(f"operations/{entry.output_prefix}operation.json")
        for campaign_id, video_hash in {
            (each.campaign_id, each.video_hash) for each in self.bill.asked()
        }:
            if video_hash in self.bill.made() - known:
                self.mailbox.publish(VideoMessage(campaign_id=campaign_id, video_hash=video_hash))

    def observe(self, look: Callable[[Ports], T]) -> T:
        return look(self._adapters(touch_nothing).touching(touch_nothing))

    def copy(self, name: str) -> "LocalWorld":
        root = self.root.with_name(name)
        shutil.copytree(self.root, root)
        return replace(self, root=root)

    def apart(self, state: SharedState) -> "LocalWorld":
        return replace(self, state=state)

    def swap(self) -> None:
        here, there, aside = (self.root / name for name in ("data", "elsewhere", "aside"))
        here.rename(aside)
        there.rename(here)
        aside.rename(there)

    def remove(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def with_faults(self, faults: str) -> "LocalWorld":
        return replace(self, faults=faults)

    def with_rates(self, rates: str) -> "LocalWorld":
        return replace(self, rates=rates)

    def weakened(self, weaken: Weaken) -> "LocalWorld":
        return replace(self, weaken=weaken)

    def _adapters(self, touch: Touch) -> Adapters:
        folder = self.root / "data"
        objects = self._store(folder)
        campaigns = LocalCampaignRepository(folder)
        return Adapters(
            objects=objects,
            campaigns=campaigns,
            batches=LocalBatchRepository(campaigns),
            events=LocalEventLog(campaigns.database),
            webhooks=LocalWebhookRepository(campaigns, days=EVENT_DAYS),
            turns=LocalTurnRepository(campaigns.database),
            mirror=self._mirror(objects),
            queue=self.mailbox,
            receiver=Receiver(self.root),
            generator=self._generator(touch),
            inspector=MeteredInspector(PyAVClipInspector(is_stopping=is_stopping), self.bill),
            local_signatures=objects,
            policy=self._settings,
            clock=self.clock,
            leases=LAPTOP_LEASES,
            rates=parse_rates(self.rates),
        )

    def _generator(self, touch: Touch) -> VideoGenerator:
        output = cast("ObjectStore", MeteredOutput(self._store(self.root / "data"), self.bill))
        generator = synthetic.SyntheticVideoGenerator(
            watched(output, "generator.objects", touch),
            seconds=_GENERATION_SECONDS,
            faults=parse_faults(self.faults),
            now=self.clock,
            is_stopping=is_stopping,
        )
        return MeteredGenerator(generator, self.bill)

    def _mirror(self, objects: LocalObjectStore) -> ObjectStoreMirror:
        return ObjectStoreMirror(objects, gap=timedelta(), now=self.clock)

    def _store(self, folder: Path) -> LocalObjectStore:
        return LocalObjectStore(folder, now=self.clock)

    @cached_property
    def _settings(self) -> Settings:
        return read_settings({**_SETTINGS, "STORAGE_URL": f"file://{self.root}/data"})


@contextmanager
def empty_local_world() -> Iterator[LocalWorld]:
    """In memory where there is a folder for that: thousands of histories sync their files."""
    clips.warm_up()
    _copy_instead_of_rendering()
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        empty = Path(folder, "empty")
        for name in ("data", "elsewhere"):
            (empty / name).mkdir(parents=True)
        yield LocalWorld(empty, shared_state())
