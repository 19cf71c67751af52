"""What becomes of a campaign that is copied to where there may be one already."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from shared.domain.campaign import Campaign, Change, Money, Version
from shared.domain.reconciling import CampaignState, has_clip
from shared.domain.settlement import held_by, recomputed
from shared.domain.video import Phase, VersionState, Video

# How far a video is within one attempt. It is reserved again when that is postponed.
_PROGRESS = {
    Phase.SUBMITTING: 0,
    Phase.RESERVED: 1,
    Phase.OUTCOME_UNKNOWN: 1,
    Phase.GENERATING: 1,
    Phase.STORING: 2,
    Phase.FAILED: 3,
    Phase.CANCELLED: 3,
    Phase.DONE: 4,
}


class Verdict(StrEnum):
    COPY = "copied"
    UP_TO_DATE = "up to date"
    NEWER_THERE = "left alone: it is newer there"
    ANOTHER_THERE = "left alone: another campaign has this name there"
    UNREADABLE_HERE = "left alone: its record cannot be read"
    UNREADABLE_THERE = "left alone: a record of it cannot be read there"


def judge(here: CampaignState, there: CampaignState | None) -> Verdict:
    """Say whether `here` is to be copied. What is newer is never overwritten, not even in part."""
    if there is None:
        return Verdict.COPY
    if there.campaign.created_at != here.campaign.created_at:
        return Verdict.ANOTHER_THERE
    if there.unreadable.keys() - here.unreadable.keys():
        return Verdict.UNREADABLE_THERE
    if _is_newer(there, than=here) or _makes_its_own(there, unknown_to=here):
        return Verdict.NEWER_THERE
    if _is_newer(here, than=there) or _names(here) - _names(there):
        return Verdict.COPY
    return Verdict.UP_TO_DATE


def succeed(here: CampaignState, there: CampaignState | None) -> Change:
    """Return the commit that makes `there` what `here` is. Those videos that slots name come first.

    Nothing is removed: a version that only `there` knows becomes a historical one of its slot. A
    record that cannot be read is carried along as it is, and the money stays as it is then.
    """
    known = there.videos if there else {}
    kept = [video for name, video in known.items() if _lacks(here, name) and has_clip(video)]
    campaign = _following_campaign(here.campaign, there.campaign if there else None)
    for video in kept:
        slot = campaign.slot(video.index)
        history = (*slot.historical, Version.of(video))
        campaign = campaign.with_slot(replace(slot, historical=history))
    videos = [_following(video, known.get(name)) for name, video in here.videos.items()]
    videos += [replace(video, version_state=VersionState.HISTORICAL) for video in kept]
    money = _money(here, kept) if here.unreadable else recomputed(campaign, videos)
    campaign = replace(campaign, money=money)
    changed = [video for video in videos if video != known.get(video.video_hash)]
    changed.sort(key=lambda video: video.version_state is None)
    carried = [each for name, each in here.unreadable.items() if not there or _lacks(there, name)]
    return Change(campaign=campaign, videos=tuple(changed), carried=tuple(carried))


def _names(state: CampaignState) -> set[str]:
    return {*state.videos, *state.unreadable}


def _lacks(state: CampaignState, video_hash: str) -> bool:
    return video_hash not in _names(state)


def _money(here: CampaignState, added: Iterable[Video]) -> Money:
    return sum(map(held_by, added), start=here.campaign.money)


def _following_campaign(campaign: Campaign, known: Campaign | None) -> Campaign:
    """The objects that wait to be removed are those of each place by itself."""
    if known is None:
        return replace(campaign, revision="", delayed=(), delayed_until=None)
    return replace(
        campaign,
        revision=known.revision,
        delayed=known.delayed,
        delayed_until=known.delayed_until,
    )


def _is_newer(one: CampaignState, *, than: CampaignState) -> bool:
    if _age(one.campaign) > _age(than.campaign):
        return True
    shared = one.videos.keys() & than.videos.keys()
    return any(_progress(one.videos[name]) > _progress(than.videos[name]) for name in shared)


def _makes_its_own(there: CampaignState, *, unknown_to: CampaignState) -> bool:
    return any(
        video.version_state is VersionState.PENDING
        for name, video in there.videos.items()
        if name not in unknown_to.videos
    )


def _age(campaign: Campaign) -> tuple[datetime, int]:
    return campaign.updated_at, campaign.cache_hits


def _progress(video: Video) -> tuple[int, int, bool]:
    """Two states that differ in nothing of this, such as in a lease, are worth the same."""
    is_late = video.phase is Phase.STORING and video.is_possibly_billed
    phase = Phase.FAILED if is_late else video.phase
    return len(video.attempts), _PROGRESS[phase], video.cancel_requested


def _following(video: Video, known: Video | None) -> Video:
    """Its dollars are in a day's budget there, if anywhere; the one here stays here."""
    if known is None:
        return replace(video, revision="", budget_day=None)
    return replace(video, revision=known.revision, budget_day=known.budget_day)
