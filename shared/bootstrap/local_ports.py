"""The family of adapters that needs no cloud: a folder, threads, and a synthetic generator."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.bootstrap.choices import clip_inspector, synthetic_generator, utc_now
from shared.bootstrap.stopping import is_stopping
from shared.building import built_once
from shared.domain.schedule import LAPTOP_LEASES, LAPTOP_LEASES_WITH_VEO

if TYPE_CHECKING:
    from flask import Request
    from flask.typing import ResponseReturnValue

    from shared.adapters.local.campaign_repository import LocalCampaignRepository
    from shared.adapters.local.message_queue import LocalMessageQueue
    from shared.adapters.local.object_store import LocalObjectStore
    from shared.adapters.local.push_subscription import Function
    from shared.domain.schedule import Leases
    from shared.ports import Clock
    from shared.ports.clip_inspector import ClipInspector
    from shared.ports.object_store import SignatureVerifier
    from shared.ports.policy import Policy
    from shared.ports.video_generator import VideoGenerator
    from shared.settings import Settings
    from shared.use_cases.proven_place import ProvenPlace
    from shared.use_cases.savings import Savings

_TICK_SECONDS = 5
# As often as the scheduler ticks in the cloud.
_TICKS_TO_RECONCILE = 12


class LocalPorts:
    """With `VIDEO_GENERATOR=veo`, Veo answers with the clips, which are kept in the folder."""

    def __init__(self, settings: Settings, *, subscriber: Function | None = None) -> None:
        self._settings = settings
        self._subscriber = subscriber
        self._ticks = 0

    @property
    def now(self) -> Clock:
        return utc_now

    @property
    def policy(self) -> Policy:
        return self._settings

    @property
    def leases(self) -> Leases:
        return LAPTOP_LEASES if self._settings.simulated else LAPTOP_LEASES_WITH_VEO

    @built_once
    def objects(self) -> LocalObjectStore:
        from shared.adapters.local.object_store import LocalObjectStore

        return LocalObjectStore(
            self._settings.data_folder, now=self.now, signing_key=self._settings.signing_key
        )

    @built_once
    def place(self) -> ProvenPlace:
        from shared.use_cases.proven_place import ProvenPlace

        return ProvenPlace(self.objects, self.now)

    @built_once
    def campaigns(self) -> LocalCampaignRepository:
        from shared.adapters.local.campaign_repository import LocalCampaignRepository

        return LocalCampaignRepository(self._settings.data_folder)

    @built_once
    def queue(self) -> LocalMessageQueue:
        return self._start_queue()

    @built_once
    def generator(self) -> VideoGenerator:
        if self._settings.simulated:
            return synthetic_generator(self._settings, self.objects)
        from shared.adapters.google.veo_output import InlineOutput
        from shared.bootstrap.choices import veo_generator

        return veo_generator(self._settings, InlineOutput(self.objects))

    @property
    def local_signatures(self) -> SignatureVerifier:
        return self.objects

    @built_once
    def inspector(self) -> ClipInspector:
        return clip_inspector()

    @built_once
    def savings(self) -> Savings:
        from shared.use_cases.savings import Savings

        return Savings(self.campaigns)

    def resume(self) -> None:
        if "queue" not in vars(self) and self._subscriber is not None:
            self.queue.start()

    def close(self) -> None:
        if "queue" in vars(self):
            self.queue.close()
        # Where nothing was counted, nothing is built, nor its SDK imported, to write it.
        if "savings" in vars(self):
            self.savings.flush_all()

    def _start_queue(self) -> LocalMessageQueue:
        from datetime import timedelta

        from shared.adapters.local.message_queue import LocalMessageQueue
        from shared.adapters.local.push_subscription import PushSubscription

        queue = LocalMessageQueue(
            subscriber=PushSubscription(self._subscriber or _nobody),
            tick=self._tick,
            tick_every=timedelta(seconds=_TICK_SECONDS),
            is_stopping=is_stopping,
        )
        if self._subscriber is not None:
            queue.start()
        return queue

    def _tick(self, *, first: bool) -> None:
        """Stand for the scheduler. Messages are lost with a process: the first tick wakes all."""
        from shared.use_cases.maintain_campaigns import maintain_campaigns
        from shared.use_cases.reconcile_next import reconcile_next

        end_of_time = datetime.max.replace(tzinfo=UTC)
        maintain_campaigns(self, before=end_of_time if first else None)
        self._ticks += 1
        if self._ticks % _TICKS_TO_RECONCILE == 0:
            reconcile_next(self)


def _nobody(_request: Request) -> ResponseReturnValue:
    raise RuntimeError("There is no function that takes messages.")
