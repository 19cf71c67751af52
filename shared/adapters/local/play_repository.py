"""Views and counts in their SQLite database, which any number of processes may use."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeVar

import msgspec

from shared.adapters.local.play_database import FILE, PlayDatabase
from shared.adapters.local.record_columns import micros
from shared.domain.errors import UnreadableRecordError
from shared.domain.identity import parse_video_id
from shared.domain.plays import Counts, CountsKey, View, counts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from shared.adapters.local.record_connections import Connection

T = TypeVar("T")

_NO_ARM = -1
_ONE_VIEW = "SELECT record FROM views WHERE view_id = ?"
_PUT_VIEW = "INSERT OR REPLACE INTO views VALUES (?, ?, ?, ?)"
_ONE_COUNT = """
SELECT record FROM counts WHERE video_id = ? AND day = ? AND experiment_id = ? AND arm = ?
"""
_PUT_COUNT = "INSERT OR REPLACE INTO counts VALUES (?, ?, ?, ?, ?, ?)"
_COUNTS = "SELECT video_id, day, experiment_id, arm, record FROM counts"
_ORDER = "AND day BETWEEN ? AND ? ORDER BY day, video_id, experiment_id, arm"
_OF_CAMPAIGN = f"{_COUNTS} WHERE campaign_id = ? {_ORDER}"
_OF_VIDEO = f"{_COUNTS} WHERE video_id = ? {_ORDER}"
_OF_EXPERIMENT = f"{_COUNTS} WHERE experiment_id = ? AND experiment_id <> '' {_ORDER}"
_FORGET = """
DELETE FROM views WHERE view_id IN
(SELECT view_id FROM views WHERE first_at < ? ORDER BY first_at LIMIT ?)
"""

# Built while one thread imports this: the first use by several crashes msgspec 0.22.
_view_of = msgspec.json.Decoder(View).decode
_counts_of = msgspec.json.Decoder(Counts).decode


class LocalPlayRepository:
    """A row has the JSON of its view or counts, and the columns that it is found by."""

    def __init__(self, root: Path) -> None:
        self._database = PlayDatabase(root)

    def close(self) -> None:
        """Close the connections that are not in use. The database can be used again."""
        self._database.close()

    def merge_view(self, view_id: str, change: Callable[[View | None], View]) -> None:
        with self._database.writing() as connection:
            row = connection.execute(_ONE_VIEW, (view_id,)).fetchone()
            found = None if row is None else _decoded(_view_of, row[0])
            view = change(found)
            if view is found:
                return
            place = (_campaign_of(view.video_id), micros(view.first_at))
            connection.execute(_PUT_VIEW, (view_id, *place, msgspec.json.encode(view)))
            _add(connection, CountsKey.of(view), counts_of(view) - counts_of(found))

    def count_exposure(self, key: CountsKey) -> None:
        with self._database.writing() as connection:
            _add(connection, key, Counts(exposures=1))

    def counts_of_campaign(
        self, campaign_id: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]:
        return self._list(_OF_CAMPAIGN, campaign_id, first, last)

    def counts_of_video(
        self, video_id: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]:
        return self._list(_OF_VIDEO, video_id, first, last)

    def counts_of_experiment(
        self, experiment_id: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]:
        return self._list(_OF_EXPERIMENT, experiment_id, first, last)

    def delete_campaign(self, campaign_id: str) -> None:
        if self._database.exists():
            with self._database.writing() as connection:
                connection.execute("DELETE FROM counts WHERE campaign_id = ?", (campaign_id,))
                connection.execute("DELETE FROM views WHERE campaign_id = ?", (campaign_id,))

    def forget_views(self, before: datetime, *, limit: int) -> int:
        if not self._database.exists():
            return 0
        with self._database.writing() as connection:
            return connection.execute(_FORGET, (micros(before), limit)).rowcount

    def _list(
        self, statement: str, value: str, first: date, last: date
    ) -> Sequence[tuple[CountsKey, Counts]]:
        if not self._database.exists():
            return ()
        with self._database.reading() as connection:
            rows = connection.execute(statement, (value, first.isoformat(), last.isoformat()))
            return [(_key_of(*row[:-1]), _decoded(_counts_of, row[-1])) for row in rows]


def _add(connection: Connection, key: CountsKey, counts: Counts) -> None:
    columns = _columns(key)
    row = connection.execute(_ONE_COUNT, columns).fetchone()
    if row is not None:
        counts += _decoded(_counts_of, row[0])
    campaign_id = _campaign_of(key.video_id)
    connection.execute(_PUT_COUNT, (*columns, campaign_id, msgspec.json.encode(counts)))


def _decoded(decode: Callable[[bytes], T], record: bytes) -> T:
    """Raise UnreadableRecordError."""
    try:
        return decode(record)
    except msgspec.DecodeError as error:
        raise UnreadableRecordError(f"A record in {FILE} cannot be read: {error}.") from error


def _columns(key: CountsKey) -> tuple[str, str, str, int]:
    arm = _NO_ARM if key.arm is None else key.arm
    return key.video_id, key.day.isoformat(), key.experiment_id or "", arm


def _key_of(video_id: str, day: str, experiment_id: str, arm: int) -> CountsKey:
    return CountsKey(
        video_id=video_id,
        day=date.fromisoformat(day),
        experiment_id=experiment_id or None,
        arm=None if arm == _NO_ARM else arm,
    )


def _campaign_of(video_id: str) -> str:
    return parse_video_id(video_id)[0]
