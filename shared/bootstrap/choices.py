"""What both families choose by the settings alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.bootstrap.stopping import is_stopping

if TYPE_CHECKING:
    from shared.adapters.google.veo_output import ClipOutput
    from shared.ports.clip_inspector import ClipInspector
    from shared.ports.object_store import ObjectStore
    from shared.ports.video_generator import VideoGenerator
    from shared.settings import Settings


def utc_now() -> datetime:
    return datetime.now(UTC)


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


def veo_generator(settings: Settings, output: ClipOutput) -> VideoGenerator:
    """Raise UnavailableError where there are no credentials."""
    from shared.bootstrap.importing import importing_sdks

    with importing_sdks():
        from shared.adapters.google.timely_credentials import timely_credentials
        from shared.adapters.google.video_generator import VeoVideoGenerator

    return VeoVideoGenerator(
        project=settings.google_cloud_project,
        location=settings.veo_location,
        credentials=timely_credentials("Vertex AI", permission="aiplatform.endpoints.predict"),
        output=output,
        now=utc_now,
        base_url=settings.veo_base_url,
    )


def clip_inspector() -> ClipInspector:
    from shared.adapters.media.clip_inspector import PyAVClipInspector

    return PyAVClipInspector(is_stopping=is_stopping)
