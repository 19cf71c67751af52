"""Records as rows of the database, and back."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import asdict

from shared.adapters.local import record_columns as columns
from shared.adapters.local import record_statements as statements
from shared.domain.batch_share import BatchShare, share_of
from shared.domain.errors import ConflictError, UnreadableRecordError
from shared.domain.identity import video_id
from shared.domain.money import ZERO
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import Video
from shared.records.form import decode, encode, naming, require_place

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import date, datetime

    from shared.domain.batch import Batch
    from shared.domain.campaign import Campaign, Change
    from shared.domain.daily_budget import DayBudget
    from shared.domain.experiment import Experiment
    from shared.domain.pacing import Pace
    from shared.domain.review import Review
    from shared.domain.webhooks import Webhooks

    Row = Mapping[str, object]
    Values = tuple[object, ...] | Row

S = TypeVar("S", bound="DayBudget | Batch | Experiment | Pace | Review | Webhooks")

_MILLIONTHS = 1_000_000


def video_of(campaign_id: str, video_hash: str, record: bytes, revision: str) -> Video:
    """Raise UnreadableRecordError, with the record."""
    try:
        video = decode(record, Video, revision=revision)
        require_place(video.id == video_id(campaign_id, video_hash))
    except UnreadableRecordError as error:
        raise _unreadable(campaign_id, video_hash, record, revision, error).error() from error
    return video


def campaign_of(
    campaign_id: str, record: bytes, revision: str, saved_millionths: int, hits: int
) -> Campaign:
    """Raise UnreadableRecordError, with the record."""
    # A video is read without its campaign.
    from shared.domain.campaign import Campaign
    from shared.domain.money import Savings

    try:
        campaign = decode(record, Campaign, revision=revision)
        require_place(campaign.campaign_id == campaign_id)
    except UnreadableRecordError as error:
        raise _unreadable(campaign_id, None, record, revision, error).error() from error
    if not hits:
        return campaign
    return replace(campaign, savings=Savings(amount=dollars(saved_millionths), hits=hits))


def millionths(amount: Decimal) -> int:
    return int(amount * _MILLIONTHS)


def dollars(millionths: int) -> Decimal:
    return Decimal(millionths) / _MILLIONTHS


def day_of(day: date, row: tuple[bytes, str] | None) -> DayBudget:
    """Raise UnreadableRecordError."""
    from shared.domain.daily_budget import DayBudget

    if row is None:
        return DayBudget(day=day)
    record, revision = row
    with naming(f"days/{day}"):
        stored = decode(record, DayBudget, revision=revision)
        require_place(stored.day == day)
    return stored


def stored_change(connection: sqlite3.Connection, change: Change) -> Change:
    """Store a change, and return it with its new revisions. Raise ConflictError."""
    campaign = stored_campaign(connection, change.campaign)
    for record in change.gone:
        _remove_video(connection, record)
    for record in change.carried:
        store_unread_video(connection, record.campaign_id, record.video_hash or "", record.content)
    return replace(
        change,
        campaign=campaign,
        videos=tuple(stored_video(connection, video) for video in change.videos),
        days=tuple(stored_day(connection, day) for day in change.days),
    )


def stored_video(connection: sqlite3.Connection, video: Video) -> Video:
    """Store a video, and return it with its new revision. Raise ConflictError."""
    row = columns.video_row(video, encode(video), _now())
    _store_video(connection, row, video.tags, known_revision=video.revision)
    if video.batch_id is not None:
        charged = millionths(video.cost.actual or ZERO)
        values = (video.id, video.batch_id, video.phase, row.created_at, charged)
        connection.execute(statements.PUT_BATCH_VIDEO, values)
    return replace(video, revision=row.revision)


def store_unread_campaign(connection: sqlite3.Connection, campaign_id: str, record: bytes) -> None:
    """Store a record that cannot be read as it is. Raise ConflictError if there is one."""
    row = columns.unread_campaign_row(campaign_id, record, _now())
    put(connection, "campaigns", asdict(row), what=f"The campaign {campaign_id!r}")


def store_unread_video(
    connection: sqlite3.Connection, campaign_id: str, video_hash: str, record: bytes
) -> None:
    """Store a record that cannot be read as it is. Raise ConflictError if there is one."""
    row = columns.unread_video_row(campaign_id, video_hash, record, _now())
    _store_video(connection, row, columns.tags_in(record), known_revision="")


def hold_on_day(connection: sqlite3.Connection, day: DayBudget, committed: Decimal) -> None:
    """Let a day hold `committed` if it holds less."""
    if committed > day.committed:
        stored_day(connection, replace(day, committed=committed))


def stored_campaign(connection: sqlite3.Connection, campaign: Campaign) -> Campaign:
    row = columns.campaign_row(campaign, encode(campaign), _now())
    what = f"The campaign {campaign.campaign_id!r}"
    put(connection, "campaigns", asdict(row), known_revision=campaign.revision, what=what)
    if not campaign.revision:
        for each in campaign.removed:
            if each.share is not None:
                own = video_id(campaign.campaign_id, each.video_hash)
                _count_in_batch(connection, own, each.created_at, each.share)
    return replace(campaign, revision=row.revision)


def _count_in_batch(
    connection: sqlite3.Connection, own: str, created_at: datetime, share: BatchShare
) -> None:
    """Let a video be in the totals of its batch, also when its record is gone."""
    at, charged = columns.micros(created_at), millionths(share.usd)
    values = (own, share.batch_id, share.phase, at, charged)
    connection.execute(statements.PUT_BATCH_VIDEO, values)


def _store_video(
    connection: sqlite3.Connection,
    row: columns.VideoRow,
    tags: tuple[str, ...],
    *,
    known_revision: str,
) -> None:
    what = f"The video {row.id}"
    put(connection, "videos", asdict(row), known_revision=known_revision, what=what)
    if known_revision:
        connection.execute(statements.DELETE_TAGS, (row.id,))
    for tag in tags:
        connection.execute(statements.INSERT_TAG, (row.id, tag, row.created_at))


def _remove_video(connection: sqlite3.Connection, record: Video | Unreadable) -> None:
    key = (record.id, record.revision)
    write(connection, statements.DELETE_VIDEO, key, f"The video {record.id}")
    connection.execute(statements.DELETE_TAGS, (record.id,))
    if isinstance(record, Video) and (share := share_of(record)):
        _count_in_batch(connection, record.id, record.created_at, share)
    else:
        connection.execute(statements.DELETE_BATCH_VIDEO, (record.id,))


def stored_day(connection: sqlite3.Connection, day: DayBudget) -> DayBudget:
    return stored_record(connection, "days", {"day": day.day.isoformat()}, day, "The day's budget")


def _now() -> int:
    return time.time_ns() // 1000


def stored_record(
    connection: sqlite3.Connection, table: str, derived: Row, record: S, what: str
) -> S:
    """Store a record beside its `derived` columns, of which the first is its key.

    Return it with its new revision, a digest of its JSON. Raise ConflictError.
    """
    content = encode(record)
    revision = columns.revision_of(content)
    row = {**derived, "record": content, "revision": revision}
    put(connection, table, row, known_revision=record.revision, what=what)
    return replace(record, revision=revision)


def put(
    connection: sqlite3.Connection, table: str, row: Row, *, known_revision: str = "", what: str
) -> None:
    """Insert a row, or update the one that has its first column and the known revision.

    Raise ConflictError.
    """
    names = tuple(row)
    if known_revision:
        known = {**row, "known_revision": known_revision}
        write(connection, statements.update(table, names), known, what)
    else:
        write(connection, statements.insertion(table, names), row, what)


def write(connection: sqlite3.Connection, statement: str, values: Values, what: str) -> None:
    """Execute a statement. Raise ConflictError unless it finds the record as it was read."""
    if connection.execute(statement, values).rowcount != 1:
        raise ConflictError(f"{what} has changed. Read it again.")


def _unreadable(
    campaign_id: str,
    video_hash: str | None,
    record: bytes,
    revision: str,
    error: UnreadableRecordError,
) -> Unreadable:
    return Unreadable(
        campaign_id=campaign_id,
        video_hash=video_hash,
        detail=error.message,
        is_newer=error.is_newer,
        content=record,
        revision=revision,
    )


def row_of(connection: sqlite3.Connection, statement: str, key: str) -> Any | None:  # noqa: ANN401
    """Return the row of a key, or None. A key that is not valid text has no row."""
    try:
        return connection.execute(statement, (key,)).fetchone()
    except UnicodeEncodeError:
        return None
