"""The boundaries of the system. Each adapter fulfils the whole contract of its port.

The errors named here are those of `shared.domain.errors`; no other leaves an adapter, except
`UnavailableError` and `StorageError`, which every method may raise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from shared.domain.schedule import Leases
    from shared.ports.batch_repository import BatchRepository
    from shared.ports.campaign_repository import CampaignRepository, SavingsTally
    from shared.ports.event_log import EventLog
    from shared.ports.experiment_repository import ExperimentRepository
    from shared.ports.inspectors import ClipInspector, PictureInspector
    from shared.ports.message_queue import MessageQueue
    from shared.ports.object_store import ObjectStore, SignatureVerifier, StorageProbe
    from shared.ports.play_repository import PlayRepository
    from shared.ports.policy import Policy
    from shared.ports.record_mirror import RecordMirror
    from shared.ports.review_repository import ReviewRepository
    from shared.ports.turn_repository import TurnRepository
    from shared.ports.video_generator import VideoGenerator
    from shared.ports.web import Web
    from shared.ports.webhook_repository import WebhookRepository

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of an installation."""
    return datetime.now(UTC)


class Ports(Protocol):
    """The ports that use cases call. An adapter is built at its first use."""

    @property
    def objects(self) -> ObjectStore: ...
    @property
    def storage_probe(self) -> StorageProbe: ...
    @property
    def campaigns(self) -> CampaignRepository: ...
    @property
    def batches(self) -> BatchRepository: ...
    @property
    def turns(self) -> TurnRepository: ...
    @property
    def events(self) -> EventLog: ...
    @property
    def webhooks(self) -> WebhookRepository: ...
    @property
    def webhook_key(self) -> bytes:
        """The key from which the secrets of webhooks are derived. Raise UnavailableError."""
        ...

    @property
    def experiments(self) -> ExperimentRepository: ...
    @property
    def reviews(self) -> ReviewRepository: ...
    @property
    def plays(self) -> PlayRepository: ...
    @property
    def play_key(self) -> bytes:
        """The key that signs play tokens and embeds; empty where plays are not counted."""
        ...

    @property
    def mirror(self) -> RecordMirror: ...
    @property
    def queue(self) -> MessageQueue: ...
    @property
    def generator(self) -> VideoGenerator: ...
    @property
    def inspector(self) -> ClipInspector: ...
    @property
    def pictures(self) -> PictureInspector: ...
    @property
    def web(self) -> Web: ...
    @property
    def savings(self) -> SavingsTally: ...
    @property
    def local_signatures(self) -> SignatureVerifier | None:
        """None if the bucket serves its own signed URLs."""
        ...

    @property
    def policy(self) -> Policy: ...
    @property
    def rates(self) -> Mapping[str, int | None]:
        """The submissions a minute of each model; None, as for an unknown one, is no limit."""
        ...

    @property
    def leases(self) -> Leases:
        """Derived from the time limits of these adapters."""
        ...

    @property
    def now(self) -> Clock: ...
