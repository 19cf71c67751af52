"""Rules of copying a campaign to an installation that may have it already."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from shared.domain.campaign import Campaign, Change
from shared.domain.money import Money
from shared.domain.reconciling import CampaignState, has_clip, reconciled
from shared.domain.settlement import held_by, recomputed
from shared.domain.slot import Version
from shared.domain.trash import with_trash_of
from shared.domain.values import replace
from shared.domain.video import Phase, VersionState, Video

# The order of phases within one attempt. A postponed submission returns to `reserved`.
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


class CopyDecision(StrEnum):
    COPY = "copied"
    UP_TO_DATE = "up to date"
    NEWER_IN_TARGET = "left alone: the target has a newer state"
    ANOTHER_IN_TARGET = "left alone: the target has another campaign of this name"
    UNREADABLE_IN_SOURCE = "left alone: its record cannot be read"
    UNREADABLE_IN_TARGET = "left alone: the target has a record that cannot be read"


def decide_copy(source: CampaignState, target: CampaignState | None) -> CopyDecision:
    """Decide whether to copy `source`. A newer state is never overwritten, not even in part."""
    if target is None:
        return CopyDecision.COPY
    if target.campaign.created_at != source.campaign.created_at:
        return CopyDecision.ANOTHER_IN_TARGET
    if target.unreadable.keys() - source.unreadable.keys():
        return CopyDecision.UNREADABLE_IN_TARGET
    if _is_newer(target, than=source) or _has_new_pending(target, unknown_to=source):
        return CopyDecision.NEWER_IN_TARGET
    if _is_newer(source, than=target) or _names(source) - _names(target):
        return CopyDecision.COPY
    return CopyDecision.UP_TO_DATE


def merge_into_target(source: CampaignState, target: CampaignState | None) -> Change:
    """Return the commit that brings `target` to the state of `source`.

    The videos that slots name come first. Nothing is removed: a version that only `target` has
    becomes a historical version of its slot, and a trashed one stays trashed. An unreadable record
    is copied unchanged; the money is then that of the source and of the versions kept.
    """
    known = target.videos if target else {}
    others = [video for name, video in known.items() if _lacks(source, name)]
    kept = [video for video in others if has_clip(video)]
    trashed = [video for video in others if video.is_trashed]
    campaign = _rebased_campaign(source.campaign, target.campaign if target else None)
    for video in kept:
        slot = campaign.slot(video.index)
        history = (*slot.historical, Version.of(video))
        campaign = campaign.with_slot(replace(slot, historical=history))
    videos = [_rebased(video, known.get(name)) for name, video in source.videos.items()]
    videos += [replace(video, version_state=VersionState.HISTORICAL) for video in kept]
    videos += trashed
    campaign = with_trash_of(campaign, videos)
    money = _money(source, (*kept, *trashed)) if source.unreadable else recomputed(campaign, videos)
    campaign = replace(campaign, money=money)
    changed = [video for video in videos if video != known.get(video.video_hash)]
    changed.sort(key=lambda video: video.version_state is None or video.is_trashed)
    carried = [
        each for name, each in source.unreadable.items() if not target or _lacks(target, name)
    ]
    return Change(campaign=campaign, videos=tuple(changed), carried=tuple(carried))


def newest_records(files: CampaignState, records: CampaignState | None) -> CampaignState:
    """Return the newest of each record, of the files of a campaign and of its records.

    Both are of one installation. Slots and money follow from the videos. Videos that the newer
    campaign has removed do not return.
    """
    if records is None:
        return agreed(files)
    is_ahead = _age(files.campaign) > _age(records.campaign)
    newer, older = (files, records) if is_ahead else (records, files)
    campaign = replace(newer.campaign, savings=records.campaign.savings)
    videos = {**files.videos, **records.videos}
    for name in files.videos.keys() & records.videos.keys():
        videos[name] = furthest(older.videos[name], newer.videos[name])
    unreadable = {**files.unreadable, **records.unreadable}
    for name in (*campaign.removed_hashes, *(records.unreadable.keys() & files.videos.keys())):
        videos.pop(name, None)
    merged = CampaignState(
        campaign=replace(campaign, revision=records.campaign.revision),
        videos={name: _revised(video, records) for name, video in videos.items()},
        unreadable={name: each for name, each in unreadable.items() if name not in videos},
    )
    return agreed(merged)


def furthest(video: Video, known: Video | None) -> Video:
    """Return the one of two records of a video that is at the later stage, or else `known`."""
    return video if known is None or stage_of(video) > stage_of(known) else known


def agreed(state: CampaignState) -> CampaignState:
    """Derive slots, versions and money from the videos, where they differ."""
    found = reconciled(state)
    if found == state:
        return state
    money = recomputed(found.campaign, found.videos.values())
    return replace(found, campaign=replace(found.campaign, money=money))


def _revised(video: Video, records: CampaignState) -> Video:
    known = records.videos.get(video.video_hash)
    return replace(video, revision=known.revision if known else "")


def _names(state: CampaignState) -> set[str]:
    return {*state.videos, *state.unreadable}


def _lacks(state: CampaignState, video_hash: str) -> bool:
    return video_hash not in _names(state)


def _money(source: CampaignState, added: Iterable[Video]) -> Money:
    return sum(map(held_by, added), start=source.campaign.money)


def _rebased_campaign(campaign: Campaign, known: Campaign | None) -> Campaign:
    """Delayed chores are not copied: each installation has its own objects."""
    if known is None:
        return replace(campaign, revision="", delayed=(), delayed_until=None)
    inputs = {each.picture.sha256: each for each in (*known.inputs, *campaign.inputs)}
    return replace(
        campaign,
        revision=known.revision,
        inputs=tuple(inputs.values()),
        delayed=known.delayed,
        delayed_until=known.delayed_until,
    )


def _is_newer(one: CampaignState, *, than: CampaignState) -> bool:
    if _age(one.campaign) > _age(than.campaign):
        return True
    shared = one.videos.keys() & than.videos.keys()
    return any(stage_of(one.videos[name]) > stage_of(than.videos[name]) for name in shared)


def _has_new_pending(target: CampaignState, *, unknown_to: CampaignState) -> bool:
    return any(
        video.version_state is VersionState.PENDING
        for name, video in target.videos.items()
        if name not in unknown_to.videos
    )


def _age(campaign: Campaign) -> tuple[datetime, int]:
    return campaign.updated_at, campaign.cache_hits


def stage_of(video: Video) -> tuple[int, int, bool]:
    """States are equal if they differ only elsewhere, such as in a lease."""
    is_late = video.phase is Phase.STORING and video.is_possibly_billed
    phase = Phase.FAILED if is_late else video.phase
    return video.submissions, _PROGRESS[phase], video.cancel_requested


def _rebased(video: Video, known: Video | None) -> Video:
    """Keep the budget day of the target: each installation has budgets of its own."""
    if known is None:
        return replace(video, revision="", budget_day=None)
    return replace(video, revision=known.revision, budget_day=known.budget_day)
