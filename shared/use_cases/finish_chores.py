"""Carry out pending renames and removals of objects."""

import logging
from datetime import datetime, timedelta

from shared.domain.campaign import Campaign, Change, Chore, ChoreKind
from shared.domain.chores import due_chores, is_leaving, with_delayed_chores, without_chores
from shared.domain.errors import ObjectNotFoundError, ShowreelError
from shared.domain.schedule import NAME_LIFE
from shared.domain.storage_layout import (
    attempts_prefix,
    clip_path,
    metadata_path,
    picture_paths,
)
from shared.ports import Ports
from shared.use_cases.committing import until_committed

logger = logging.getLogger(__name__)

# A caller, or a step that has done its own work, waits for chores no longer than this.
_CONTENTION = timedelta(seconds=3)


def finish_chores(ports: Ports, campaign_id: str) -> None:
    """Do what the campaign's commits promised, and commit that it is done.

    What fails is left to the tick, which finds campaigns with chores: no request waits for them.

    A slower process may rename after a faster one has changed its mind. The commit then meets a
    conflict, and everything touched is renamed once more, after the record as it is by then.
    """
    touched: dict[Chore, None] = {}

    def attempt() -> None:
        campaign = ports.campaigns.get_campaign(campaign_id)
        due = due_chores(campaign, ports.now())
        touched.update(dict.fromkeys((*campaign.chores, *due)))
        done = [chore for chore in touched if _is_carried_out(ports, campaign, chore)]
        if done:
            ports.campaigns.commit(Change(campaign=_without(ports, campaign, done)))

    try:
        until_committed(attempt, within=_CONTENTION)
    except ShowreelError:
        logger.warning("chores.postponed", extra={"campaign_id": campaign_id}, exc_info=True)


def _without(ports: Ports, campaign: Campaign, done: list[Chore]) -> Campaign:
    """In a bucket, the clip keeps its former name until no signed URL reads that any more."""
    now = ports.now()
    named = [chore for chore in done if chore.kind is ChoreKind.RENAME]
    kept = [chore for chore in named if not _gives_up_name(campaign, chore, now)]
    finished = without_chores(campaign, done)
    if not kept or ports.local_signatures is not None:
        return finished
    return with_delayed_chores(finished, *kept, due_at=now + NAME_LIFE)


def _gives_up_name(campaign: Campaign, chore: Chore, now: datetime) -> bool:
    """Whether the time of the clip's former name is over, and it has got no new one since."""
    return chore in due_chores(campaign, now) and chore not in campaign.chores


def _is_carried_out(ports: Ports, campaign: Campaign, chore: Chore) -> bool:
    """A chore that fails does not delay the others of its campaign."""
    if chore.kind is ChoreKind.DELETE:
        return False
    try:
        _carry_out(ports, campaign, chore)
    except ShowreelError:
        about = {"campaign_id": campaign.campaign_id, "video_hash": chore.video_hash}
        logger.warning("chore.postponed", extra=about, exc_info=True)
        return False
    return True


def _carry_out(ports: Ports, campaign: Campaign, chore: Chore) -> None:
    if chore.kind is ChoreKind.REMOVE:
        _remove(ports, campaign.campaign_id, chore)
    else:
        _rename(ports, campaign, chore)


def _rename(ports: Ports, campaign: Campaign, chore: Chore) -> None:
    slot = campaign.slot(chore.index)
    shown = slot.current is not None and slot.current.video_hash == chore.video_hash
    kept = any(each.video_hash == chore.video_hash for each in slot.historical)
    now = ports.now()
    if not shown and not kept and not is_leaving(campaign, chore.video_hash, now):
        # It was removed after this chore was read, and an earlier rename may have missed that.
        _remove(ports, campaign.campaign_id, chore)
        return
    # A folder's signed URLs are answered here, under either name.
    is_over = ports.local_signatures is not None or _gives_up_name(campaign, chore, now)
    name = ports.objects.rename if is_over else ports.objects.copy
    try:
        name(
            clip_path(campaign.campaign_id, chore.video_hash, chore.index, current=not shown),
            clip_path(campaign.campaign_id, chore.video_hash, chore.index, current=shown),
        )
    except ObjectNotFoundError:
        logger.exception(
            "clip.missing",
            extra={"campaign_id": campaign.campaign_id, "video_hash": chore.video_hash},
        )


def _remove(ports: Ports, campaign_id: str, chore: Chore) -> None:
    """Remove the objects of a removed video, and its JSON, which the mirror may have missed."""
    for current in (True, False):
        path = clip_path(campaign_id, chore.video_hash, chore.index, current=current)
        ports.objects.delete(path)
        ports.objects.delete(metadata_path(campaign_id, chore.video_hash, current=current))
    for path in picture_paths(campaign_id, chore.video_hash, chore.index):
        ports.objects.delete(path)
    for left in ports.objects.list(attempts_prefix(campaign_id, chore.video_hash)):
        ports.objects.delete(left.path)
