"""Retire and reconcile in portions: each tick continues where the last one stopped."""

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from msgspec import Struct

from shared.domain.agreement import UNREADABLE
from shared.domain.campaign import MOST_REMOVED, Campaign
from shared.domain.errors import (
    ObjectNotFoundError,
    OutOfTimeError,
    ShowreelError,
    UnavailableError,
)
from shared.domain.schedule import RECONCILE_ROUND, TICK
from shared.domain.storage_layout import CURSOR
from shared.domain.unreadable import Unreadable
from shared.ports import Ports
from shared.ports.object_store import PutMode
from shared.use_cases.announcing import report_unreadable
from shared.use_cases.keep_inputs import remove_unused
from shared.use_cases.reconcile import repair_disagreements
from shared.use_cases.retire_failed import retire_failed

logger = logging.getLogger(__name__)

LATE_CAMPAIGNS = 20
"""Campaigns that a tick compares when the round has taken longer than RECONCILE_ROUND."""


class _Place(Struct, frozen=True, kw_only=True):
    """The last campaign that was compared (None: none yet), and the start of the round."""

    after: str | None
    since: datetime


def reconcile_next(ports: Ports, *, end: datetime | None = None) -> None:
    """Take the campaigns after those of the last tick: retire failed videos, compare and repair.

    A tick compares one campaign, and LATE_CAMPAIGNS of them when the round is late. It begins none
    after `end` (default: TICK from now) and interrupts a repair there. The cursor is written first,
    so a campaign that ends the process does not hold the others. Two ticks at once may compare the
    same campaigns, which is harmless.
    """
    end = end or ports.now() + TICK
    if ports.now() >= end:
        return
    place = _read_place(ports)
    is_late = ports.now() - place.since > RECONCILE_ROUND
    page = ports.campaigns.list_campaigns(after=place.after, limit=LATE_CAMPAIGNS if is_late else 1)
    if not page:
        _write_place(ports, _Place(after=None, since=ports.now()))
        return
    _write_place(ports, _Place(after=page[-1].campaign_id, since=place.since))
    done = _reconcile_page(ports, page, end=end)
    if done < len(page):
        after = page[done - 1].campaign_id if done else place.after
        _write_place_again(ports, _Place(after=after, since=place.since))


def _reconcile_page(ports: Ports, page: Sequence[Campaign | Unreadable], *, end: datetime) -> int:
    """Return how many campaigns are done in this round. The next one is the first of the next tick.

    A campaign that was interrupted is done if it had the whole time. One that has more records to
    retire than one tick may is not done.
    """
    for number, campaign in enumerate(page):
        if number and ports.now() >= end:
            return number
        if isinstance(campaign, Campaign) and campaign.is_being_deleted:
            continue
        has_more = isinstance(campaign, Campaign) and _retire(ports, campaign, end=end)
        try:
            _reconcile(ports, campaign.campaign_id, end=end)
        except OutOfTimeError:
            logger.warning("reconcile.unfinished", extra={"campaign_id": campaign.campaign_id})
            return number if has_more else max(number, 1)
        except ShowreelError:
            logger.exception("reconcile.failed", extra={"campaign_id": campaign.campaign_id})
        _remove_unused(ports, campaign.campaign_id)
        if has_more:
            return number
    return len(page)


def _retire(ports: Ports, campaign: Campaign, *, end: datetime) -> bool:
    """Return whether the campaign may have more to retire. Half of the time is for comparing it."""
    now = ports.now()
    try:
        retired = retire_failed(ports, campaign.campaign_id, end=now + (end - now) / 2)
    except ShowreelError:
        logger.exception("retire.failed", extra={"campaign_id": campaign.campaign_id})
        return False
    return retired >= MOST_REMOVED


def _remove_unused(ports: Ports, campaign_id: str) -> None:
    try:
        remove_unused(ports, campaign_id)
    except ShowreelError:
        logger.exception("inputs.unremoved", extra={"campaign_id": campaign_id})


def _reconcile(ports: Ports, campaign_id: str, *, end: datetime) -> None:
    for finding in repair_disagreements(ports, campaign_id, end=end):
        if finding.kind in UNREADABLE:
            report_unreadable(finding.subject, finding.detail)
            continue
        logger.warning(
            "reconcile.repaired" if finding.repaired else "reconcile.found",
            extra={
                "campaign_id": campaign_id,
                "kind": finding.kind,
                "subject": finding.subject,
                "detail": finding.detail,
                "usd": str(finding.usd),
            },
        )


def _read_place(ports: Ports) -> _Place:
    """Start a new round if there is no cursor, or a damaged one."""
    try:
        with ports.objects.open(CURSOR) as cursor:
            content = json.load(cursor)
        after = content["after"]
        since = datetime.fromisoformat(content["since"])
    except (ObjectNotFoundError, ValueError, LookupError, TypeError):
        return _Place(after=None, since=ports.now())
    if not isinstance(after, str | None) or since.tzinfo is None:
        return _Place(after=None, since=ports.now())
    return _Place(after=after, since=since)


def _write_place_again(ports: Ports, place: _Place) -> None:
    """A bucket may refuse a second write in a second: then the rest waits for the next round."""
    try:
        _write_place(ports, place)
    except UnavailableError:
        logger.warning("reconcile.place_unchanged", exc_info=True)


def _write_place(ports: Ports, place: _Place) -> None:
    content = json.dumps({"after": place.after, "since": place.since.isoformat()}).encode()
    ports.objects.put(
        CURSOR, BytesIO(content), content_type="application/json", mode=PutMode.OVERWRITE
    )
