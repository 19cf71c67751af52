"""The statements for campaigns, videos, days and batches. Those for turns are beside their use."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from shared.adapters.local.record_columns import micros
from shared.domain.identity import video_id
from shared.domain.search import ARCHIVED, status_key
from shared.domain.video import VersionState

if TYPE_CHECKING:
    from shared.ports.campaign_repository import CampaignQuery, DueWork, VideoQuery

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

SAME_NAME = "SELECT 1 FROM campaigns WHERE campaign_id = ? COLLATE NOCASE"
DELETE_CAMPAIGN = "DELETE FROM campaigns WHERE campaign_id = ? AND revision = ?"
ADD_SAVINGS = (
    "UPDATE campaigns SET saved_millionths = saved_millionths + ?, hits = hits + ?"
    " WHERE campaign_id = ?"
)
DELETE_VIDEO = "DELETE FROM videos WHERE id = ? AND revision = ?"
DELETE_VIDEOS = "DELETE FROM videos WHERE campaign_id = ?"
INSERT_TAG = "INSERT OR IGNORE INTO tags VALUES (?, ?, ?)"
DELETE_TAGS = "DELETE FROM tags WHERE id = ?"
DELETE_TAGS_OF_CAMPAIGN = (
    "DELETE FROM tags WHERE id IN (SELECT id FROM videos WHERE campaign_id = ?)"
)
PUT_BATCH_VIDEO = "INSERT OR REPLACE INTO batch_videos VALUES (?, ?, ?, ?, ?)"
# A removed video stays in the totals of its batch with the end that it had.
DELETE_BATCH_VIDEO = (
    "DELETE FROM batch_videos WHERE id = ? AND phase NOT IN ('done', 'failed', 'cancelled')"
)
DELETE_BATCH_VIDEOS_OF_CAMPAIGN = (
    "DELETE FROM batch_videos WHERE phase NOT IN ('done', 'failed', 'cancelled')"
    " AND id IN (SELECT id FROM videos WHERE campaign_id = ?)"
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


@cache
def insertion(table: str, columns: tuple[str, ...]) -> str:
    """Insert a row, whose values are named as its columns, unless its key is taken."""
    values = ", ".join(f":{column}" for column in columns)
    return f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608  # No values.


@cache
def update(table: str, columns: tuple[str, ...]) -> str:
    """Change the row that has the first column, its key, and `known_revision`."""
    key, *others = columns
    values = ", ".join(f"{column} = :{column}" for column in others)
    return f"UPDATE {table} SET {values} WHERE {key} = :{key} AND revision = :known_revision"  # noqa: S608  # No values.


def list_of(query: VideoQuery) -> tuple[str, list[object]]:
    """Return the statement for a page and those after it, and its values.

    It names its index: a page costs as much among 100,000 videos as among 100.
    """
    table, index = ("tags", "tags_created") if query.tag is not None else ("videos", _index(query))
    wanted = {
        f"{table}.tag = ?": query.tag,
        "videos.campaign_id = ?": query.campaign_id,
        "videos.version_state = ?": query.version_state,
        "videos.status = ?": query.status,
    }
    conditions = [each for each, value in wanted.items() if value is not None]
    values: list[object] = [value for value in wanted.values() if value is not None]
    if query.version_state is None:
        conditions.append(f"videos.version_state IS NOT '{VersionState.TRASHED}'")
    descending = query.order == "desc"
    if query.after is not None:
        conditions.append(f"({table}.created_at, {table}.id) {'<' if descending else '>'} (?, ?)")
        values += [micros(query.after.created_at), query.after.id]
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


def found_by(query: CampaignQuery) -> tuple[str, list[object]]:
    """Return the statement for a page of campaigns and those after it, and its values.

    It compares within its index, and reads the rows of those that match.
    """
    conditions = ["updated_at IS NOT NULL"]
    values: list[object] = []
    if query.after is not None:
        conditions.append("(updated_at, campaign_id) < (?, ?)")
        values += [micros(query.after.updated_at), query.after.campaign_id]
    keys = [f" {word}" for word in query.wanted.words]
    if query.wanted.status is not None:
        keys.append(f" {status_key(query.wanted.status)} ")
    conditions += ["instr(found_by, ?) > 0"] * len(keys)
    values += keys
    if query.wanted.archived is not None:
        conditions.append(f"instr(found_by, ?) {'>' if query.wanted.archived else '='} 0")
        values.append(f" {ARCHIVED} ")
    statement = (
        f"{_CAMPAIGNS} INDEXED BY campaigns_found WHERE {' AND '.join(conditions)}"
        " ORDER BY updated_at DESC, campaign_id DESC"
    )
    return statement, values


def _index(query: VideoQuery) -> str:
    if query.campaign_id is not None:
        return "videos_of_campaign"
    if query.version_state is not None:
        return "videos_in_state"
    return "videos_in_status" if query.status is not None else "videos_created"


def due_after(work: DueWork | None) -> tuple[int, str]:
    if work is None or work.due_at is None:
        return -1, ""
    return micros(work.due_at), video_id(work.campaign_id, work.video_hash or "")
