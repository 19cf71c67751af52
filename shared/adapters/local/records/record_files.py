"""The record files of each campaign, under one lock and one journal."""

from __future__ import annotations

import os
from contextlib import contextmanager
from errno import ENOENT
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.local.files.data_folder import JOURNAL, LOCKS, DataFolder
from shared.adapters.local.files.folders import Parts, is_plain, parts_of
from shared.adapters.local.files.storage_errors import is_missing
from shared.domain.storage_layout import CACHE, CAMPAIGN_FILE, metadata_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.adapters.local.records.budget_folder import BudgetFolder
    from shared.adapters.local.records.journal import FileChanges


_COARSEST_NS = 10_000_000


def is_coarse(changed_ns: int) -> bool:
    """Whether this time is of a file system that keeps 10 ms, as exFAT, or seconds, as FAT."""
    return changed_ns % _COARSEST_NS == 0


class FileVersion(NamedTuple):
    """Equal for the same bytes only: files are replaced, and `DataFolder` keeps times unique.

    That holds unless the file system keeps coarse times.
    """

    inode: int
    modified_ns: int
    size: int


Listing = dict[str, FileVersion]
"""The versions of a campaign's files, by name."""


class RecordFiles:
    """Reads take no lock. Who `settle`s first sees all of the latest commit."""

    def __init__(self, root: Path) -> None:
        self._files = DataFolder(root)
        self._folder = f"{root}/{CACHE}"
        self._locks = f"{root}/{LOCKS}"

    @property
    def budget(self) -> BudgetFolder:
        # Who only reads does without this, and without the journal.
        from shared.adapters.local.records.budget_folder import BudgetFolder

        return BudgetFolder(self._files)

    def folder(self, campaign_id: str = "") -> Path:
        """Return the path of a campaign's folder, or of the folder that holds them all."""
        return Path(self._folder, campaign_id)

    def campaign_ids(self) -> tuple[str, ...]:
        """Return them in order."""
        entries = self._files.entries(_parts())
        return tuple(sorted(entry.name for entry in entries if entry.is_folder))

    def listing(self, campaign_id: str) -> Listing:
        """Raise OSError, of those that `is_missing`, if there is no such folder."""
        entries = self._files.entries(_parts(campaign_id))
        return {entry.name: _version(entry.status) for entry in entries if not entry.is_folder}

    def version(self, campaign_id: str, name: str) -> FileVersion | None:
        """Look at one file. This is all that a cached read costs."""
        if not is_plain(campaign_id):
            return None
        path = f"{self._folder}/{campaign_id}/{name}"
        try:
            return _version(os.stat(path, follow_symlinks=False))  # noqa: PTH116  # Path costs twice the time.
        except OSError as error:
            if is_missing(error):
                return None
            raise

    def last_change_ns(self) -> int:
        """Return another time after each commit, and after a campaign has come or gone."""
        return max(_modified_ns(self._locks), _modified_ns(self._folder))

    def read(self, campaign_id: str, name: str, version: FileVersion) -> bytes:
        """Return the bytes of this very version. Raise FileNotFoundError if it has gone."""
        with self._files.open((*_parts(campaign_id), name)) as file:
            if _version(os.fstat(file.fileno())) != version:
                raise FileNotFoundError(ENOENT, os.strerror(ENOENT))
            return file.read()

    def has_journal(self, campaign_id: str) -> bool:
        path = f"{self._folder}/{campaign_id}/{JOURNAL}"
        # Unlike lexists it raises nothing inside for what is hardly ever there.
        return os.access(path, os.F_OK, follow_symlinks=False)

    def settle(self, campaign_id: str) -> None:
        """Wait for a commit under way, or carry out what a process that died has left."""
        if is_plain(campaign_id) and self.has_journal(campaign_id):
            with self.locked(campaign_id):
                pass

    @contextmanager
    def locked(self, campaign_id: str) -> Iterator[None]:
        """Keep every other writer out of a settled folder."""
        from shared.adapters.local.records import journal

        parts = _parts(campaign_id)
        with self._files.lock(campaign_id):
            journal.settle(self._files, parts)
            yield

    def commit(self, campaign_id: str, changes: FileChanges) -> None:
        """Make the changes, all or nothing, and durably. The caller holds the lock."""
        from shared.adapters.local.records import journal

        journal.commit(self._files, _parts(campaign_id), changes)

    def remove(self, campaign_id: str) -> None:
        """Remove all files of a campaign, its own record last. The caller holds the lock."""
        parts = _parts(campaign_id)
        for name in self.listing(campaign_id).keys() - {CAMPAIGN_FILE}:
            self._files.unlink((*parts, name))
        self._files.sync(parts)
        self._files.remove((*parts, CAMPAIGN_FILE))

    def replace(self, campaign_id: str, name: str, content: bytes) -> None:
        """Replace one file. A loss of power may bring the former back; nothing less whole."""
        with self._files.written_aside(BytesIO(content)) as aside:
            self._files.replace(aside, (*_parts(campaign_id), name))


def spellings(video_hash: str) -> tuple[str, str]:
    """Return the names that a video's file may have; where both are there, the first is meant."""
    return metadata_file(video_hash, current=True), metadata_file(video_hash, current=False)


def _parts(*names: str) -> Parts:
    return parts_of("/".join((CACHE, *names)))


def _modified_ns(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116  # As above.
    except OSError as error:
        if is_missing(error):
            return 0
        raise


def _version(status: os.stat_result) -> FileVersion:
    return FileVersion(status.st_ino, status.st_mtime_ns, status.st_size)
