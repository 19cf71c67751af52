"""Reconcile in small bites: one campaign for each tick, all of them in turn."""

import json
import logging
from io import BytesIO

from shared.domain.agreement import UNREADABLE
from shared.domain.campaign import Campaign
from shared.domain.errors import ObjectNotFoundError, ShowreelError
from shared.domain.storage_layout import CURSOR
from shared.domain.unreadable import Unreadable
from shared.ports import Ports
from shared.ports.object_store import PutMode
from shared.use_cases.announcing import report_unreadable
from shared.use_cases.reconcile import mend_disagreements

logger = logging.getLogger(__name__)


def reconcile_next(ports: Ports) -> None:
    """Compare the campaign after the one of the last tick, and mend what is safe to mend.

    Where the last one was is kept as an object. Two ticks at once look at the same one: no harm.
    """
    page = ports.campaigns.list_campaigns(after=_last(ports), limit=1)
    following = page[0].campaign_id if page else None
    if following is not None and not _is_being_deleted(page[0]):
        try:
            _reconcile(ports, following)
        except ShowreelError:
            logger.exception("reconcile.failed", extra={"campaign_id": following})
    content = json.dumps({"after": following}).encode()
    ports.objects.put(
        CURSOR, BytesIO(content), content_type="application/json", mode=PutMode.OVERWRITE
    )


def _is_being_deleted(campaign: Campaign | Unreadable) -> bool:
    return isinstance(campaign, Campaign) and campaign.is_being_deleted


def _reconcile(ports: Ports, campaign_id: str) -> None:
    for verdict in mend_disagreements(ports, campaign_id):
        finding = verdict.finding
        if finding.kind in UNREADABLE:
            report_unreadable(finding.subject, finding.detail)
            continue
        logger.warning(
            "reconcile.mended" if verdict.mended else "reconcile.found",
            extra={
                "campaign_id": campaign_id,
                "kind": finding.kind,
                "subject": finding.subject,
                "detail": finding.detail,
                "usd": str(finding.usd),
            },
        )


def _last(ports: Ports) -> str | None:
    """None where it is not known: the round begins again."""
    try:
        with ports.objects.open(CURSOR) as cursor:
            after = json.load(cursor)["after"]
    except (ObjectNotFoundError, ValueError, LookupError, TypeError):
        return None
    return after if isinstance(after, str) else None
