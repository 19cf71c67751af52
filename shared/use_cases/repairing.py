"""Repair disagreements where that loses nothing that was paid for."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime

from shared.domain.agreement import Disagreement, Finding
from shared.domain.campaign import Change, Chore, ChoreKind
from shared.domain.chores import with_chores
from shared.domain.errors import OutOfTimeError, ShowreelError
from shared.domain.identity import parse_video_id
from shared.domain.reconciling import reconciled
from shared.domain.settlement import recomputed
from shared.domain.storage_layout import clip_path
from shared.domain.values import replace
from shared.domain.video import Video
from shared.ports import Ports
from shared.use_cases.campaign_state import PAGE, load_campaign_state
from shared.use_cases.committing import until_committed
from shared.use_cases.finding_clips import find_clip
from shared.use_cases.finish_chores import finish_chores
from shared.use_cases.mirroring import mirror_campaign
from shared.use_cases.publishing import ask_for_step
from shared.use_cases.store_video import store_picture

logger = logging.getLogger(__name__)

_MIRROR_GAP_SECONDS = 1.0
_OF_RECORDS = frozenset(
    {Disagreement.SLOTS_DISAGREE, Disagreement.MONEY_DISAGREES, Disagreement.CLIP_MISNAMED}
)


def check_time(ports: Ports, end: datetime | None) -> None:
    """Raise OutOfTimeError at `end` and after it."""
    if end is not None and ports.now() >= end:
        raise OutOfTimeError("The time of this tick is over. The next one continues.")


def repair(
    ports: Ports, campaign_id: str, findings: Iterable[Finding], *, end: datetime | None = None
) -> None:
    """Repair findings one after the other. Raise OutOfTimeError at `end`.

    A repair that fails is logged. Objects without a record are left alone. Without an `end`, JSON
    that a bucket refuses to write again so soon is written a second later.
    """
    found = list(findings)
    kinds = {finding.kind for finding in found}
    if kinds & _OF_RECORDS:
        misnamed = {each.subject for each in found if each.kind is Disagreement.CLIP_MISNAMED}
        _repair_records(ports, campaign_id, misnamed)
    if kinds & {*_OF_RECORDS, Disagreement.CHORE_WAITING}:
        finish_chores(ports, campaign_id)
    for finding in found:
        check_time(ports, end)
        try:
            _repair_video(ports, finding)
        except ShowreelError:
            extra = {"campaign_id": campaign_id, "subject": finding.subject}
            logger.warning("reconcile.unrepaired", extra=extra, exc_info=True)
    check_time(ports, end)
    if Disagreement.METADATA_STALE in kinds:
        _write_json(ports, campaign_id, is_patient=end is None)


def _write_json(ports: Ports, campaign_id: str, *, is_patient: bool) -> None:
    left = mirror_campaign(ports.mirror, ports.campaigns, campaign_id)
    if left and is_patient:
        # A bucket refuses a name that was written within the last second.
        time.sleep(_MIRROR_GAP_SECONDS)
        mirror_campaign(ports.mirror, ports.campaigns, campaign_id)


def delete_without_record(ports: Ports, findings: Iterable[Finding]) -> int:
    """Remove clips and pictures without a record, which a person has to decide.

    Return how many. Objects with other names are left alone.
    """
    orphans = [each for each in findings if each.kind is Disagreement.OBJECT_WITHOUT_RECORD]
    for finding in orphans:
        ports.objects.delete(finding.subject)
    return len(orphans)


def _repair_records(ports: Ports, campaign_id: str, misnamed: set[str]) -> None:
    """Derive slots, versions and money from the videos, and add a chore for each wrong name."""

    def attempt() -> None:
        state = load_campaign_state(ports.campaigns, campaign_id)
        if state.unreadable:
            return
        agreed = reconciled(state)
        videos = agreed.videos.values()
        money = recomputed(agreed.campaign, videos)
        renames = (_renaming(video) for video in videos if video.id in misnamed)
        campaign = with_chores(replace(agreed.campaign, money=money), *renames)
        changed = [video for video in videos if video != state.videos[video.video_hash]]
        if campaign == state.campaign and not changed:
            return
        ports.campaigns.commit(Change(campaign=campaign, videos=tuple(changed[:PAGE])))

    until_committed(attempt)


def _renaming(video: Video) -> Chore:
    return Chore(kind=ChoreKind.RENAME, video_hash=video.video_hash, index=video.index)


def _repair_video(ports: Ports, finding: Finding) -> None:
    match finding.kind:
        case Disagreement.PICTURE_MISSING:
            _renew_pictures(ports, _video(ports, finding))
        case Disagreement.OVERDUE | Disagreement.OPERATION_LOST:
            ask_for_step(ports, _video(ports, finding))
        case Disagreement.MONEY_AT_RISK:
            _ask_for_late_clip(ports, _video(ports, finding))


def _ask_for_late_clip(ports: Ports, video: Video) -> None:
    """Without a clip nothing can be repaired: it is looked for again when the video is due."""
    if find_clip(ports, video) is not None:
        ask_for_step(ports, video)


def _renew_pictures(ports: Ports, video: Video) -> None:
    """Store the pictures that the record names, as they are drawn today."""
    place = (video.campaign_id, video.video_hash, video.index)
    with ports.objects.open(clip_path(*place, current=video.is_current)) as clip:
        drawn = ports.inspector.inspect(clip).pictures
    kept = video.clip.pictures if video.clip else ()
    for each in kept:
        store_picture(ports, video, each, drawn[each])


def _video(ports: Ports, finding: Finding) -> Video:
    return ports.campaigns.get_video(*parse_video_id(finding.subject))
