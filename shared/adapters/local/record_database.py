"""The database of the records: transactions on its file, which is rebuilt when it is missing."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
import weakref
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from shared.adapters.local.files.storage_errors import storage_error
from shared.adapters.local.record_connections import (
    Connection,
    ConnectionPool,
    empty,
    identity_of,
    immediate,
    opened,
    opened_unchanging,
    upgrade,
)
from shared.adapters.local.record_errors import OlderSchemaError, database_error, is_damage
from shared.adapters.local.record_rebuild import DAMAGED_MARK, FILE, has_json, rebuild
from shared.adapters.local.record_statements import LAST_COMMIT, NOTE_COMMIT
from shared.domain.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.adapters.local.files.data_folder import DataFolder
    from shared.adapters.local.record_rebuild import Restore
    from shared.domain.errors import ShowreelError


logger = logging.getLogger(__name__)

# The moment of the last commit, as the database notes it too. A database that notes an earlier one
# has lost commits: its write-ahead log is gone, or it was restored from a backup.
_LAST_COMMIT = ".records.latest"
_LOCK = "_records"
_NOTE = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class RecordDatabase:
    """Any number of threads and processes may use one database.

    A commit is durable when it returns (synchronous=FULL): otherwise a loss of power could take
    back the record of a submission that was paid for, and it would be submitted again.

    A write holds a shared lock of the folder, and a rebuild an exclusive one, so that no write goes
    to a file that is being replaced. Each use compares the file with the one that its connection
    has open, because a person may remove or replace it.
    """

    def __init__(self, files: DataFolder, restore: Restore) -> None:
        self._files = files
        self._path = f"{files.root}/{FILE}"
        self._restore = restore
        self._is_checked = False
        self._pool = ConnectionPool()
        # The end of the process closes the pool, too: the file is left without a write-ahead log.
        weakref.finalize(self, ConnectionPool.close, self._pool)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection; each statement sees one moment."""
        try:
            connection = self._reader()
            try:
                yield connection
            finally:
                self._pool.give_back(connection)
        except (OSError, sqlite3.Error) as error:
            raise self._meaning_of(error) from error

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Yield a connection whose statements all see one moment."""
        with self.reading() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection inside a transaction that is committed, durably, at the end."""
        try:
            with self._pool.turn_to_write():
                self._require_file()
                with self._files.lock(_LOCK, shared=True):
                    connection = self._writer()
                    try:
                        with transaction(connection):
                            yield connection
                        self._note_commit(_last_commit(connection))
                    finally:
                        self._pool.give_back(connection)
        except (OSError, sqlite3.Error) as error:
            raise self._meaning_of(error) from error

    def has_lost_commits(self) -> bool:
        """Whether the folder knows of a later commit than the database."""
        noted = self._noted_commit()
        if noted is None:
            return False
        with self.reading() as connection:
            is_behind = _last_commit(connection) < noted
            if is_behind:
                _require_integrity(connection)
        return is_behind

    def accept_lost_commits(self) -> None:
        """Let the database count as complete, after what it had lost was rebuilt."""
        with self.reading() as connection:
            self._note_commit(_last_commit(connection))

    def close(self) -> None:
        """Close the connections that are not in use. The database can be used again."""
        self._pool.close()

    def _meaning_of(self, error: OSError | sqlite3.Error) -> ShowreelError:
        """Return what an error is to callers, and let the next use rebuild a damaged database."""
        if isinstance(error, OSError):
            return storage_error(error)
        if is_damage(error):
            self._mark_as_damaged()
        return database_error(error)

    def _reader(self) -> Connection:
        identity = identity_of(self._path)
        if identity is None or not self._is_checked:
            self._require_file(only_if_any=True)
            identity = identity_of(self._path)
        if identity is None:
            return empty()
        connection = self._pool.take(identity)
        if connection is not None:
            return connection
        try:
            return opened(self._path, identity)
        except sqlite3.OperationalError as error:
            if is_damage(error):
                raise
            # The folder is read-only, or its disk is full.
            return opened_unchanging(self._path)

    def _writer(self) -> Connection:
        identity = identity_of(self._path)
        if identity is None:
            raise UnavailableError("The database of records has just been removed. Try again.")
        return self._pool.take(identity) or opened(self._path, identity)

    def _require_file(self, *, only_if_any: bool = False) -> None:
        """Rebuild the database if it is missing, or was found damaged before this process began.

        With `only_if_any`, nothing is made where nothing is kept.
        """
        if self._is_checked and identity_of(self._path) is not None:
            return
        if self._is_usable():
            self._is_checked = True
            return
        if only_if_any and identity_of(self._path) is None and not has_json(self._files):
            return
        with self._files.lock(_LOCK):
            # Another process may have rebuilt or upgraded it meanwhile.
            if self._is_older():
                upgrade(self._path)
                logger.info("records.upgraded")
            if not self._is_usable():
                rebuild(self._files, self._restore)
        self._is_checked = True

    def _is_older(self) -> bool:
        """Whether the file has the schema of an earlier release, from which it can be upgraded."""
        try:
            self._can_open()
        except OlderSchemaError:
            return True
        except sqlite3.DatabaseError:
            # It is damaged: the rebuild says so.
            return False
        return False

    def _is_usable(self) -> bool:
        if identity_of(f"{self._files.root}/{DAMAGED_MARK}") is not None:
            return False
        try:
            return self._can_open()
        except OlderSchemaError:
            return False
        except sqlite3.DatabaseError as error:
            return not is_damage(error)

    def _can_open(self) -> bool:
        """Open the file, for the next use, if there is one. Raise sqlite3.DatabaseError."""
        identity = identity_of(self._path)
        if identity is not None:
            self._pool.give_back(opened(self._path, identity))
        return identity is not None

    def _mark_as_damaged(self) -> None:
        """Let the next use of any process that starts, and of this one, rebuild the database."""
        self._is_checked = False
        with suppress(OSError):
            Path(f"{self._files.root}/{DAMAGED_MARK}").touch()

    def _note_commit(self, moment: int) -> None:
        """Write over what is there, which needs no space. A note that is too early is harmless."""
        with suppress(OSError):
            note = os.open(f"{self._files.root}/{_LAST_COMMIT}", _NOTE, 0o666)
            try:
                os.pwrite(note, b"%020d" % moment, 0)
            finally:
                os.close(note)

    def _noted_commit(self) -> int | None:
        try:
            return int(Path(f"{self._files.root}/{_LAST_COMMIT}").read_bytes())
        except (OSError, ValueError):
            return None


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Commit at the end, with the time of the commit, or roll back."""
    with immediate(connection):
        yield
        connection.execute(NOTE_COMMIT, (time.time_ns() // 1000,))


def _last_commit(connection: Connection) -> int:
    (moment,) = connection.execute(LAST_COMMIT).fetchone()
    return int(moment)


def _require_integrity(connection: Connection) -> None:
    """Raise sqlite3.DatabaseError if pages of the file are of different moments."""
    if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        error = sqlite3.DatabaseError("The database of records is damaged.")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error
