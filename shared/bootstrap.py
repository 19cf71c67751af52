"""The composition root: the one place that reads the settings and chooses adapters.

Nothing is built at import, and no adapter before it is asked for: the platform imports this
module in a process that it forks afterwards, and a request pays only for what it uses.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.adapters.local.campaign_repository import LocalCampaignRepository
    from shared.adapters.local.message_queue import LocalMessageQueue
    from shared.adapters.local.object_store import LocalObjectStore
    from shared.messages import PubSubMessage
    from shared.ports import ClipInspector, Clock, Policy, Ports, SignatureVerifier, VideoGenerator
    from shared.settings import Settings
    from shared.use_cases.savings import Savings

    Subscriber = Callable[[Ports, PubSubMessage], object]

_LOCAL_TICK_SECONDS = 5

_lock = threading.Lock()
_ports: LocalPorts | None = None
_subscriber: Subscriber | None = None


def deliver_local_messages_to(subscriber: Subscriber) -> None:
    """Name what the local queue calls, as a push subscription does in the cloud."""
    global _subscriber  # noqa: PLW0603  # One process has one local queue.
    _subscriber = subscriber


def ports() -> Ports:
    """Return this process's adapters. The first call starts the local queue."""
    global _ports  # noqa: PLW0603  # One process has one set of adapters.
    with _lock:
        if _ports is None:
            _ports = _build()
        return _ports


def close() -> None:
    """Write what is not written and stop the local queue, for a process that ends or a test."""
    global _ports  # noqa: PLW0603  # See above.
    if _ports is not None:
        # Without the lock, which a delivery under way may need to come to its end.
        _ports.close()
    _ports = None


def _build() -> LocalPorts:
    import atexit

    from shared.logs import log_as_json
    from shared.settings import settings

    chosen = settings()
    log_as_json(chosen.log_level)
    built = LocalPorts(chosen)
    if _subscriber is not None:
        built.queue.start()
    atexit.register(close)
    return built


class LocalPorts:
    """The family of adapters that needs no cloud: a folder, threads, and a synthetic generator."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def now(self) -> Clock:
        return _now

    @cached_property
    def policy(self) -> Policy:
        from shared.ports import Policy

        return Policy(
            max_videos_per_campaign=self._settings.max_videos_per_campaign,
            keep_historical=self._settings.keep_historical,
            default_model=self._settings.default_model,
            simulated=True,
            public_url=self._settings.public_url,
        )

    @cached_property
    def objects(self) -> LocalObjectStore:
        from shared.adapters.local.object_store import LocalObjectStore

        return LocalObjectStore(
            self._settings.data_folder, now=self.now, signing_key=self._settings.signing_key
        )

    @cached_property
    def campaigns(self) -> LocalCampaignRepository:
        from shared.adapters.local.campaign_repository import LocalCampaignRepository

        return LocalCampaignRepository(self._settings.data_folder)

    @cached_property
    def queue(self) -> LocalMessageQueue:
        from datetime import timedelta

        from shared.adapters.local.message_queue import LocalMessageQueue

        return LocalMessageQueue(
            subscriber=partial(_subscriber or _no_subscriber, self),
            tick=self._tick,
            tick_every=timedelta(seconds=_LOCAL_TICK_SECONDS),
        )

    @cached_property
    def generator(self) -> VideoGenerator:
        from shared.adapters.local.video_generator import SyntheticVideoGenerator
        from shared.domain.faults import parse_faults

        return SyntheticVideoGenerator(
            self.objects,
            seconds=self._settings.synthetic_seconds,
            faults=parse_faults(self._settings.synthetic_faults),
            now=self.now,
        )

    @property
    def local_signatures(self) -> SignatureVerifier:
        return self.objects

    @cached_property
    def inspector(self) -> ClipInspector:
        from shared.adapters.media.clip_inspector import PyAVClipInspector

        return PyAVClipInspector()

    @cached_property
    def savings(self) -> Savings:
        from shared.use_cases.savings import Savings

        return Savings(self.campaigns)

    def close(self) -> None:
        self.queue.close()
        self.savings.flush_all()

    def _tick(self, *, first: bool) -> None:
        """Stand for the scheduler. Messages are lost with a process: the first tick wakes all."""
        from shared.use_cases.maintain_campaigns import maintain_campaigns

        end_of_time = datetime.max.replace(tzinfo=UTC)
        maintain_campaigns(self, before=end_of_time if first else None)


def _now() -> datetime:
    return datetime.now(UTC)


def _no_subscriber(_ports: Ports, message: PubSubMessage) -> None:
    raise RuntimeError(f"Nobody takes the message {message.message_id}.")
