"""Derive a campaign's slots, trash and money from its videos, where they disagree.

In a database they change together. Files can be lost, restored or edited one by one.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from msgspec import Struct, field

from shared.domain.campaign import Campaign
from shared.domain.inputs import InputState, StoredInput
from shared.domain.money import ZERO
from shared.domain.slot import Slot, Version
from shared.domain.trash import with_trash_of
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import VersionState, Video


class CampaignState(Struct, frozen=True, kw_only=True):
    """A campaign with all its videos and its unreadable records, both by hash.

    Slots and money can be derived from the videos only if every record can be read.
    """

    campaign: Campaign
    videos: dict[str, Video]
    unreadable: dict[str, Unreadable] = field(default_factory=dict)

    @classmethod
    def of(
        cls, campaign: Campaign, videos: Iterable[Video], unreadable: Iterable[Unreadable] = ()
    ) -> "CampaignState":
        return cls(
            campaign=campaign,
            videos={video.video_hash: video for video in videos},
            unreadable={each.video_hash: each for each in unreadable if each.video_hash},
        )


def reconciled(state: CampaignState) -> CampaignState:
    """Return the state with slots, version states, trash and money derived from the videos.

    A state that agrees is returned unchanged, as is one with unreadable records.
    """
    if state.unreadable:
        return state
    campaign = state.campaign
    videos: list[Video] = []
    indexes = {video.index for video in state.videos.values()}
    for index in sorted(indexes | {slot.index for slot in campaign.slots}):
        mine = [video for video in state.videos.values() if video.index == index]
        slot = _slot(campaign.slot(index), mine, written_at=campaign.updated_at)
        campaign = campaign.with_slot(slot)
        videos += [_as_in(slot, video) for video in mine]
    campaign = with_trash_of(replace(campaign, inputs=_inputs(campaign, videos)), videos)
    money = replace(campaign.money, reserved=_reserved(videos))
    return CampaignState.of(replace(campaign, money=money), videos)


def _slot(slot: Slot, videos: list[Video], *, written_at: datetime) -> Slot:
    stored = {each.video_hash: each for each in videos if has_clip(each)}
    current = _current(slot, stored, written_at=written_at)
    if current is not None:
        del stored[current.video_hash]
    known = [stored.pop(each.video_hash) for each in slot.historical if each.video_hash in stored]
    added = sorted(stored.values(), key=_completion, reverse=True)
    replaced = [each for each in added if not each.cancel_requested]
    cancelled = [each for each in added if each.cancel_requested]
    return replace(
        slot,
        current=None if current is None else Version.of(current),
        pending=_pending(slot, videos),
        historical=tuple(map(Version.of, (*replaced, *known, *cancelled))),
    )


def _current(slot: Slot, stored: dict[str, Video], *, written_at: datetime) -> Video | None:
    """Keep the slot's current version, unless a video was completed after the slot was written."""
    own = stored.get(slot.current.video_hash) if slot.current else None
    shown = [video for video in stored.values() if video.is_current]
    latest = max(shown, key=_completion, default=own)
    if own is None or latest is None:
        return latest
    is_outdated = not own.is_current or _completion(latest) > written_at
    return latest if is_outdated else own


def _pending(slot: Slot, videos: list[Video]) -> Version | None:
    waiting = [Version.of(each) for each in videos if each.version_state is VersionState.PENDING]
    return slot.pending if slot.pending in waiting else next(iter(waiting), None)


def _as_in(slot: Slot, video: Video) -> Video:
    if not has_clip(video):
        return video
    shown = slot.current is not None and slot.current.video_hash == video.video_hash
    state = VersionState.CURRENT if shown else VersionState.HISTORICAL
    return replace(video, version_state=state)


def _reserved(videos: Iterable[Video]) -> Decimal:
    waiting = (each for each in videos if not each.has_ended and not each.is_possibly_billed)
    return sum((each.cost.estimated for each in waiting), ZERO)


def has_clip(video: Video) -> bool:
    """Whether its slot keeps it, as the current or a historical version."""
    return video.version_state in (VersionState.CURRENT, VersionState.HISTORICAL)


def _inputs(campaign: Campaign, videos: Iterable[Video]) -> tuple[StoredInput, ...]:
    """Return the campaign's inputs, and those of its videos that it does not have."""
    known = {each.picture.sha256: each for each in campaign.inputs}
    for video in videos:
        for picture in video.parameters.inputs or ():
            added = StoredInput(picture=picture, created_at=video.created_at, state=InputState.USED)
            known.setdefault(picture.sha256, added)
    return tuple(known.values())


def _completion(video: Video) -> datetime:
    return video.completed_at or video.created_at
