"""Adapters that both families share, and the signal to stop."""

from __future__ import annotations

import signal
from abc import ABC, abstractmethod
from types import MethodType
from typing import TYPE_CHECKING, Any

from shared.building import built_once
from shared.ports import utc_now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.adapters.google.clip_output import ClipOutput
    from shared.ports import Clock
    from shared.ports.campaign_repository import CampaignRepository
    from shared.ports.inspectors import ClipInspector, PictureInspector
    from shared.ports.object_store import ObjectStore
    from shared.ports.policy import Policy
    from shared.ports.video_generator import VideoGenerator
    from shared.ports.web import Web
    from shared.settings import Settings
    from shared.use_cases.savings import SavingsCounter
    from shared.use_cases.storage_probe import ObjectStoreProbe


class FamilyPorts(ABC):
    """The ports that both families build alike. Each adapter is built once, on its first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.policy: Policy = settings
        self.now: Clock = utc_now

    @built_once
    def rates(self) -> Mapping[str, int | None]:
        return self._settings.rates

    @property
    @abstractmethod
    def objects(self) -> ObjectStore: ...

    @property
    @abstractmethod
    def campaigns(self) -> CampaignRepository: ...

    @built_once
    def storage_probe(self) -> ObjectStoreProbe:
        from shared.use_cases.storage_probe import ObjectStoreProbe

        return ObjectStoreProbe(self.objects, self.now)

    @built_once
    def inspector(self) -> ClipInspector:
        from shared.adapters.media.clip_inspector import PyAVClipInspector

        return PyAVClipInspector(is_stopping=is_stopping)

    @built_once
    def pictures(self) -> PictureInspector:
        from shared.adapters.media.picture_inspector import PillowPictureInspector

        return PillowPictureInspector()

    @built_once
    def web(self) -> Web:
        from shared.adapters.web.guarded_web import GuardedWeb

        on_laptop = not self._settings.bucket or bool(self._settings.storage_emulator_host)
        return GuardedWeb(posts_to_localhost=on_laptop)

    @built_once
    def savings(self) -> SavingsCounter:
        from shared.use_cases.savings import SavingsCounter

        return SavingsCounter(self.campaigns)


def is_stopping() -> bool:
    """Return whether the server's worker was asked to stop, and now finishes its requests.

    The framework's server handles these signals itself and offers no hook: the handler is a method
    of its worker, which records in `alive` that it got one. Under any other handler the process
    ends at once.
    """
    handler = signal.getsignal(signal.SIGTERM)
    return isinstance(handler, MethodType) and not getattr(handler.__self__, "alive", True)


def synthetic_generator(settings: Settings, objects: ObjectStore) -> VideoGenerator:
    from shared.adapters.local.video_generator import SyntheticVideoGenerator
    from shared.domain.faults import parse_faults

    return SyntheticVideoGenerator(
        objects,
        seconds=settings.synthetic_seconds,
        faults=parse_faults(settings.synthetic_faults),
        now=utc_now,
        is_stopping=is_stopping,
    )


def google_generator(settings: Settings, output: ClipOutput) -> VideoGenerator:
    """Raise UnavailableError if there are no credentials."""
    from shared.adapters.google.credentials import timely_credentials
    from shared.adapters.google.generators import GeneratorOfEachFamily
    from shared.adapters.google.omni_generator import OmniVideoGenerator
    from shared.adapters.google.veo_generator import VeoVideoGenerator

    # The SDK is imported before an attempt is recorded, not while it is made.
    common: dict[str, Any] = {
        "project": settings.google_cloud_project,
        "credentials": timely_credentials("Vertex AI", permission="aiplatform.endpoints.predict"),
        "output": output,
        "now": utc_now,
        "base_url": settings.veo_base_url,
    }

    return GeneratorOfEachFamily(
        {
            "veo": lambda: VeoVideoGenerator(location=settings.location_of("veo"), **common),
            "omni": lambda: OmniVideoGenerator(location=settings.location_of("omni"), **common),
        }
    )
