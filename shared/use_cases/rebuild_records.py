"""Rebuild records from the JSON beside the videos and batches, where they have lost commits."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct

from shared.domain.batch import Batch, batch_ends_of, restored
from shared.domain.campaign import Change
from shared.domain.copying import newest_records
from shared.domain.daily_budget import held_day
from shared.domain.errors import (
    BatchNotFoundError,
    CampaignNotFoundError,
    ObjectNotFoundError,
    UnreadableRecordError,
)
from shared.domain.events import ends_of
from shared.domain.money import ZERO
from shared.domain.storage_layout import BATCHES, DELETIONS, batch_id_at, batch_results_prefix
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.use_cases.campaign_state import load_campaign_state
from shared.use_cases.claims import deletion_of
from shared.use_cases.committing import until_committed
from shared.use_cases.copy_campaigns import commit_in_parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from shared.domain.daily_budget import DayBudget
    from shared.domain.events import Event
    from shared.domain.reconciling import CampaignState
    from shared.domain.video import Video
    from shared.ports.batch_repository import BatchRepository
    from shared.ports.campaign_repository import CampaignRepository
    from shared.ports.object_store import ObjectStore
    from shared.ports.record_mirror import RecordMirror


class RebuiltCampaign(Struct, frozen=True, kw_only=True):
    """`videos` counts the records that were written; `unreadable` says why none could be."""

    campaign_id: str
    videos: int = 0
    is_changed: bool = False
    unreadable: str | None = None


def rebuild_records(
    mirror: RecordMirror, campaigns: CampaignRepository
) -> Iterator[RebuiltCampaign]:
    """Merge the JSON into the records, and yield each campaign when that is done.

    The newest of each record is kept, so it may run beside the service. Only a video that the JSON
    of its campaign lists as removed is removed. The dollars of videos that the records had lost
    count again in the budget of their day.
    """
    for found in mirror.read_campaigns():
        if isinstance(found, Unreadable):
            yield RebuiltCampaign(campaign_id=found.campaign_id, unreadable=found.detail)
        else:
            yield _rebuilt(campaigns, found)


def remove_deleted(campaigns: CampaignRepository, objects: ObjectStore) -> int:
    """Remove the records of campaigns that were deleted after a backup, and return their number.

    A deletion is remembered as long as requests are. Objects that it had left are found as objects
    without a record.
    """
    names = [PurePosixPath(found.path).stem for found in objects.list(f"{DELETIONS}/")]
    return sum(until_committed(partial(_is_removed, campaigns, objects, name)) for name in names)


def rebuild_batches(
    mirror: RecordMirror, batches: BatchRepository, objects: ObjectStore
) -> Iterator[str]:
    """Yield the ids of batches whose records were missing or behind, when they are rebuilt.

    The videos are rebuilt before. It may run beside the service.
    """
    until = mirror.complete_until()
    for batch_id in dict.fromkeys(batch_id_at(each.path) for each in objects.list(f"{BATCHES}/")):
        accepted = mirror.read_batch(batch_id)
        if accepted is None:
            continue
        kept = restored(accepted, _results(objects, batch_id), until=until)
        if until_committed(lambda kept=kept: _is_committed(batches, kept)):  # type: ignore[misc]
            yield batch_id


def _is_removed(campaigns: CampaignRepository, objects: ObjectStore, campaign_id: str) -> bool:
    deleted_at = deletion_of(objects, campaign_id)
    try:
        campaign = campaigns.get_campaign(campaign_id)
    except (CampaignNotFoundError, UnreadableRecordError):
        return False
    if deleted_at is None or deleted_at < campaign.created_at:
        return False
    campaigns.remove_campaign(campaign)
    return True


def _rebuilt(campaigns: CampaignRepository, files: CampaignState) -> RebuiltCampaign:
    campaign_id = files.campaign.campaign_id

    def attempt() -> RebuiltCampaign:
        records = _read_if_any(campaigns, campaign_id)
        change = _change(campaigns, newest_records(files, records), records)
        if change is None:
            return RebuiltCampaign(campaign_id=campaign_id)
        commit_in_parts(campaigns, change)
        return RebuiltCampaign(campaign_id=campaign_id, videos=len(change.videos), is_changed=True)

    try:
        return until_committed(attempt)
    except UnreadableRecordError as error:
        return RebuiltCampaign(campaign_id=campaign_id, unreadable=error.message)


def _change(
    campaigns: CampaignRepository, merged: CampaignState, records: CampaignState | None
) -> Change | None:
    """Return what the records lack, if anything."""
    known = records.videos if records else {}
    videos = [each for name, each in merged.videos.items() if each != known.get(name)]
    carried = [
        each
        for name, each in merged.unreadable.items()
        if records is None or name not in {*records.videos, *records.unreadable}
    ]
    removed = [known[name] for name in known.keys() & merged.campaign.removed_hashes]
    if records and not (videos or carried or removed) and merged.campaign == records.campaign:
        return None
    return Change(
        campaign=merged.campaign,
        videos=tuple(videos),
        removed=tuple(removed),
        carried=tuple(carried),
        days=tuple(_days(campaigns, videos, known)),
        events=tuple(_ends(videos, known)),
    )


def _days(
    campaigns: CampaignRepository, videos: list[Video], known: dict[str, Video]
) -> Iterator[DayBudget]:
    lost: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
    for video in videos:
        before = known.get(video.video_hash)
        day = held_day(video)
        if day and not (before and held_day(before)):
            lost[day] += video.cost.estimated
    for day, amount in lost.items():
        budget = campaigns.get_day(day)
        yield replace(budget, committed=budget.committed + amount)


def _ends(videos: list[Video], known: dict[str, Video]) -> Iterator[Event]:
    """Yield the events of the ends that the records had lost."""
    for video in videos:
        before = known.get(video.video_hash)
        if before is None or ends_of(before) != ends_of(video):
            yield from ends_of(video)


def _read_if_any(campaigns: CampaignRepository, campaign_id: str) -> CampaignState | None:
    try:
        return load_campaign_state(campaigns, campaign_id)
    except CampaignNotFoundError:
        records = campaigns.get_all_videos(campaign_id)
    if not records.videos and not records.unreadable:
        return None
    raise UnreadableRecordError(f"The record of the campaign {campaign_id!r} is missing.")


def _results(objects: ObjectStore, batch_id: str) -> Iterator[bytes]:
    for found in objects.list(batch_results_prefix(batch_id)):
        with suppress(ObjectNotFoundError), objects.open(found.path) as stream:
            yield stream.read()


def _is_committed(batches: BatchRepository, kept: Batch) -> bool:
    """Commit `kept` unless the stored record is as far. Return whether that was needed."""
    try:
        stored = batches.get(kept.batch_id)
    except BatchNotFoundError:
        batches.commit(kept, events=batch_ends_of(kept))
        return True
    except UnreadableRecordError:
        return False
    merged = _merged(stored, kept)
    if merged == stored:
        return False
    batches.commit(merged, events=batch_ends_of(merged))
    return True


def _merged(stored: Batch, kept: Batch) -> Batch:
    """Return the later of both records. What was cancelled stays so."""
    if stored.has_ended:
        return stored
    is_behind = kept.has_ended or kept.next_line > stored.next_line
    latest = replace(kept, revision=stored.revision) if is_behind else stored
    if latest.cancelled_at is None and kept.cancelled_at is not None:
        return replace(latest, cancelled_at=kept.cancelled_at, due_at=kept.cancelled_at)
    return latest
