"""Consistency checks between a campaign's record, slots, money and objects.

They agree at rest: every commit and every chore preserves that. A disagreement comes from a manual
change, a restored backup, or work that a crash left unfinished.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from shared.domain.campaign import ChoreKind
from shared.domain.chores import has_two_names, is_leaving
from shared.domain.errors import ShowreelError
from shared.domain.inputs import input_id
from shared.domain.money import ZERO
from shared.domain.reconciling import CampaignState, has_clip, reconciled
from shared.domain.settlement import recomputed
from shared.domain.storage_layout import (
    clip_path,
    input_path,
    is_input,
    parts_of_media,
    picture_path,
    picture_paths,
    video_of_clip,
)
from shared.domain.unreadable import Unreadable
from shared.domain.video import Phase, Video

_MONEY = ("reserved", "spent", "simulated", "possibly_spent")


class Disagreement(StrEnum):
    RECORD_DAMAGED = "record_damaged"
    RECORD_NEWER = "record_newer"
    CAMPAIGN_MISSING = "campaign_missing"
    CLIP_MISSING = "clip_missing"
    INPUT_MISSING = "input_missing"
    CLIP_MISNAMED = "clip_misnamed"
    PICTURE_MISSING = "picture_missing"
    OBJECT_WITHOUT_RECORD = "object_without_record"
    UNKNOWN_OBJECT = "unknown_object"
    CHORE_WAITING = "chore_waiting"
    SLOTS_DISAGREE = "slots_disagree"
    MONEY_DISAGREES = "money_disagrees"
    METADATA_STALE = "metadata_stale"
    OVERDUE = "overdue"
    OPERATION_LOST = "operation_lost"
    MONEY_AT_RISK = "money_at_risk"


UNREADABLE = frozenset({Disagreement.RECORD_DAMAGED, Disagreement.RECORD_NEWER})


class Finding(Struct, frozen=True, kw_only=True):
    """`subject` is a video's id, an object's path, or a campaign's id.

    `usd` is what the subject cost, or may have cost. `repaired` is set once the repair is verified.
    """

    kind: Disagreement
    campaign_id: str
    subject: str
    detail: str
    usd: Decimal = ZERO
    repaired: bool = False


class Objects(Struct, frozen=True, kw_only=True):
    """Paths of a campaign's objects: what is stored, clips in folders of attempts, and pictures."""

    media: frozenset[str]
    attempts: dict[str, str] = field(default_factory=dict)
    inputs: frozenset[str] = frozenset()


def unreadable(record: Unreadable) -> Finding:
    """Report an unreadable record. Nothing else of its campaign can be checked."""
    return Finding(
        kind=Disagreement.RECORD_NEWER if record.is_newer else Disagreement.RECORD_DAMAGED,
        campaign_id=record.campaign_id,
        subject=record.id,
        detail=record.detail,
    )


def campaign_missing(campaign_id: str) -> Finding:
    return Finding(
        kind=Disagreement.CAMPAIGN_MISSING,
        campaign_id=campaign_id,
        subject=campaign_id,
        detail="The records of its videos exist, but its own record does not.",
    )


def disagreements(state: CampaignState, objects: Objects, *, now: datetime) -> Iterator[Finding]:
    """Check one campaign with all its records and objects."""
    yield from _of_slots(state)
    yield from _of_money(state)
    for video in state.videos.values():
        has_both = has_two_names(state.campaign, video.video_hash, now)
        yield from _of_video(video, objects, has_both=has_both, now=now)
    yield from _of_inputs(state, objects)
    yield from _of_objects(state, objects, now=now)


def without_record(campaign_id: str, path: str) -> Finding:
    """Report an object without a record."""
    if video_of_clip(path) or is_input(path) or _is_media(campaign_id, path):
        kind, detail = Disagreement.OBJECT_WITHOUT_RECORD, "It has no record."
    else:
        kind, detail = Disagreement.UNKNOWN_OBJECT, "Its name is not one that Showreel generates."
    return Finding(kind=kind, campaign_id=campaign_id, subject=path, detail=detail)


def _is_media(campaign_id: str, path: str) -> bool:
    try:
        parts_of_media(campaign_id, path.rpartition("/")[2])
    except ShowreelError:
        return False
    return True


def _of_slots(state: CampaignState) -> Iterator[Finding]:
    agreed = reconciled(state)
    changed = [video.id for name, video in state.videos.items() if agreed.videos[name] != video]
    found, known = agreed.campaign, state.campaign
    has_all = (found.slots, found.inputs, found.trash) == (known.slots, known.inputs, known.trash)
    if has_all and not changed:
        return
    about = f"Its slots and the records of its videos differ: {', '.join(changed) or 'slots only'}."
    yield _of_campaign(state, Disagreement.SLOTS_DISAGREE, about)


