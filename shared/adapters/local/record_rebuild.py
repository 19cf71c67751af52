"""Replace the file of the database by a new one, filled from the JSON beside the videos."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from shared.adapters.local import first_release
from shared.adapters.local.record_connections import finish, made
from shared.domain.storage_layout import BATCHES, CACHE

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.adapters.local.files.data_folder import DataFolder
    from shared.adapters.local.record_connections import Connection

    Restore = Callable[[Connection], int]
    """Fills an empty database from what else is kept, and returns the number of campaigns."""

logger = logging.getLogger(__name__)

FILE = ".records.db"
# Its presence says that SQLite met damage in the database.
DAMAGED_MARK = ".records.damaged"

_NEW_FILE = ".records.new.db"
_SIDE_FILES = ("-wal", "-shm", "-journal")


def has_json(files: DataFolder) -> bool:
    """Whether there is anything that a new database would be filled from."""
    return any(_has_folders(files, path) for path in (CACHE, BATCHES))


def rebuild(files: DataFolder, restore: Restore) -> None:
    """Fill a new file, and give it the name of the old one. The exclusive lock is held."""
    new = f"{files.root}/{_NEW_FILE}"
    _remove(new)
    first_release.finish_commits(files)
    connection = made(new)
    try:
        count = restore(connection)
        finish(connection)
        _sync(new)
    except BaseException:
        connection.close()
        _remove(new)
        raise
    aside = _keep_aside(files)
    Path(new).replace(f"{files.root}/{FILE}")
    files.sync(())
    _unlink(f"{files.root}/{DAMAGED_MARK}")
    first_release.remove_shares(files)
    if count or aside:
        logger.warning("records.rebuilt", extra={"campaigns": count, "former_file": aside})


def _has_folders(files: DataFolder, path: str) -> bool:
    try:
        entries = files.entries(tuple(path.split("/")))
    except OSError:
        return False
    return any(entry.is_folder for entry in entries)


def _keep_aside(files: DataFolder) -> str | None:
    """Rename the former database with its side files: another one must not read them."""
    name = f".records.former-{time.time_ns()}.db"
    for suffix in (*_SIDE_FILES, ""):
        try:
            Path(f"{files.root}/{FILE}{suffix}").replace(f"{files.root}/{name}{suffix}")
        except FileNotFoundError:
            continue
        if not suffix:
            return name
    return None


def _remove(path: str) -> None:
    for suffix in ("", *_SIDE_FILES):
        _unlink(f"{path}{suffix}")


def _unlink(path: str) -> None:
    Path(path).unlink(missing_ok=True)


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
