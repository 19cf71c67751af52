"""Compare records, slots, money, objects and operations; and mend what is safe to mend.

Nothing is locked, and the system works meanwhile. What is found is looked at twice, so that what
is only on its way is not taken for a disagreement.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
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
from shared.domain.errors import CampaignNotFoundError, ShowreelError, UnreadableRecordError
from shared.domain.reconciling import CampaignState
from shared.domain.schedule import MIRRORED_AFTER
from shared.domain.storage_layout import ATTEMPTS, GENERATED, video_of_clip
from shared.domain.video import Phase, Video
from shared.ports import Ports
from shared.ports.object_store import ObjectInfo
from shared.ports.record_mirror import MirrorListing
from shared.ports.video_generator import Gone
from shared.use_cases.campaign_state import all_campaigns, load_campaign_state
from shared.use_cases.committing import until_committed
from shared.use_cases.mending import check_time, mend

logger = logging.getLogger(__name__)

# A slot that is mended may show that a clip has the wrong name, and that is all.
_ROUNDS = 2


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`mended` says whether it was found no more after the mending."""

    finding: Finding
    mended: bool = False


Look = Callable[[str], tuple[Verdict, ...]]


def reconcile_all(ports: Ports, look: Look) -> Iterator[tuple[str, tuple[Verdict, ...]]]:
    """Yield each campaign's id with what is found of it; then what belongs to no campaign."""
    for campaign in all_campaigns(ports.campaigns):
        yield campaign.campaign_id, look(campaign.campaign_id)
    for root in (GENERATED, ATTEMPTS):
        for campaign_id, paths in groupby(ports.objects.list(f"{root}/"), key=_campaign_of):
            if _is_unknown(ports, campaign_id):
                yield campaign_id, tuple(_of_unknown(ports, campaign_id, paths))


def _of_unknown(ports: Ports, campaign_id: str, objects: Iterable[ObjectInfo]) -> Iterator[Verdict]:
    """What has a record of its own is no orphan, even if its campaign has none."""
    records = ports.campaigns.get_all_videos(campaign_id)
    if records.videos or records.unreadable:
        yield Verdict(finding=campaign_missing(campaign_id))
    else:
        yield from _without_record(campaign_id, objects)


def _without_record(campaign_id: str, objects: Iterable[ObjectInfo]) -> Iterator[Verdict]:
    for info in objects:
        if not info.path.startswith(f"{ATTEMPTS}/") or video_of_clip(info.path):
            yield Verdict(finding=without_record(campaign_id, info.path))


def find_lost_operations(ports: Ports, campaign_id: str) -> tuple[Verdict, ...]:
    """Ask the generator for what should have ended. Raise CampaignNotFoundError."""
    try:
        state = until_committed(lambda: load_campaign_state(ports.campaigns, campaign_id))
    except UnreadableRecordError:
        # It is what the campaign is found for.
        return ()
    return tuple(
        Verdict(
            finding=Finding(
                kind=Disagreement.OPERATION_LOST,
                campaign_id=campaign_id,
                subject=video.id,
                detail=f"The generator does not know {video.attempt.operation}.",
                usd=video.cost.estimated,
            )
        )
        for video in state.videos.values()
        if _should_have_ended(video, ports) and _is_lost(ports, video)
    )


def find_disagreements(ports: Ports, campaign_id: str) -> tuple[Verdict, ...]:
    """Look, and change nothing. Raise CampaignNotFoundError."""
    return tuple(Verdict(finding=finding) for finding in _confirmed(ports, campaign_id))


def mend_disagreements(
    ports: Ports, campaign_id: str, *, end: datetime | None = None
) -> tuple[Verdict, ...]:
    """Compare, repair what loses nothing, and compare again.

    Raise CampaignNotFoundError, or OutOfTimeError at `end`; what was repaired stays repaired.
    """
    found = left = _confirmed(ports, campaign_id, end=end)
    for _ in range(_ROUNDS):
        if left:
            mend(ports, campaign_id, left, end=end)
            check_time(ports, end)
            left = _look(ports, campaign_id, end=end)
    return tuple(Verdict(finding=finding, mended=finding not in left) for finding in found)


def _confirmed(
    ports: Ports, campaign_id: str, *, end: datetime | None = None
) -> tuple[Finding, ...]:
    found = _look(ports, campaign_id, end=end)
    if not found:
        return ()
    check_time(ports, end)
    again = set(_look(ports, campaign_id, end=end))
    return tuple(finding for finding in found if finding in again)


def _look(ports: Ports, campaign_id: str, *, end: datetime | None = None) -> tuple[Finding, ...]:
    """Where a record cannot be read, report that alone: it is no basis for repairs."""
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
    objects = _objects(ports, campaign_id)
    check_time(ports, end)
    found = disagreements(state, objects, now=ports.now())
    return (*found, *_of_metadata(ports, listing, state))


def _objects(ports: Ports, campaign_id: str) -> Objects:
    media = ports.objects.list(f"{GENERATED}/{campaign_id}/")
    written = (each.path for each in ports.objects.list(f"{ATTEMPTS}/{campaign_id}/"))
    clips = ((video_of_clip(path), path) for path in written)
    return Objects(
        media=frozenset(each.path for each in media),
        attempts={known[1]: path for known, path in clips if known},
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


def _of_metadata(ports: Ports, listing: MirrorListing, state: CampaignState) -> Iterator[Finding]:
    """A change that is younger waits for the tick that mirrors it."""
    if ports.now() < state.campaign.updated_at + MIRRORED_AFTER:
        return
    for path in ports.mirror.stale(listing, state):
        yield Finding(
            kind=Disagreement.METADATA_STALE,
            campaign_id=listing.campaign_id,
            subject=path,
            detail="It is not what the records say.",
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
