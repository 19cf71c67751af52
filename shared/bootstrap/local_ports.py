"""The family of adapters that needs no cloud: a folder, threads, and a synthetic generator."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from threading import Timer
from typing import TYPE_CHECKING

from shared.bootstrap.choices import (
    FamilyPorts,
    google_generator,
    is_stopping,
    synthetic_generator,
)
from shared.building import built_once
from shared.domain.errors import ShowreelError
from shared.domain.schedule import LAPTOP_LEASES, LAPTOP_LEASES_WITH_VEO

if TYPE_CHECKING:
    from shared.adapters.local.batch_repository import LocalBatchRepository
    from shared.adapters.local.campaign_repository import LocalCampaignRepository
    from shared.adapters.local.event_log import LocalEventLog
    from shared.adapters.local.experiment_repository import LocalExperimentRepository
    from shared.adapters.local.message_queue import LocalMessageQueue
    from shared.adapters.local.object_store import LocalObjectStore
    from shared.adapters.local.play_repository import LocalPlayRepository
    from shared.adapters.local.review_repository import LocalReviewRepository
    from shared.adapters.local.turn_repository import LocalTurnRepository
    from shared.adapters.local.webhook_repository import LocalWebhookRepository
    from shared.adapters.record_mirror import ObjectStoreMirror
    from shared.domain.schedule import Leases
    from shared.domain.webhooks import DeliveryKey
    from shared.ports.message_queue import VideoMessage
    from shared.ports.object_store import SignatureVerifier
    from shared.ports.video_generator import VideoGenerator
    from shared.settings import Settings

logger = logging.getLogger(__name__)

# A tick competes with the process's first answer for the processor, and can wait.
_FIRST_TICK_SECONDS = 0.5
_TICK_SECONDS = 5
# Reconciling once a minute is as often as the scheduler ticks in the cloud.
_TICKS_TO_RECONCILE = 12
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class LocalPorts(FamilyPorts):
    """With `VIDEO_GENERATOR=veo`, Veo answers with the clips, and the folder keeps them."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._starter: Timer | None = None

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
    def campaigns(self) -> LocalCampaignRepository:
        from shared.adapters.local.campaign_repository import LocalCampaignRepository

        campaigns = LocalCampaignRepository(
            self._settings.data_folder, event_days=self._settings.event_days
        )
        if campaigns.database.has_lost_commits():
            self._rebuild(campaigns)
        return campaigns

    @built_once
    def batches(self) -> LocalBatchRepository:
        from shared.adapters.local.batch_repository import LocalBatchRepository

        return LocalBatchRepository(self.campaigns)

    @built_once
    def turns(self) -> LocalTurnRepository:
        from shared.adapters.local.turn_repository import LocalTurnRepository

        return LocalTurnRepository(self.campaigns.database)

    @built_once
    def events(self) -> LocalEventLog:
        from shared.adapters.local.event_log import LocalEventLog

        return LocalEventLog(self.campaigns.database)

    @built_once
    def webhooks(self) -> LocalWebhookRepository:
        from shared.adapters.local.webhook_repository import LocalWebhookRepository

        return LocalWebhookRepository(self.campaigns, days=self._settings.event_days)

    @built_once
    def webhook_key(self) -> bytes:
        return self.objects.signing_key().encode()

    @built_once
    def experiments(self) -> LocalExperimentRepository:
        from shared.adapters.local.experiment_repository import LocalExperimentRepository

        return LocalExperimentRepository(self.campaigns.database)

    @built_once
    def reviews(self) -> LocalReviewRepository:
        from shared.adapters.local.review_repository import LocalReviewRepository

        return LocalReviewRepository(self.campaigns)

    @built_once
    def plays(self) -> LocalPlayRepository:
        from shared.adapters.local.play_repository import LocalPlayRepository

        return LocalPlayRepository(self._settings.data_folder)

    @property
    def play_key(self) -> bytes:
        try:
            return self._play_key
        except ShowreelError:
            # The folder can only be read: nothing can be counted there.
            return b""

    @built_once
    def mirror(self) -> ObjectStoreMirror:
        from shared.adapters.record_mirror import ObjectStoreMirror

        return ObjectStoreMirror(self.objects, gap=timedelta(0), now=self.now)

    @built_once
    def queue(self) -> LocalMessageQueue:
        from shared.adapters.local.message_queue import LocalMessageQueue

        queue = LocalMessageQueue(
            subscriber=self._take_step,
            batch_subscriber=self._run_batch,
            event_subscriber=self._dispatch_event,
            delivery_subscriber=self._deliver_event,
            tick=self._tick,
            tick_every=timedelta(seconds=_TICK_SECONDS),
            is_stopping=is_stopping,
        )
        if self._starter is not None:
            queue.start()
        return queue

    @built_once
    def generator(self) -> VideoGenerator:
        if self._settings.simulated:
            return synthetic_generator(self._settings, self.objects)
        from shared.adapters.google.clip_output import InlineOutput

        return google_generator(self._settings, InlineOutput(self.objects))

    @property
    def local_signatures(self) -> SignatureVerifier:
        return self.objects

    @built_once
    def _play_key(self) -> bytes:
        from shared.adapters.local.files.data_folder import DataFolder
        from shared.adapters.local.signing import kept_key
        from shared.domain.signed_tokens import derived_key

        key = self._settings.signing_key or kept_key(DataFolder(self._settings.data_folder))
        return derived_key(key.encode())

    def start(self) -> None:
        """Let the queue deliver and tick from its first message on, and in any case soon.

        The first tick finds what an earlier run left unfinished. Further calls change nothing.
        """
        if self._starter is None:
            # The queue is built when it starts.
            self._starter = Timer(_FIRST_TICK_SECONDS, lambda: self.queue.start())  # noqa: PLW0108
            self._starter.daemon = True
            self._starter.start()

    def close(self) -> None:
        if self._starter is not None:
            self._starter.cancel()
            self._starter.join()
        if "queue" in vars(self):
            self.queue.close()
        # If nothing was counted, no adapter is built, and no SDK imported, to write it.
        if "savings" in vars(self):
            self.savings.write_all()
        if "campaigns" in vars(self):
            self.campaigns.close()
        if "plays" in vars(self):
            self.plays.close()

    def _rebuild(self, campaigns: LocalCampaignRepository) -> None:
        """Restore from the JSON what a lost log or an old backup of the database lacks."""
        from shared.adapters.local.batch_repository import LocalBatchRepository
        from shared.use_cases import rebuild_records as rebuilding

        rebuilt = rebuilding.rebuild_records(self.mirror, campaigns)
        changed = sum(each.is_changed for each in rebuilt)
        changed += rebuilding.remove_deleted(campaigns, self.objects)
        repository = LocalBatchRepository(campaigns)
        batches = list(rebuilding.rebuild_batches(self.mirror, repository, self.objects))
        campaigns.database.accept_lost_commits()
        logger.warning("records.merged", extra={"campaigns": changed, "batches": batches})

    def _take_step(self, message: VideoMessage) -> None:
        from shared.use_cases.generate_video import generate_video

        generate_video(self, message)

    def _run_batch(self, batch_id: str) -> None:
        from shared.requests.batches import lines_of
        from shared.use_cases.run_batch import run_batch

        run_batch(self, batch_id, lines_of)

    def _dispatch_event(self, event_id: str) -> None:
        from shared.http.events import event_body
        from shared.use_cases.deliver_event import dispatch_event

        dispatch_event(self, event_id, event_body)

    def _deliver_event(self, key: DeliveryKey) -> None:
        from shared.http.events import event_body
        from shared.use_cases.deliver_event import deliver_event

        deliver_event(self, key, event_body)

    def _tick(self, number: int) -> None:
        """Messages are lost with their process, so the first tick wakes every pending video.

        Turns are given once in each tick: the next one comes soon.
        """
        from shared.use_cases.maintain_campaigns import take_tick

        take_tick(
            self,
            before=_END_OF_TIME if number == 0 else None,
            reconciling=number % _TICKS_TO_RECONCILE == _TICKS_TO_RECONCILE - 1,
            giving=timedelta(),
        )
