"""The family of adapters on Google Cloud: Cloud Storage, Firestore, Pub/Sub and Veo.

Importing an adapter imports its SDK, so each is imported on its first use: reading a video's status
needs only Firestore's client, and signing a URL needs no storage client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.bootstrap.choices import (
    FamilyPorts,
    google_generator,
    synthetic_generator,
)
from shared.building import built_once, importing_sdk
from shared.domain.errors import UnavailableError
from shared.domain.schedule import CLOUD_LEASES

if TYPE_CHECKING:
    from shared.adapters.google.batch_repository import FirestoreBatchRepository
    from shared.adapters.google.bucket import GCSBucket
    from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
    from shared.adapters.google.event_log import FirestoreEventLog
    from shared.adapters.google.experiment_repository import FirestoreExperimentRepository
    from shared.adapters.google.message_queue import PubSubMessageQueue
    from shared.adapters.google.object_store import GCSObjectStore
    from shared.adapters.google.play_repository import FirestorePlayRepository
    from shared.adapters.google.review_repository import FirestoreReviewRepository
    from shared.adapters.google.turn_repository import FirestoreTurnRepository
    from shared.adapters.google.webhook_repository import FirestoreWebhookRepository
    from shared.adapters.record_mirror import ObjectStoreMirror
    from shared.domain.schedule import Leases
    from shared.ports.video_generator import VideoGenerator


class GooglePorts(FamilyPorts):
    @property
    def leases(self) -> Leases:
        return CLOUD_LEASES

    @built_once
    def objects(self) -> GCSObjectStore:
        with importing_sdk():
            from shared.adapters.google.credentials import signing_credentials
            from shared.adapters.google.object_store import GCSObjectStore
            from shared.adapters.google.url_signer import V4URLSigner

        signer = V4URLSigner(
            self._settings.bucket,
            credentials=signing_credentials,
            now=self.now,
            endpoint=self._settings.storage_endpoint,
        )
        return GCSObjectStore(self._open_bucket, signer=signer)

    @built_once
    def campaigns(self) -> FirestoreCampaignRepository:
        with importing_sdk():
            from shared.adapters.google.campaign_repository import FirestoreCampaignRepository

        return FirestoreCampaignRepository(
            project=self._settings.google_cloud_project,
            database=self._settings.firestore_database,
            now=self.now,
            event_days=self._settings.event_days,
        )

    @built_once
    def batches(self) -> FirestoreBatchRepository:
        from shared.adapters.google.batch_repository import FirestoreBatchRepository

        return FirestoreBatchRepository(self.campaigns)

    @built_once
    def turns(self) -> FirestoreTurnRepository:
        from shared.adapters.google.turn_repository import FirestoreTurnRepository

        return FirestoreTurnRepository(self.campaigns)

    @built_once
    def events(self) -> FirestoreEventLog:
        from shared.adapters.google.event_log import FirestoreEventLog

        return FirestoreEventLog(self.campaigns.documents, now=self.now)

    @built_once
    def webhooks(self) -> FirestoreWebhookRepository:
        from shared.adapters.google.webhook_repository import FirestoreWebhookRepository

        return FirestoreWebhookRepository(self.campaigns, event_days=self._settings.event_days)

    @built_once
    def experiments(self) -> FirestoreExperimentRepository:
        from shared.adapters.google.experiment_repository import FirestoreExperimentRepository

        return FirestoreExperimentRepository(self.campaigns.documents)

    @built_once
    def reviews(self) -> FirestoreReviewRepository:
        from shared.adapters.google.review_repository import FirestoreReviewRepository

        return FirestoreReviewRepository(self.campaigns)

    @built_once
    def plays(self) -> FirestorePlayRepository:
        with importing_sdk():
            from shared.adapters.google.firestore_documents import FirestoreDocuments
            from shared.adapters.google.play_repository import FirestorePlayRepository

        project, database = self._settings.google_cloud_project, self._settings.plays_database
        return FirestorePlayRepository(FirestoreDocuments(project=project, database=database))

    @property
    def webhook_key(self) -> bytes:
        if not self._settings.signing_key:
            raise UnavailableError("Webhooks need the setting SIGNING_KEY.")
        return self._settings.signing_key.encode()

    @property
    def play_key(self) -> bytes:
        return self._settings.play_key.encode()

    @built_once
    def mirror(self) -> ObjectStoreMirror:
        from datetime import timedelta

        from shared.adapters.record_mirror import ObjectStoreMirror

        # Cloud Storage takes one write a second of one name, and its clock may differ.
        gap = timedelta(seconds=1.5)
        return ObjectStoreMirror(self.objects.with_brief_calls(), gap=gap, now=self.now)

    @built_once
    def queue(self) -> PubSubMessageQueue:
        with importing_sdk():
            from shared.adapters.google.message_queue import PubSubMessageQueue

        return PubSubMessageQueue(
            project=self._settings.google_cloud_project,
            topic=self._settings.generate_topic,
            batch_topic=self._settings.request_topic,
            delivery_topic=self._settings.delivery_topic,
            event_topic=self._settings.event_topic,
            plays_topic=self._settings.plays_topic,
        )

    @built_once
    def generator(self) -> VideoGenerator:
        if self._settings.simulated:
            return synthetic_generator(self._settings, self.objects)
        from shared.adapters.google.clip_output import BucketOutput

        return google_generator(self._settings, BucketOutput(self._settings.bucket))

    @property
    def local_signatures(self) -> None:
        """The bucket serves its signed URLs itself."""
        return

    def start(self) -> None:
        """Pub/Sub and the scheduler deliver by themselves."""

    def close(self) -> None:
        # Where nothing was counted, nothing is built, nor its SDK imported, to write it.
        if "savings" in vars(self):
            self.savings.write_all()

    def _open_bucket(self) -> GCSBucket:
        from shared.adapters.google.bucket import open_bucket
        from shared.adapters.google.credentials import timely_credentials

        if self._settings.storage_emulator_host:
            return open_bucket(self._settings.bucket)
        credentials = timely_credentials("Cloud Storage", permission="storage.objects.get")
        return open_bucket(self._settings.bucket, credentials)
