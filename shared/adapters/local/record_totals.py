"""The totals of all records, which SQLite counts and adds up: no record is decoded."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from shared.adapters.local.record_rows import dollars
from shared.adapters.local.record_schema import UNREADABLE as CANNOT_BE_READ
from shared.domain.money import Money
from shared.domain.video import Phase, Status, VersionState
from shared.ports.campaign_repository import UNREADABLE, RecordTotals

if TYPE_CHECKING:
    from shared.adapters.local.record_connections import Connection

# The indexes have all that these need: their price is that of the indexes, not of the records.
STATES_OF_VIDEOS = (
    "SELECT version_state, status, count(*) FROM videos INDEXED BY videos_in_state"
    " GROUP BY version_state, status"
)
STATES_OF_UNREADABLE = (
    "SELECT version_state, status, count(*) FROM videos INDEXED BY videos_unreadable"  # noqa: S608  # No values.
    f" WHERE {CANNOT_BE_READ} GROUP BY version_state, status"
)
_OTHERS = f"""
SELECT phase, count(*) FROM (
  SELECT CASE WHEN json_valid(record) THEN json_extract(record, '$.phase') END AS phase FROM (
    SELECT CAST(record AS TEXT) AS record FROM videos INDEXED BY videos_in_status
    WHERE status IN ('{Status.QUEUED}', '{Status.IN_PROGRESS}', '{Status.FAILED}')
      AND NOT ({CANNOT_BE_READ})))
GROUP BY phase
"""  # noqa: S608  # No values.
_STATES = ("reserved", "spent", "simulated", "possibly_spent", "saved")
_SUMS = ", ".join(
    f"sum(CAST(round(json_extract(money, '$.{each}') * 1000000) AS INTEGER))" for each in _STATES
)
_MONEY = f"""
SELECT sum(saved_millionths), {_SUMS} FROM (
  SELECT saved_millionths,
    CASE WHEN json_valid(record) THEN json_extract(record, '$.money') END AS money FROM (
    SELECT saved_millionths, CAST(record AS TEXT) AS record FROM campaigns))
"""  # noqa: S608  # No values.


def totals_in(connection: Connection) -> RecordTotals:
    """A completed video is counted by its columns: no record of one is read."""
    unreadable = _counted(connection, STATES_OF_UNREADABLE)
    videos: Counter[str] = Counter({UNREADABLE: unreadable.total()} if unreadable else {})
    for (version_state, status), count in (
        _counted(connection, STATES_OF_VIDEOS) - unreadable
    ).items():
        if status is None:
            videos[UNREADABLE] += count
        elif status == Status.COMPLETED:
            is_trashed = version_state == VersionState.TRASHED
            videos[VersionState.TRASHED if is_trashed else Phase.DONE] += count
    for phase, count in connection.execute(_OTHERS):
        videos[phase or UNREADABLE] += count
    written, *sums = (value or 0 for value in connection.execute(_MONEY).fetchone())
    money = Money(**dict(zip(_STATES, map(dollars, sums), strict=True)))
    return RecordTotals(videos=videos, money=money + Money(saved=dollars(written)))


def _counted(connection: Connection, statement: str) -> Counter[tuple[str | None, str | None]]:
    """Return how many videos there are of each version state and status."""
    return Counter(
        {(state, status): count for state, status, count in connection.execute(statement)}
    )
