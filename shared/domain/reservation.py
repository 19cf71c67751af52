"""New video records, made from a request or from another video."""

from collections.abc import Mapping
from datetime import datetime

from shared.domain.fingerprint import Composed, compose
from shared.domain.models import price, price_basis
from shared.domain.schedule import REPUBLISH_AFTER
from shared.domain.video import (
    Cost,
    GenerationParameters,
    Lane,
    Phase,
    QueuePlace,
    VersionState,
    Video,
)


def new_video(
    *,
    campaign_id: str,
    video_hash: str,
    index: int,
    prompt: str,
    business_context: Mapping[str, str],
    parameters: GenerationParameters,
    metadata: Mapping[str, str],
    tags: tuple[str, ...] = (),
    simulated: bool,
    now: datetime,
    limit_at: datetime,
    priority: Lane = Lane.INTERACTIVE,
    place: QueuePlace | None = None,
    requested_by: str | None = None,
    batch_id: str | None = None,
    composed: Composed | None = None,
    remixed_from_video_id: str | None = None,
) -> Video:
    """Return a video that is not stored yet, with its prompt, its price and its fingerprint.

    It fails if it is not submitted by `limit_at`. `place` is where it waits for its turn, if its
    model has a rate. `composed` is that of the same input, if the caller has composed it.
    """
    composed = composed or compose(
        campaign_id=campaign_id,
        prompt=prompt,
        business_context=business_context,
        parameters=parameters,
    )
    return Video(
        campaign_id=campaign_id,
        video_hash=video_hash,
        index=index,
        phase=Phase.RESERVED,
        version_state=VersionState.PENDING,
        prompt=prompt,
        business_context=business_context,
        enhanced_prompt=composed.enhanced_prompt,
        parameters=parameters,
        fingerprint=composed.fingerprint,
        cost=Cost(estimated=price(parameters), basis=price_basis(parameters), simulated=simulated),
        metadata=metadata,
        tags=tags,
        requested_by=requested_by,
        priority=priority,
        queue=place,
        batch_id=batch_id,
        remixed_from_video_id=remixed_from_video_id,
        created_at=now,
        deadline_at=limit_at,
        due_at=now + REPUBLISH_AFTER if place is None else limit_at,
    )


def new_version(
    source: Video,
    *,
    video_hash: str,
    simulated: bool,
    now: datetime,
    limit_at: datetime,
    priority: Lane = Lane.INTERACTIVE,
    place: QueuePlace | None = None,
    requested_by: str | None = None,
) -> Video:
    """Return a video for the slot of `source`, with the same input."""
    return new_video(
        campaign_id=source.campaign_id,
        video_hash=video_hash,
        index=source.index,
        prompt=source.prompt,
        business_context=source.business_context,
        parameters=source.parameters,
        metadata=source.metadata,
        tags=source.tags,
        simulated=simulated,
        now=now,
        limit_at=limit_at,
        priority=priority,
        place=place,
        requested_by=requested_by,
        remixed_from_video_id=source.remixed_from_video_id,
    )
