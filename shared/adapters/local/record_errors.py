"""Errors of SQLite, as errors of Showreel."""

from __future__ import annotations

import sqlite3

from shared.adapters.local.files.storage_errors import DISK_FAULT, DISK_FULL, NOT_WRITABLE
from shared.domain.errors import ShowreelError, StorageError, StorageFullError, UnavailableError

BUSY_SECONDS = 10.0
BUSY = (
    f"Other processes have kept the database of records busy for {BUSY_SECONDS:.0f} seconds. "
    "Try again."
)
DAMAGED = (
    "The database of records is damaged. The next request rebuilds it from the JSON beside the "
    "videos. The damaged file is kept under another name."
)
NEWER = "A newer Showreel wrote the database of records. Run that version."

_PRIMARY = 0xFF
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_IS_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def code_of(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY


class OlderSchemaError(sqlite3.DatabaseError):
    """The database has the schema before this one, which can be upgraded."""


def is_damage(error: sqlite3.Error) -> bool:
    return code_of(error) in _DAMAGE


def database_error(error: sqlite3.Error) -> ShowreelError:
    """Return the StorageError or UnavailableError of an error of SQLite."""
    code, detail = code_of(error), getattr(error, "sqlite_errorcode", 0)
    if code in _IS_BUSY:
        return UnavailableError(BUSY)
    if code == sqlite3.SQLITE_FULL or detail == sqlite3.SQLITE_IOERR_SHMSIZE:
        return StorageFullError(DISK_FULL)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StorageError(NOT_WRITABLE)
    if code in _DAMAGE:
        return UnavailableError(DAMAGED)
    if code == sqlite3.SQLITE_IOERR:
        return StorageError(DISK_FAULT)
    return StorageError(f"The database of records cannot be used: {error}.")
