"""Files below one folder that appear whole or not at all.

Methods take a path as its parts and raise OSError as the operating system does; `storage_errors`
translates. Anything but a regular file, such as a folder or a symbolic link, counts as missing.
"""

import fcntl
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import EEXIST, ENOENT
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from shared.adapters.local.files.folders import (
    Parts,
    is_plain,
    made,
    opened,
    remove_if_empty,
    sync_folder,
)
from shared.adapters.local.files.storage_errors import is_missing

_ASIDE = (".tmp",)
LOCKS = ".locks"
_NAMES_LOCK = "_names"
_ABANDONED_AFTER_SECONDS = 3600
_BLOCK = 256 * 1024
_ATTEMPTS = 10

# O_NONBLOCK keeps a pipe from blocking; it means nothing to a regular file.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_LOCK = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class Aside(Struct, frozen=True):
    """A file that is written and synced, but not yet under its final name."""

    folder: int
    name: str


class Entry(Struct, frozen=True):
    """A file or a folder within a folder."""

    name: str
    status: os.stat_result

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.status.st_mode)


class DataFolder:
    """The root is created by the first write."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self, parts: Parts) -> FileIO:
        """Open a file for reading, unbuffered."""
        with opened(self.root, parts[:-1]) as folder:
            file = os.fdopen(os.open(parts[-1], _READ, dir_fd=folder), "rb", buffering=0)
        try:
            _require_regular(os.fstat(file.fileno()))
        except OSError:
            file.close()
            raise
        return file

    def status(self, parts: Parts) -> os.stat_result:
        with opened(self.root, parts[:-1]) as folder:
            status = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
        _require_regular(status)
        return status

    def entries(self, parts: Parts) -> list[Entry]:
        """Return the files and folders in a folder, ordered by path, without hidden ones."""
        with opened(self.root, parts) as folder, os.scandir(folder) as found:
            entries = [entry for each in found if (entry := _entry(each))]
        return sorted(entries, key=lambda entry: entry.name + "/" * entry.is_folder)

    def names(self, parts: Parts, *, are_folders: bool = False) -> list[str]:
        """Return the names of the files in a folder, or of its folders; none if it is missing."""
        try:
            entries = self.entries(parts)
        except OSError as error:
            if is_missing(error):
                return []
            raise
        return [entry.name for entry in entries if entry.is_folder is are_folders]

    @contextmanager
    def written_aside(self, content: BinaryIO, *, mode: int = 0o666) -> Iterator[Aside]:
        """Write the content to a hidden file. Remove that file at the end unless it was placed."""
        with made(self.root, _ASIDE) as folder:
            _remove_abandoned(folder)
            aside = Aside(folder=folder, name=os.urandom(8).hex())
            try:
                _write(aside, content, mode)
                yield aside
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(aside.name, dir_fd=folder)

    def replace(self, aside: Aside, parts: Parts) -> None:
        """Rename the file to its name, and replace a file of that name. Durable after `sync`."""
        source, name = aside.name, parts[-1]

        def place(folder: int) -> None:
            os.replace(source, name, src_dir_fd=aside.folder, dst_dir_fd=folder)

        self._place(parts, place)

    def create(self, aside: Aside, parts: Parts) -> None:
        """Rename the file to its name. Raise FileExistsError if the name is taken.

        Hard links would do without the lock, but exFAT, SMB and some mounted volumes have none.
        """
        with self.names_locked():
            self._require_free(parts)
            self.replace(aside, parts)

    def move(self, source: Parts, target: Parts) -> None:
        """Rename a file. Raise FileExistsError if the new name is taken.

        The caller holds `names_locked`.
        """
        self.status(source)
        self._require_free(target)
        with opened(self.root, source[:-1]) as above:

            def place(folder: int) -> None:
                os.replace(source[-1], target[-1], src_dir_fd=above, dst_dir_fd=folder)

            self._place(target, place)

    @contextmanager
    def names_locked(self) -> Iterator[None]:
        """Exclude other threads and processes that create or rename files."""
        with self.lock(_NAMES_LOCK):
            yield

    def free_bytes(self) -> int | None:
        """Return the free space for this user, or None if it is not known."""
        # Before the first write there is no root: its disk is that of the folder above it.
        above = next(each for each in (self.root, *self.root.parents) if each.exists())
        disk = os.statvfs(above)
        return disk.f_bavail * disk.f_frsize if disk.f_blocks else None

    def is_case_sensitive(self) -> bool:
        """Whether the disk is case-sensitive; that of a Mac usually is not."""
        try:
            with made(self.root, (LOCKS,)):
                return not (self.root / LOCKS.upper()).exists()
        except PermissionError:
            return True

    def unlink(self, parts: Parts) -> None:
        """Remove a name, if it exists. Durable after `sync`."""
        with suppress(FileNotFoundError), opened(self.root, parts[:-1]) as folder:
            os.unlink(parts[-1], dir_fd=folder)

    def remove(self, parts: Parts) -> None:
        """Remove a file durably, and then each folder above it that is empty."""
        self.status(parts)
        self.unlink(parts)
        self.tidy(parts[:-1])

    def tidy(self, parts: Parts) -> None:
        """Sync a folder from which a file was removed, and remove the folder if it is empty."""
        self.sync(parts)
        remove_if_empty(self.root, parts)

    def sync(self, parts: Parts) -> None:
        """Make the names in a folder, if it exists, survive a loss of power."""
        with suppress(FileNotFoundError), opened(self.root, parts) as folder:
            sync_folder(folder)

    @contextmanager
    def lock(self, name: str, *, shared: bool = False) -> Iterator[None]:
        """Exclude other threads and processes; if shared, only exclusive holders.

        The kernel releases the lock of a process that ends.
        """
        with made(self.root, (LOCKS,)) as folder:
            lock = os.open(f"{name}.lock", _LOCK, 0o666, dir_fd=folder)
            try:
                fcntl.flock(lock, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
                yield
            finally:
                os.close(lock)

    def _require_free(self, parts: Parts) -> None:
        """Raise FileExistsError if a file, folder or link has this name."""
        with suppress(FileNotFoundError), opened(self.root, parts[:-1]) as folder:
            os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
            raise FileExistsError(EEXIST, os.strerror(EEXIST))

    def _place(self, parts: Parts, place: Callable[[int], None]) -> None:
        """Place a file in a folder that another process may be removing because it is empty."""
        for _ in range(_ATTEMPTS):
            with suppress(FileNotFoundError), made(self.root, parts[:-1]) as folder:
                place(folder)
                return
        raise FileNotFoundError(ENOENT, os.strerror(ENOENT))


def _write(aside: Aside, content: BinaryIO, mode: int) -> None:
    with os.fdopen(os.open(aside.name, _NEW, mode, dir_fd=aside.folder), "wb") as file:
        shutil.copyfileobj(content, file, _BLOCK)
        file.flush()
        # The kernel updates times once per tick; two contents of one name must not share a time.
        now = time.time_ns()
        os.utime(file.fileno(), ns=(now, now))
        os.fsync(file.fileno())


def _remove_abandoned(folder: int) -> None:
    """Remove files of killed processes: each write renews the time of a file that is in use."""
    oldest = time.time() - _ABANDONED_AFTER_SECONDS
    with os.scandir(folder) as found:
        for entry in found:
            with suppress(FileNotFoundError):
                if entry.stat(follow_symlinks=False).st_mtime < oldest:
                    os.unlink(entry.name, dir_fd=folder)


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise FileNotFoundError(ENOENT, os.strerror(ENOENT))


def _entry(found: os.DirEntry[str]) -> Entry | None:
    if not is_plain(found.name):
        return None
    try:
        status = found.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    kind = stat.S_IFMT(status.st_mode)
    return Entry(name=found.name, status=status) if kind in (stat.S_IFREG, stat.S_IFDIR) else None
