"""The SQLite database of plays, beside that of the records.

It is not durable to the last second, as the records are: a commit survives the end of its process,
and waits for no disk. So beacons do not wait long, and no reservation waits for them.
"""

from __future__ import annotations

import sqlite3
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shared.adapters.local.files.data_folder import DataFolder
from shared.adapters.local.files.storage_errors import storage_error, storage_errors
from shared.adapters.local.record_connections import (
    ConnectionPool,
    connected,
    identity_of,
    immediate,
    version_of,
)
from shared.adapters.local.record_errors import database_error, is_damage
from shared.domain.errors import StorageError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shared.adapters.local.record_connections import Connection

FILE = ".plays.db"
SCHEMA_VERSION = 1

_LOCK = "_plays"
# A row of counts has the empty text where it belongs to no experiment: NULL is no part of a key.
_SCHEMA = f"""
CREATE TABLE views (
  view_id TEXT PRIMARY KEY, campaign_id TEXT NOT NULL, first_at INTEGER NOT NULL,
  record BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX views_begun ON views (first_at);
CREATE INDEX views_of_campaign ON views (campaign_id);
CREATE TABLE counts (
  video_id TEXT NOT NULL, day TEXT NOT NULL, experiment_id TEXT NOT NULL, arm INTEGER NOT NULL,
  campaign_id TEXT NOT NULL, record BLOB NOT NULL,
  PRIMARY KEY (video_id, day, experiment_id, arm)
) WITHOUT ROWID;
CREATE INDEX counts_of_campaign ON counts (campaign_id, day);
CREATE INDEX counts_of_experiment ON counts (experiment_id, day) WHERE experiment_id <> '';
PRAGMA user_version = {SCHEMA_VERSION};
"""


class PlayDatabase:
    """The file is made by the first write."""

    def __init__(self, root: Path) -> None:
        self._files = DataFolder(root)
        self._path = f"{root}/{FILE}"
        self._pool = ConnectionPool()
        # The end of the process closes the pool, too: the file is left without a write-ahead log.
        weakref.finalize(self, ConnectionPool.close, self._pool)

    def close(self) -> None:
        self._pool.close()

    def exists(self) -> bool:
        """Whether anything was counted."""
        with storage_errors():
            return identity_of(self._path) is not None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection inside a transaction that is committed at the end, or rolled back."""
        with self._pool.turn_to_write(), self.reading() as connection, immediate(connection):
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection; each statement sees one moment."""
        try:
            connection = self._taken() or self._opened()
            try:
                yield connection
            finally:
                self._pool.give_back(connection)
        except OSError as error:
            raise storage_error(error) from error
        except sqlite3.Error as error:
            if is_damage(error):
                raise StorageError(
                    f"{FILE} in the data folder is damaged. Move it away to count from zero."
                ) from error
            raise database_error(error) from error

    def _taken(self) -> Connection | None:
        identity = identity_of(self._path)
        return None if identity is None else self._pool.take(identity)

    def _opened(self) -> Connection:
        """Open the file; make it if it is missing, or if a process has ended while it did."""
        connection = self._connected()
        if connection is not None:
            return connection
        with self._files.lock(_LOCK):
            made = connected(self._path, "mode=rwc")
            try:
                if not version_of(made):
                    made.execute("PRAGMA journal_mode = WAL")
                    made.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
            finally:
                made.close()
        connection = self._connected()
        if connection is None:
            raise UnavailableError(f"{FILE} has just been removed. Try again.")
        return connection

    def _connected(self) -> Connection | None:
        """Return None if there is no file, or nothing in it."""
        identity = identity_of(self._path)
        if identity is None:
            return None
        connection = connected(self._path, "mode=rw")
        try:
            # The end of the process loses no commit; only a loss of power does.
            connection.execute("PRAGMA synchronous = NORMAL")
            version = version_of(connection)
        except BaseException:
            connection.close()
            raise
        if version == SCHEMA_VERSION:
            connection.identity = identity
            return connection
        connection.close()
        if version > SCHEMA_VERSION:
            raise StorageError(f"A newer Showreel wrote {FILE}. Run that version.")
        return None
