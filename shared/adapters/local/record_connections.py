"""Connections to a SQLite file: opened and pooled."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager
from stat import S_ISREG
from typing import TYPE_CHECKING
from urllib.parse import quote
from weakref import WeakSet

from msgspec import Struct

from shared.adapters.local.files.storage_errors import is_missing
from shared.adapters.local.record_errors import (
    BUSY,
    BUSY_SECONDS,
    NEWER,
    OlderSchemaError,
    code_of,
)
from shared.adapters.local.record_schema import SCHEMA, SCHEMA_VERSION, UPGRADES
from shared.domain.errors import StorageError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNFIT_FOR_WAL = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL)


class FileIdentity(Struct, frozen=True):
    """Distinguishes a file from another one that has taken its name."""

    device: int
    inode: int


class Connection(sqlite3.Connection):
    """A connection to one file; without an identity, one that is closed after its first use."""

    identity: FileIdentity | None = None


class ConnectionPool:
    """The connections of one process that are not in use; the last one returned is taken first.

    They are closed before a fork. SQLite keeps the locks of a file for the whole process: a child
    of a process that has the file open would believe that it holds locks that it does not hold, and
    lose its commits when the parent removes the write-ahead log.
    """

    def __init__(self) -> None:
        self._idle: list[Connection] = []
        self._turn = threading.Lock()
        _pools.add(self)

    @contextmanager
    def turn_to_write(self) -> Iterator[None]:
        """Let one thread of this process write at a time: inside SQLite they would sleep longer."""
        turn = self._turn
        if not turn.acquire(timeout=BUSY_SECONDS):
            raise UnavailableError(BUSY)
        try:
            yield
        finally:
            turn.release()

    def take(self, identity: FileIdentity) -> Connection | None:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if connection.identity == identity:
                return connection
            connection.close()

    def give_back(self, connection: Connection) -> None:
        if connection.identity is None:
            connection.close()
        else:
            self._idle.append(connection)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def begin_in_child(self) -> None:
        """Forget a turn that a thread of the parent had at the moment of the fork."""
        self._turn = threading.Lock()


_pools: WeakSet[ConnectionPool] = WeakSet()


def _close_all() -> None:
    for pool in list(_pools):
        pool.close()


def _begin_in_child() -> None:
    for pool in list(_pools):
        pool.begin_in_child()


os.register_at_fork(before=_close_all, after_in_child=_begin_in_child)


def identity_of(path: str) -> FileIdentity | None:
    """Return None if there is no file. Raise StorageError if something else has its name."""
    try:
        status = os.stat(path, follow_symlinks=False)  # noqa: PTH116  # Path costs twice the time.
    except OSError as error:
        if is_missing(error):
            return None
        raise
    if not S_ISREG(status.st_mode):
        name = path.rpartition("/")[2]
        raise StorageError(f"{name} in the data folder is not a file. Move it away.")
    return FileIdentity(status.st_dev, status.st_ino)


def opened(path: str, identity: FileIdentity) -> Connection:
    """Open the database for reading and writing."""
    connection = connected(path, "mode=rw")
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")
        _require_schema(connection)
    except BaseException:
        connection.close()
        raise
    connection.identity = identity
    return connection


def opened_unchanging(path: str) -> Connection:
    """Open a database that no process writes, where SQLite cannot make its side files.

    Raise sqlite3.Error if a process has left a commit in the write-ahead log.
    """
    if _size(f"{path}-wal"):
        raise sqlite3.OperationalError("The write-ahead log cannot be read.")
    connection = connected(path, "mode=ro&immutable=1")
    try:
        # The queries of lists and videos are the same in the earlier schemas.
        _require_schema(connection, oldest=min(UPGRADES))
    except BaseException:
        connection.close()
        raise
    return connection


def upgrade(path: str) -> None:
    """Bring a database of an earlier schema to this one, in one transaction."""
    connection = connected(path, "mode=rw")
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")
        statements = UPGRADES[version_of(connection)]
        connection.executescript(
            f"BEGIN IMMEDIATE; {statements} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
        )
    finally:
        connection.close()


def empty() -> Connection:
    """Return a database in memory without any record."""
    connection = connected("", "mode=memory")
    connection.executescript(SCHEMA)
    return connection


def made(path: str) -> Connection:
    """Make the file of a new database. What is written is safe only after `finish`."""
    connection = connected(path, "mode=rwc")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = MEMORY")
    connection.executescript(SCHEMA)
    return connection


def finish(connection: Connection) -> None:
    """Let the database be used by several processes, and close it.

    Readers do not wait for writers in write-ahead mode. Where a file system cannot share memory
    between processes, they do.
    """
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("SELECT count(*) FROM days").fetchall()
    except sqlite3.OperationalError as error:
        if code_of(error) not in _UNFIT_FOR_WAL:
            raise
        connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()


def connected(path: str, options: str) -> Connection:
    # Threads share connections, one at a time. Transactions begin and end by statements.
    return sqlite3.connect(
        f"file:{quote(path)}?{options}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        factory=Connection,
    )


@contextmanager
def immediate(connection: Connection) -> Iterator[None]:
    """Begin a transaction that writes; commit at the end, or roll back."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _require_schema(connection: Connection, *, oldest: int = SCHEMA_VERSION) -> None:
    version = version_of(connection)
    if version > SCHEMA_VERSION:
        raise StorageError(NEWER)
    if version in UPGRADES and version < oldest:
        raise OlderSchemaError("The database of records has the schema of an earlier release.")
    if version < oldest:
        error = sqlite3.DatabaseError("The database of records is older, or unfinished.")
        error.sqlite_errorcode = sqlite3.SQLITE_NOTADB
        raise error
    # Read the first page of the tables too: it is where most damage shows.
    connection.execute("SELECT 1 FROM campaigns LIMIT 1").fetchall()


def version_of(connection: Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116  # Path costs twice the time.
    except OSError:
        return 0
