"""The tables of the records in SQLite, and every query that is made.

A record is kept as its JSON, the same bytes as beside the videos; its other columns are derived
from it, for queries. Moments are microseconds since 1970. A record that this release cannot read
keeps the columns that can be derived, so that a release which can read it finds it in its place.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from errno import EINVAL
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.adapters.local.files.folders import is_plain
from shared.domain.errors import UnreadableRecordError
from shared.domain.identity import video_id
from shared.domain.video import Phase, Status, VersionState, phases_of
from shared.records.form import parse

if TYPE_CHECKING:
    from shared.domain.campaign import Campaign
    from shared.domain.video import Video
    from shared.ports.campaign_repository import VideoQuery

SCHEMA_VERSION = 2

_BATCHES = """
CREATE TABLE batches (
  batch_id TEXT PRIMARY KEY, record BLOB NOT NULL, revision TEXT NOT NULL,
  created_at INTEGER NOT NULL, due_at INTEGER
);
CREATE INDEX batches_created ON batches (created_at, batch_id);
CREATE INDEX batches_due ON batches (due_at, batch_id) WHERE due_at IS NOT NULL;
CREATE TABLE batch_videos (
  id TEXT PRIMARY KEY, batch_id TEXT NOT NULL, phase TEXT NOT NULL, created_at INTEGER NOT NULL,
  charged_millionths INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX batch_phases ON batch_videos (batch_id, phase, created_at, id, charged_millionths);
"""

_LAST_COMMIT = """
CREATE TABLE last_commit (id INTEGER PRIMARY KEY CHECK (id = 1), moment INTEGER NOT NULL);
INSERT INTO last_commit VALUES (1, 0);
"""

_QUEUE = """
CREATE INDEX videos_waiting ON videos (model, lane, queue_order, id) WHERE queue_order IS NOT NULL;
CREATE TABLE paces (model TEXT PRIMARY KEY, record BLOB NOT NULL, revision TEXT NOT NULL);
"""

UPGRADE_FROM_1 = f"""
ALTER TABLE videos ADD COLUMN model TEXT;
ALTER TABLE videos ADD COLUMN lane TEXT;
ALTER TABLE videos ADD COLUMN queue_order INTEGER;
{_LAST_COMMIT}
{_QUEUE}
{_BATCHES}
"""
"""No record of schema 1 has a place in the queue: its columns stay empty until it gets one."""

SCHEMA = f"""
CREATE TABLE campaigns (
  campaign_id TEXT PRIMARY KEY, record BLOB NOT NULL, revision TEXT NOT NULL,
  changed_at INTEGER NOT NULL, due_at INTEGER,
  saved_millionths INTEGER NOT NULL DEFAULT 0, hits INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX campaigns_due ON campaigns (due_at, campaign_id) WHERE due_at IS NOT NULL;
CREATE INDEX campaigns_named ON campaigns (campaign_id COLLATE NOCASE);
CREATE INDEX campaigns_changed ON campaigns (changed_at, campaign_id);
CREATE TABLE videos (
  id TEXT PRIMARY KEY, campaign_id TEXT NOT NULL, video_hash TEXT NOT NULL,
  record BLOB NOT NULL, revision TEXT NOT NULL, changed_at INTEGER NOT NULL,
  created_at INTEGER, due_at INTEGER, version_state TEXT, status TEXT,
  model TEXT, lane TEXT, queue_order INTEGER
);
CREATE INDEX videos_created ON videos (created_at, id, version_state, status);
CREATE INDEX videos_of_campaign ON videos (campaign_id, created_at, id, version_state, status);
CREATE INDEX videos_in_state ON videos (version_state, created_at, id, status);
CREATE INDEX videos_in_status ON videos (status, created_at, id);
CREATE INDEX videos_changed ON videos (changed_at, campaign_id);
CREATE INDEX videos_due ON videos (due_at, id) WHERE due_at IS NOT NULL;
CREATE TABLE tags (id TEXT, tag TEXT, created_at INTEGER, PRIMARY KEY (id, tag)) WITHOUT ROWID;
CREATE INDEX tags_created ON tags (tag, created_at, id);
CREATE TABLE days (day TEXT PRIMARY KEY, record BLOB NOT NULL, revision TEXT NOT NULL);
{_LAST_COMMIT}
{_QUEUE}
{_BATCHES}
"""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_STATUSES = {str(phase): status for status in Status for phase in phases_of(status)}
_AT_ONCE = 0


class VideoRow(NamedTuple):
    """The columns of a video, in the order of `INSERT_VIDEO`."""

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


class CampaignRow(NamedTuple):
    """The columns of a campaign, in the order of `INSERT_CAMPAIGN`."""

    campaign_id: str
    record: bytes
    revision: str
    changed_at: int
    due_at: int | None


_CAMPAIGNS = "SELECT campaign_id, record, revision, saved_millionths, hits FROM campaigns"
VIDEOS = "campaign_id, video_hash, record, revision FROM videos"
ONE_DAY = "SELECT record, revision FROM days WHERE day = ?"

ONE_CAMPAIGN = f"{_CAMPAIGNS} WHERE campaign_id = ?"
CAMPAIGNS_AFTER = f"{_CAMPAIGNS} WHERE campaign_id > ? ORDER BY campaign_id LIMIT ?"
DUE_CAMPAIGNS = f"{_CAMPAIGNS} WHERE due_at <= ? ORDER BY due_at, campaign_id"
ONE_VIDEO = f"SELECT {VIDEOS} WHERE id = ?"
THESE_VIDEOS = f"SELECT {VIDEOS} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608  # No values.
ALL_VIDEOS = f"SELECT {VIDEOS} WHERE campaign_id = ?"
CHANGED = (
    "SELECT campaign_id, changed_at FROM campaigns WHERE changed_at >= ?"
    " UNION ALL SELECT campaign_id, changed_at FROM videos WHERE changed_at >= ?"
    " ORDER BY changed_at, campaign_id LIMIT ?"
)
LAST_COMMIT = "SELECT moment FROM last_commit WHERE id = 1"
# Each commit is later than the one before, also if the clock was set back.
NOTE_COMMIT = "UPDATE last_commit SET moment = max(moment + 1, ?) WHERE id = 1"
DUE_VIDEOS = f"SELECT {VIDEOS} WHERE due_at <= ? AND (due_at, id) > (?, ?) ORDER BY due_at, id"

INSERT_CAMPAIGN = (
    "INSERT OR IGNORE INTO campaigns (campaign_id, record, revision, changed_at, due_at)"
    " VALUES (?, ?, ?, ?, ?)"
)
UPDATE_CAMPAIGN = (
    "UPDATE campaigns SET record = ?, revision = ?, changed_at = ?, due_at = ?"
    " WHERE campaign_id = ? AND revision = ?"
)
SAME_NAME = "SELECT 1 FROM campaigns WHERE campaign_id = ? COLLATE NOCASE"
DELETE_CAMPAIGN = "DELETE FROM campaigns WHERE campaign_id = ? AND revision = ?"
ADD_SAVINGS = (
    "UPDATE campaigns SET saved_millionths = saved_millionths + ?, hits = hits + ?"
    " WHERE campaign_id = ?"
)
INSERT_VIDEO = (
    "INSERT OR IGNORE INTO videos (id, campaign_id, video_hash, record, revision, changed_at,"
    " created_at, due_at, version_state, status, model, lane, queue_order)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
UPDATE_VIDEO = (
    "UPDATE videos SET record = ?, revision = ?, changed_at = ?, created_at = ?, due_at = ?,"
    " version_state = ?, status = ?, model = ?, lane = ?, queue_order = ?"
    " WHERE id = ? AND revision = ?"
)
DELETE_VIDEO = "DELETE FROM videos WHERE id = ? AND revision = ?"
DELETE_VIDEOS = "DELETE FROM videos WHERE campaign_id = ?"
INSERT_TAG = "INSERT OR IGNORE INTO tags VALUES (?, ?, ?)"
DELETE_TAGS = "DELETE FROM tags WHERE id = ?"
DELETE_TAGS_OF_CAMPAIGN = (
    "DELETE FROM tags WHERE id IN (SELECT id FROM videos WHERE campaign_id = ?)"
)
PUT_BATCH_VIDEO = "INSERT OR REPLACE INTO batch_videos VALUES (?, ?, ?, ?, ?)"
DELETE_BATCH_VIDEO = "DELETE FROM batch_videos WHERE id = ?"
DELETE_BATCH_VIDEOS_OF_CAMPAIGN = (
    "DELETE FROM batch_videos WHERE id IN (SELECT id FROM videos WHERE campaign_id = ?)"
)
BATCH_TOTALS = (
    "SELECT phase, count(*), sum(charged_millionths) FROM batch_videos WHERE batch_id = ?"
    " GROUP BY phase"
)
BATCH_WAITING = (
    "SELECT campaign_id, video_hash, record, revision FROM batch_videos"
    " CROSS JOIN videos ON videos.id = batch_videos.id WHERE batch_id = ? AND phase = 'reserved'"
    " ORDER BY batch_videos.created_at DESC, batch_videos.id DESC LIMIT ?"
)
_BATCH_RECORDS = "SELECT batch_id, record, revision FROM batches"
ONE_BATCH = f"{_BATCH_RECORDS} WHERE batch_id = ?"
BATCHES_BEFORE = (
    f"{_BATCH_RECORDS} WHERE (created_at, batch_id) < (?, ?)"
    " ORDER BY created_at DESC, batch_id DESC"
)
DUE_BATCHES = "SELECT batch_id FROM batches WHERE due_at <= ? ORDER BY due_at, batch_id LIMIT ?"
INSERT_BATCH = (
    "INSERT OR IGNORE INTO batches (batch_id, record, revision, created_at, due_at)"
    " VALUES (?, ?, ?, ?, ?)"
)
UPDATE_BATCH = (
    "UPDATE batches SET record = ?, revision = ?, created_at = ?, due_at = ?"
    " WHERE batch_id = ? AND revision = ?"
)
INSERT_DAY = "INSERT OR IGNORE INTO days VALUES (?, ?, ?)"
UPDATE_DAY = "UPDATE days SET record = ?, revision = ? WHERE day = ? AND revision = ?"


def revision_of(record: bytes) -> str:
    """Return a digest: equal records have equal revisions."""
    return hashlib.sha256(record).hexdigest()


def campaign_row(campaign: Campaign, record: bytes, changed_at: int) -> CampaignRow:
    """Raise OSError (EINVAL) for an id that cannot be the name of the folder beside the videos."""
    _require_names(campaign.campaign_id)
    due_at = _AT_ONCE if campaign.chores else _micros(campaign.delayed_until)
    return CampaignRow(campaign.campaign_id, record, revision_of(record), changed_at, due_at)


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
    return CampaignRow(campaign_id, record, revision_of(record), changed_at, due_at)


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
        **_place_in(fields),
    )


def tags_in(record: bytes) -> tuple[str, ...]:
    """Return the tags of a record that cannot be read."""
    tags = _fields(record).get("tags")
    return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


def list_of(query: VideoQuery) -> tuple[str, list[object]]:
    """Return the statement for a page and those after it, and its values.

    It names its index: a page costs as much among 100,000 videos as among 100.
    """
    table, index = ("tags", "tags_created") if query.tag is not None else ("videos", _index(query))
    wanted = {
        f"{table}.tag": query.tag,
        "videos.campaign_id": query.campaign_id,
        "videos.version_state": query.version_state,
        "videos.status": query.status,
    }
    conditions = [f"{column} = ?" for column, value in wanted.items() if value is not None]
    values: list[object] = [value for value in wanted.values() if value is not None]
    descending = query.order == "desc"
    if query.after is not None:
        conditions.append(f"({table}.created_at, {table}.id) {'<' if descending else '>'} (?, ?)")
        values += [_micros(query.after.created_at), query.after.id]
    else:
        conditions.append(f"{table}.created_at IS NOT NULL")
    direction = "DESC" if descending else "ASC"
    join = "CROSS JOIN videos ON videos.id = tags.id" if table == "tags" else ""
    statement = (
        "SELECT campaign_id, video_hash, record, revision"  # noqa: S608  # Values are bound.
        f" FROM {table} INDEXED BY {index} {join} WHERE {' AND '.join(conditions)}"
        f" ORDER BY {table}.created_at {direction}, {table}.id {direction}"
    )
    return statement, values


def _require_names(*names: str) -> None:
    if not all(map(is_plain, names)):
        raise OSError(EINVAL, os.strerror(EINVAL))


def _index(query: VideoQuery) -> str:
    if query.campaign_id is not None:
        return "videos_of_campaign"
    if query.version_state is not None:
        return "videos_in_state"
    return "videos_in_status" if query.status is not None else "videos_created"


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
