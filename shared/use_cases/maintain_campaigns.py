"""The tick: wake every video that is due, and finish what a crash left of a campaign."""

import logging
from datetime import datetime

from shared.domain.errors import ShowreelError
from shared.domain.schedule import TICK
from shared.ports import Ports
from shared.ports.campaign_repository import DueWork
from shared.ports.message_queue import VideoMessage
from shared.use_cases.delete_campaign import continue_deletion
from shared.use_cases.finish_chores import finish_chores
from shared.use_cases.mirroring import sweep_mirror
from shared.use_cases.reconcile_next import reconcile_next

logger = logging.getLogger(__name__)

_WORK_EACH_TICK = 200


def take_tick(ports: Ports, *, before: datetime | None = None, reconciling: bool = True) -> None:
    """Do a bounded amount of the work that is due `before` (now), then reconcile.

    Both end at the same time: TICK from now.
    """
    end = ports.now() + TICK
    maintain_campaigns(ports, before=before, end=end)
    if reconciling:
        reconcile_next(ports, end=end)


def maintain_campaigns(
    ports: Ports, *, before: datetime | None = None, end: datetime | None = None
) -> int:
    """Do a bounded amount of what is due `before` (now), and return how much was due.

    Work that fails is logged and stays due; the rest is still done. Work that `end` (default: TICK
    from now) leaves no time for stays due, too.
    """
    end = end or ports.now() + TICK
    due = ports.campaigns.due(before or ports.now(), limit=_WORK_EACH_TICK)
    for work in due:
        if ports.now() >= end:
            logger.warning("maintain.unfinished", extra={"due": len(due)})
            break
        try:
            _do(ports, work, end=end)
        except ShowreelError:
            logger.exception("maintain.failed", extra={"campaign_id": work.campaign_id})
    sweep_mirror(ports, end=end)
    return len(due)


def _do(ports: Ports, work: DueWork, *, end: datetime) -> None:
    if work.video_hash is None:
        finish_chores(ports, work.campaign_id)
        continue_deletion(ports, work.campaign_id, end=end)
        return
    message = VideoMessage(campaign_id=work.campaign_id, video_hash=work.video_hash)
    ports.queue.publish(message)
