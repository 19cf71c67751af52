"""The columns of a row that are derived from its record.

A record that this release cannot read keeps the columns that can be derived, so that a release
which can read it finds it in its place.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from errno import EINVAL
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from shared.adapters.local.files.folders import is_plain
from shared.domain.errors import UnreadableRecordError
from shared.domain.identity import video_id
from shared.domain.search import keys_of
from shared.domain.video import Phase, Status, VersionState, phases_of
from shared.records.form import parse

if TYPE_CHECKING:
    from shared.domain.campaign import Campaign
    from shared.domain.video import Video

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_STATUSES = {str(phase): status for status in Status for phase in phases_of(status)}
_AT_ONCE = 0


class VideoRow(Struct, frozen=True, kw_only=True):
    """The columns of a video."""

    id: str
    campaign_id: str
    video_hash: str
    record: bytes
    revision: str
    changed_at: int
    created_at: int | None
    due_at: int | None
    version_state: str | None
    status: str | None
    model: str | None = None
    lane: str | None = None
    queue_order: int | None = None
    unreadable: int | None = None


class CampaignRow(Struct, frozen=True, kw_only=True):
    """The columns of a campaign."""

    campaign_id: str
    record: bytes
    revision: str
    changed_at: int
    due_at: int | None
    updated_at: int | None = None
    found_by: str = ""


def revision_of(record: bytes) -> str:
    """Return a digest: equal records have equal revisions."""
    return hashlib.sha256(record).hexdigest()


def campaign_row(campaign: Campaign, record: bytes, changed_at: int) -> CampaignRow:
    """Raise OSError (EINVAL) for an id that cannot be the name of the folder beside the videos."""
    _require_names(campaign.campaign_id)
    due_at = _AT_ONCE if campaign.chores else _micros(campaign.delayed_until)
    return CampaignRow(
        campaign_id=campaign.campaign_id,
        record=record,
        revision=revision_of(record),
        changed_at=changed_at,
        due_at=due_at,
        updated_at=micros(campaign.updated_at),
        found_by=f" {' '.join(keys_of(campaign))} ",
    )


def video_row(video: Video, record: bytes, changed_at: int) -> VideoRow:
    """Raise OSError (EINVAL) for ids that cannot be the names of the file beside the videos."""
    _require_names(video.campaign_id, video.video_hash)
    place = video.queue if video.phase is Phase.RESERVED else None
    return VideoRow(
        id=video.id,
        campaign_id=video.campaign_id,
        video_hash=video.video_hash,
        record=record,
        revision=revision_of(record),
        changed_at=changed_at,
        created_at=_micros(video.created_at),
        due_at=_micros(video.due_at),
        version_state=video.version_state,
        status=video.status,
        model=video.parameters.model,
        lane=None if place is None else place.lane,
        queue_order=None if place is None else micros(place.order),
    )


def unread_campaign_row(campaign_id: str, record: bytes, changed_at: int) -> CampaignRow:
    """Return the row of a record that cannot be read, whatever its bytes are."""
    _require_names(campaign_id)
    fields = _fields(record)
    due_at = _AT_ONCE if fields.get("chores") else _moment(fields.get("delayed_until"))
    return CampaignRow(
        campaign_id=campaign_id,
        record=record,
        revision=revision_of(record),
        changed_at=changed_at,
        due_at=due_at,
    )


def unread_video_row(campaign_id: str, video_hash: str, record: bytes, changed_at: int) -> VideoRow:
    """Return the row of a record that cannot be read, whatever its bytes are."""
    _require_names(campaign_id, video_hash)
    fields = _fields(record)
    version_state, phase = fields.get("version_state"), fields.get("phase")
    return VideoRow(
        id=video_id(campaign_id, video_hash),
        campaign_id=campaign_id,
        video_hash=video_hash,
        record=record,
        revision=revision_of(record),
        changed_at=changed_at,
        created_at=_moment(fields.get("created_at")),
        due_at=_moment(fields.get("due_at")),
        version_state=version_state if version_state in set(VersionState) else None,
        status=_STATUSES.get(str(phase)),
        unreadable=1,
        **_place_in(fields),
    )


def tags_in(record: bytes) -> tuple[str, ...]:
    """Return the tags of a record that cannot be read."""
    tags = _fields(record).get("tags")
    return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


def _require_names(*names: str) -> None:
    if not all(map(is_plain, names)):
        raise OSError(EINVAL, os.strerror(EINVAL))


def micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)


def _place_in(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of the place of a video that waits, as far as they can be read."""
    queue, parameters = fields.get("queue"), fields.get("parameters")
    if fields.get("phase") != Phase.RESERVED or not isinstance(queue, dict):
        return {}
    model = parameters.get("model") if isinstance(parameters, dict) else None
    order = _moment(queue.get("order"))
    return {"model": str(model), "lane": str(queue.get("lane")), "queue_order": order}


def _fields(record: bytes) -> dict[str, Any]:
    try:
        return parse(record)
    except UnreadableRecordError:
        return {}


def _moment(value: object) -> int | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if moment is None or moment.tzinfo is None else micros(moment)
