"""The tick: wake every video that is due, and finish what a crash left of a campaign."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.domain.chores import due_chores
from shared.domain.errors import ShowreelError
from shared.domain.plays import VIEW_LIFETIME
from shared.domain.schedule import GIVING, LOOK_AGAIN, TICK
from shared.domain.trash import due_trash
from shared.ports import Ports
from shared.ports.campaign_repository import DueWork
from shared.ports.message_queue import VideoMessage
from shared.use_cases.delete_campaign import continue_deletion
from shared.use_cases.finish_chores import finish_chores
from shared.use_cases.give_turns import giving_turns
from shared.use_cases.mirroring import sweep_mirror
from shared.use_cases.reconcile_next import reconcile_next
from shared.use_cases.trash_videos import purge_due

logger = logging.getLogger(__name__)

_PAGE = 200
# Of the views that 200 beacons a second leave, those of more than the time between two ticks.
_MOST_VIEWS = 5000
# By then the message that followed a commit, or was due, is delivered.
_LOST_AFTER = timedelta(minutes=1)


def take_tick(
    ports: Ports,
    *,
    before: datetime | None = None,
    reconciling: bool = True,
    giving: timedelta = GIVING,
) -> None:
    """Do the work that is due `before` (now), then reconcile. Both end TICK from now.

    Meanwhile turns are given to what waits for them, until `giving` from now; in the middle of that
    time, videos that are due by then are woken, too.
    """
    now = ports.now()
    with giving_turns(ports, end=now + giving) as giver:
        maintain_campaigns(ports, before=before, end=now + TICK)
        if reconciling:
            reconcile_next(ports, end=now + TICK)
        if giver is not None:
            giver.join((now + LOOK_AGAIN - ports.now()).total_seconds())
            if giver.is_alive():
                _look_again(ports)


def maintain_campaigns(
    ports: Ports, *, before: datetime | None = None, end: datetime | None = None
) -> int:
    """Do what is due `before` (now), page by page, and return how much was due.

    Work that fails is logged and stays due; the rest is still done. Work that `end` (default: TICK
    from now) leaves no time for stays due, too.
    """
    end = end or ports.now() + TICK
    before = before or ports.now()
    due = ports.campaigns.due(before, limit=_PAGE)
    for work in due:
        if work.video_hash is None and _has_time(ports, end, due=len(due)):
            _maintain(ports, work.campaign_id, end=end)
    count = len(due)
    while videos := [work for work in due if work.video_hash is not None]:
        if not _has_time(ports, end, due=count):
            break
        _wake(ports, videos)
        if len(videos) < _PAGE:
            break
        due = ports.campaigns.due(before, limit=_PAGE, after=videos[-1])
        count += len(due)
    _wake_batches(ports, before)
    _dispatch_again(ports, at_once=before > ports.now())
    _forget_views(ports)
    sweep_mirror(ports, end=end)
    return count


def _look_again(ports: Ports) -> None:
    """Wake the first videos that have become due since; the next tick finds others."""
    try:
        due = ports.campaigns.due(ports.now(), limit=_PAGE)
    except ShowreelError:
        logger.exception("maintain.failed", extra={"due": True})
        return
    if videos := [work for work in due if work.video_hash is not None]:
        _wake(ports, videos)


def _has_time(ports: Ports, end: datetime, *, due: int) -> bool:
    if ports.now() < end:
        return True
    logger.warning("maintain.unfinished", extra={"due": due})
    return False


def _maintain(ports: Ports, campaign_id: str, *, end: datetime) -> None:
    """Do what the record says is due: each kind of work reads it again, to decide by it."""
    try:
        campaign = ports.campaigns.get_campaign(campaign_id)
        now = ports.now()
        if campaign.chores or due_chores(campaign, now):
            finish_chores(ports, campaign_id)
        if due_trash(campaign, now):
            purge_due(ports, campaign_id, end=end)
        if campaign.is_being_deleted:
            continue_deletion(ports, campaign_id, end=end)
    except ShowreelError:
        logger.exception("maintain.failed", extra={"campaign_id": campaign_id})


def _wake(ports: Ports, videos: Iterable[DueWork]) -> None:
    messages = [
        VideoMessage(campaign_id=work.campaign_id, video_hash=work.video_hash)
        for work in videos
        if work.video_hash is not None
    ]
    try:
        ports.queue.publish(*messages)
    except ShowreelError:
        logger.exception("maintain.failed", extra={"videos": len(messages)})


def _wake_batches(ports: Ports, before: datetime) -> None:
    try:
        for batch_id in ports.batches.due(before, limit=_PAGE):
            ports.queue.publish_batch(batch_id)
    except ShowreelError:
        logger.exception("maintain.failed", extra={"batches": True})


def _forget_views(ports: Ports) -> None:
    try:
        ports.plays.forget_views(ports.now() - VIEW_LIFETIME, limit=_MOST_VIEWS)
    except ShowreelError:
        logger.exception("maintain.failed", extra={"views": True})


def _dispatch_again(ports: Ports, *, at_once: bool) -> None:
    """Publish the events and deliveries whose messages are lost; `at_once`, all that are due."""
    before = ports.now() - (timedelta() if at_once else _LOST_AFTER)
    try:
        if events := ports.events.undispatched(before, limit=_PAGE):
            ports.queue.publish_events(*events)
        if due := ports.webhooks.due(before, limit=_PAGE):
            ports.queue.publish_deliveries(*due)
    except ShowreelError:
        logger.exception("maintain.failed", extra={"events": True})
