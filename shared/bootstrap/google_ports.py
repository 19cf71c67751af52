"""The family of adapters on Google Cloud: Cloud Storage, Firestore, Pub/Sub and Veo.

Each module of an adapter brings its SDK along, so it is imported when the adapter is asked for: a
read of a status needs Firestore alone, and a signature no storage client.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from shared.bootstrap.choices import (
    clip_inspector,
    synthetic_generator,
    utc_now,
    veo_generator,
)
from shared.bootstrap.importing import importing_sdks

if TYPE_CHECKING:
    from shared.adapters.google.bucket import GCSBucket
    from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
    from shared.adapters.google.message_queue import PubSubMessageQueue
    from shared.adapters.google.object_store import GCSObjectStore
    from shared.ports import Clock
    from shared.ports.clip_inspector import ClipInspector
    from shared.ports.policy import Policy
    from shared.ports.video_generator import VideoGenerator
    from shared.settings import Settings
    from shared.use_cases.proven_place import ProvenPlace
    from shared.use_cases.savings import Savings


class GooglePorts:
    """Every adapter is built on first use; two threads may each build a client, which is lost."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def now(self) -> Clock:
        return utc_now

    @property
    def policy(self) -> Policy:
        return self._settings

    @cached_property
    def objects(self) -> GCSObjectStore:
        from shared.adapters.google.object_store import GCSObjectStore
        from shared.adapters.google.signing_credentials import signing_credentials
        from shared.adapters.google.url_signer import V4URLSigner

        signer = V4URLSigner(
            self._settings.bucket,
            credentials=signing_credentials,
            now=self.now,
            endpoint=self._settings.storage_endpoint,
        )
        return GCSObjectStore(self._open_bucket, signer=signer)

    @cached_property
    def place(self) -> ProvenPlace:
        from shared.use_cases.proven_place import ProvenPlace

        return ProvenPlace(self.objects, self.now)

    @cached_property
    def campaigns(self) -> FirestoreCampaignRepository:
        with importing_sdks():
            from shared.adapters.google.campaign_repository import FirestoreCampaignRepository

        return FirestoreCampaignRepository(
            project=self._settings.google_cloud_project,
            database=self._settings.firestore_database,
            objects=lambda: self.objects,
        )

    @cached_property
    def queue(self) -> PubSubMessageQueue:
        with importing_sdks():
            from shared.adapters.google.message_queue import PubSubMessageQueue

        return PubSubMessageQueue(
            project=self._settings.google_cloud_project, topic=self._settings.generate_topic
        )

    @cached_property
    def generator(self) -> VideoGenerator:
        if self._settings.simulated:
            return synthetic_generator(self._settings, self.objects)
        from shared.adapters.google.veo_output import BucketOutput

        return veo_generator(self._settings, BucketOutput(self._settings.bucket))

    @property
    def local_signatures(self) -> None:
        """The bucket serves its signed URLs itself."""
        return

    @cached_property
    def inspector(self) -> ClipInspector:
        return clip_inspector()

    @cached_property
    def savings(self) -> Savings:
        from shared.use_cases.savings import Savings

        return Savings(self.campaigns)

    def resume(self) -> None:
        """Pub/Sub keeps what is unfinished, and delivers it by itself."""

    def close(self) -> None:
        # Where nothing was counted, nothing is built, nor its SDK imported, to write it.
        if "savings" in vars(self):
            self.savings.flush_all()

    def _open_bucket(self) -> GCSBucket:
        with importing_sdks():
            from shared.adapters.google.bucket import open_bucket

        return open_bucket(self._settings.bucket)
