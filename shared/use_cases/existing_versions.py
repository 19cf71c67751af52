"""Find the existing versions that answer the drafts of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from shared.domain.fingerprint import Composed, compose, compose_all
from shared.domain.models import of_take

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from shared.domain.campaign import Campaign
    from shared.domain.slot import Version
    from shared.domain.video import Video
    from shared.use_cases.create_videos import CreateVideos, Draft


class Wanted(Struct, frozen=True, kw_only=True):
    """A draft, and the existing version that answers it, if any."""

    draft: Draft
    composed: Composed
    known: Version | None

    @property
    def fingerprint(self) -> str:
        return self.composed.fingerprint


def wanted_of(campaign: Campaign, request: CreateVideos) -> tuple[Wanted, ...]:
    """Find the draft's version, for each draft of a request."""
    composed = compose_all(
        ((draft.prompt, of_take(request.parameters, draft.take)) for draft in request.drafts),
        campaign_id=request.campaign_id,
        business_context=request.business_context,
    )
    return tuple(
        Wanted(
            draft=draft,
            composed=each,
            known=campaign.find(each.fingerprint) or campaign.find(each.as_written),
        )
        for draft, each in zip(request.drafts, composed, strict=True)
    )


def needed_videos(
    campaign: Campaign, wanted: Iterable[Wanted], made: Mapping[int, Video]
) -> Iterator[str]:
    """Yield the hashes of the videos that answer drafts, and of those that new ones will replace.

    A video can be replaced only if its record can be read. This is checked before anything is paid
    for its replacement.
    """
    for position, each in enumerate(wanted):
        if position in made:
            continue
        if each.known is not None:
            yield each.known.video_hash
        elif each.draft.index is not None and (current := campaign.slot(each.draft.index).current):
            yield current.video_hash


def find_as_written(campaign: Campaign, request: CreateVideos, draft: Draft) -> Version | None:
    """Find a video by the fingerprint of the uncanonical text, as releases before 0.2 stored it."""
    composed = compose(
        campaign_id=request.campaign_id,
        prompt=draft.prompt,
        business_context=request.business_context,
        parameters=of_take(request.parameters, draft.take),
    )
    return campaign.find(composed.as_written)