def _of_money(state: CampaignState) -> Iterator[Finding]:
    kept, summed = state.campaign.money, recomputed(state.campaign, state.videos.values())
    if kept != summed:
        pairs = [(name, getattr(kept, name), getattr(summed, name)) for name in _MONEY]
        differences = [
            f"{name} is {was}, by its attempts {is_}" for name, was, is_ in pairs if was != is_
        ]
        yield _of_campaign(state, Disagreement.MONEY_DISAGREES, f"{'; '.join(differences)}.")


def _of_video(
    video: Video, objects: Objects, *, has_both: bool, now: datetime
) -> Iterator[Finding]:
    if has_clip(video) or video.is_trashed:
        yield from _of_names(video, objects.media, has_both=has_both)
    elif not video.has_ended and now > video.deadline_at:
        yield _about(video, Disagreement.OVERDUE, f"It is still {video.phase} after its deadline.")
    elif video.phase is Phase.FAILED and video.is_possibly_billed:
        where = objects.attempts.get(video.video_hash)
        late = f"Its clip exists: {where}." if where else "It has no clip yet."
        detail = f"It may have been billed on {video.attempt.submitted_at:%Y-%m-%d %H:%M}. {late}"
        yield _about(video, Disagreement.MONEY_AT_RISK, detail)


def _of_names(video: Video, media: frozenset[str], *, has_both: bool) -> Iterator[Finding]:
    place = (video.campaign_id, video.video_hash, video.index)
    right = clip_path(*place, current=video.is_current)
    wrong = clip_path(*place, current=not video.is_current)
    if right not in media and wrong not in media:
        yield _about(video, Disagreement.CLIP_MISSING, f"{right} is missing.")
    elif wrong in media and not (right in media and has_both):
        detail = f"It is {video.version_state}, but {wrong} exists."
        yield _about(video, Disagreement.CLIP_MISNAMED, detail)
    kept = video.clip.pictures if video.clip else ()
    missing = [path for each in kept if (path := picture_path(*place, each)) not in media]
    if missing:
        detail = f"Missing: {', '.join(missing)}."
        yield _about(video, Disagreement.PICTURE_MISSING, detail)


def _of_objects(state: CampaignState, objects: Objects, *, now: datetime) -> Iterator[Finding]:
    campaign, campaign_id = state.campaign, state.campaign.campaign_id
    chores = (*campaign.chores, *(each.chore for each in campaign.delayed))
    going = {each.video_hash for each in chores if each.kind is ChoreKind.REMOVE}
    leaving = {each for each in going if is_leaving(campaign, each, now)}
    known = {name for video in state.videos.values() for name in _names(video)}
    for path in sorted(objects.media - known):
        if any(video_hash in path for video_hash in leaving):
            continue
        finding = without_record(campaign_id, path)
        if any(video_hash in path for video_hash in going):
            detail = "Its video was removed; the object is to be removed next."
            finding = _of_campaign(state, Disagreement.CHORE_WAITING, f"{path}: {detail}")
        yield finding
    for video_hash, path in sorted(objects.attempts.items()):
        if video_hash not in state.videos and video_hash not in going:
            yield without_record(campaign_id, path)


def _of_inputs(state: CampaignState, objects: Objects) -> Iterator[Finding]:
    """An object without a record is not reported: it is removed after a day."""
    campaign = state.campaign
    for each in campaign.inputs:
        path = input_path(campaign.campaign_id, each.picture)
        if path not in objects.inputs:
            yield Finding(
                kind=Disagreement.INPUT_MISSING,
                campaign_id=campaign.campaign_id,
                subject=input_id(campaign.campaign_id, each.picture),
                detail=f"{path} is missing.",
            )


def _names(video: Video) -> Iterator[str]:
    place = (video.campaign_id, video.video_hash, video.index)
    yield clip_path(*place, current=True)
    yield clip_path(*place, current=False)
    yield from picture_paths(*place)


def _about(video: Video, kind: Disagreement, detail: str) -> Finding:
    return Finding(
        kind=kind,
        campaign_id=video.campaign_id,
        subject=video.id,
        detail=detail,
        usd=video.cost.estimated,
    )


def _of_campaign(state: CampaignState, kind: Disagreement, detail: str) -> Finding:
    campaign_id = state.campaign.campaign_id
    return Finding(kind=kind, campaign_id=campaign_id, subject=campaign_id, detail=detail)
