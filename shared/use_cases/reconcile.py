"""Compare records, slots, money, objects and operations, and repair what is safe to repair.

Nothing is locked, and the system continues to work. A disagreement is reported only if a second
comparison finds it too: work in progress causes temporary ones.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import groupby

from shared.domain.agreement import (
    Disagreement,
    Finding,
    Objects,
    campaign_missing,
    disagreements,
    unreadable,
    without_record,
)
from shared.domain.campaign import Campaign
from shared.domain.errors import CampaignNotFoundError, ShowreelError, UnreadableRecordError
from shared.domain.reconciling import CampaignState
from shared.domain.schedule import MIRRORED_AFTER
from shared.domain.storage_layout import (
    ATTEMPTS,
    GENERATED,
    INPUTS,
    inputs_prefix,
    video_of_clip,
)
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import Phase, Video
from shared.ports import Ports
from shared.ports.object_store import ObjectInfo
from shared.ports.record_mirror import MirrorListing
from shared.ports.video_generator import Gone
from shared.use_cases.campaign_state import all_campaigns, load_campaign_state
from shared.use_cases.committing import until_committed
from shared.use_cases.repairing import check_time, repair

logger = logging.getLogger(__name__)

# A repaired slot may show that a clip has the wrong name; that is the longest chain.
_ROUNDS = 2


Compare = Callable[[str], tuple[Finding, ...]]


def reconcile_campaigns(
    ports: Ports, compare: Compare
) -> Iterator[tuple[Campaign | Unreadable, tuple[Finding, ...]]]:
    """Yield each campaign with its findings, and hold one page of campaigns at a time."""
    for campaign in all_campaigns(ports.campaigns):
        try:
            yield campaign, compare(campaign.campaign_id)
        except CampaignNotFoundError:
            # It was deleted after its page was read.
            continue


def find_without_campaign(ports: Ports) -> Iterator[Finding]:
    """Yield what belongs to no campaign, while the objects are listed.

    An object of a video that has a record is not an orphan, even if the campaign has no record.
    """
    for root in (GENERATED, ATTEMPTS, INPUTS):
        for campaign_id, objects in groupby(ports.objects.list(f"{root}/"), key=_campaign_of):
            if not _is_unknown(ports, campaign_id):
                continue
            records = ports.campaigns.get_all_videos(campaign_id)
            if records.videos or records.unreadable:
                yield campaign_missing(campaign_id)
            else:
                yield from _without_record(campaign_id, objects)


def _without_record(campaign_id: str, objects: Iterable[ObjectInfo]) -> Iterator[Finding]:
    for info in objects:
        if not info.path.startswith(f"{ATTEMPTS}/") or video_of_clip(info.path):
            yield without_record(campaign_id, info.path)


def find_lost_operations(ports: Ports, campaign_id: str) -> tuple[Finding, ...]:
    """Ask the generator for operations that should have ended. Raise CampaignNotFoundError."""
    try:
        state = until_committed(lambda: load_campaign_state(ports.campaigns, campaign_id))
    except UnreadableRecordError:
        # The comparison reports it.
        return ()
    return tuple(
        Finding(
            kind=Disagreement.OPERATION_LOST,
            campaign_id=campaign_id,
            subject=video.id,
            detail=f"The generator does not know {video.attempt.operation}.",
            usd=video.cost.estimated,
        )
        for video in state.videos.values()
        if _should_have_ended(video, ports) and _is_lost(ports, video)
    )


def find_disagreements(ports: Ports, campaign_id: str) -> tuple[Finding, ...]:
    """Compare, and change nothing. Raise CampaignNotFoundError."""
    return _confirmed(ports, campaign_id)


def repair_disagreements(
    ports: Ports, campaign_id: str, *, end: datetime | None = None
) -> tuple[Finding, ...]:
    """Compare, repair what loses nothing, and compare again.

    Raise CampaignNotFoundError, or OutOfTimeError at `end`; what was repaired stays repaired.
    """
    found = left = _confirmed(ports, campaign_id, end=end)
    for _ in range(_ROUNDS):
        if left:
            repair(ports, campaign_id, left, end=end)
            check_time(ports, end)
            left = _compared(ports, campaign_id, end=end)
    return tuple(replace(finding, repaired=finding not in left) for finding in found)


def _confirmed(
    ports: Ports, campaign_id: str, *, end: datetime | None = None
) -> tuple[Finding, ...]:
    found = _compared(ports, campaign_id, end=end)
    if not found:
        return ()
    check_time(ports, end)
    again = set(_compared(ports, campaign_id, end=end))
    return tuple(finding for finding in found if finding in again)


def _compared(
    ports: Ports, campaign_id: str, *, end: datetime | None = None
) -> tuple[Finding, ...]:
    """If a record is unreadable, report only that: repairs need all records of a campaign."""
    listing = ports.mirror.list(campaign_id)
    try:
        state = until_committed(lambda: load_campaign_state(ports.campaigns, campaign_id))
    except UnreadableRecordError as error:
        if error.record is None:
            raise
        return (unreadable(error.record),)
    if state.unreadable:
        return tuple(map(unreadable, state.unreadable.values()))
    check_time(ports, end)
    objects = _objects(ports, state.campaign)
    check_time(ports, end)
    found = disagreements(state, objects, now=ports.now())
    return (*found, *_of_metadata(ports, listing, state))


def _objects(ports: Ports, campaign: Campaign) -> Objects:
    campaign_id = campaign.campaign_id
    inputs = ports.objects.list(inputs_prefix(campaign_id)) if campaign.inputs else ()
    media = ports.objects.list(f"{GENERATED}/{campaign_id}/")
    written = (each.path for each in ports.objects.list(f"{ATTEMPTS}/{campaign_id}/"))
    clips = ((video_of_clip(path), path) for path in written)
    return Objects(
        media=frozenset(each.path for each in media),
        attempts={known[1]: path for known, path in clips if known},
        inputs=frozenset(each.path for each in inputs),
    )


def _should_have_ended(video: Video, ports: Ports) -> bool:
    expected_at = video.attempt.expected_at if video.attempts else None
    return video.phase is Phase.GENERATING and expected_at is not None and expected_at < ports.now()


def _is_lost(ports: Ports, video: Video) -> bool:
    try:
        return isinstance(ports.generator.check(video.attempt.operation or ""), Gone)
    except ShowreelError:
        logger.warning("reconcile.unasked", extra={"video_id": video.id}, exc_info=True)
        return False


def awaits_mirror(ports: Ports, campaign: Campaign | Unreadable) -> bool:
    """Return whether the tick may have yet to write its JSON, which is then not compared."""
    return isinstance(campaign, Campaign) and ports.now() < campaign.updated_at + MIRRORED_AFTER


def _of_metadata(ports: Ports, listing: MirrorListing, state: CampaignState) -> Iterator[Finding]:
    if awaits_mirror(ports, state.campaign):
        return
    for path in ports.mirror.stale(listing, state):
        yield Finding(
            kind=Disagreement.METADATA_STALE,
            campaign_id=listing.campaign_id,
            subject=path,
            detail="It differs from the records.",
        )


def _campaign_of(info: ObjectInfo) -> str:
    return info.path.split("/")[2]


def _is_unknown(ports: Ports, campaign_id: str) -> bool:
    try:
        ports.campaigns.get_campaign(campaign_id)
    except CampaignNotFoundError:
        return True
    except UnreadableRecordError:
        return False
    return False
