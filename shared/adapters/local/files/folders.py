"""Folders below a root, reached without following a symbolic link.

Each folder is opened from its parent, so no link inside the root leads out of it, even one that is
placed during the walk. The root itself may be a link.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL, ENOSYS, ENOTSUP
from pathlib import Path

Parts = tuple[str, ...]
"""The names on the way from the root to a file or folder."""

# Surrogates have a set of their own: in one with the others they take a millisecond to compile.
_NAME = r"(?s)(?!.*[\ud800-\udfff])[^./\\\0][^/\\\0]*"
_ROOT = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FOLDER = _ROOT | os.O_NOFOLLOW
_NOT_FOR_FOLDERS = frozenset({EINVAL, ENOSYS, ENOTSUP})


def parts_of(path: str) -> Parts:
    """Split a path that may come from anywhere.

    Raise OSError (EINVAL) for one that is absolute, climbs, cannot be a file's name, or is hidden:
    names that begin with a dot are this package's own.
    """
    parts = tuple(path.split("/"))
    if not all(is_plain(part) for part in parts):
        raise OSError(EINVAL, os.strerror(EINVAL))
    return parts


def is_plain(name: str) -> bool:
    return re.fullmatch(_NAME, name) is not None


@contextmanager
def opened(root: Path, parts: Parts) -> Iterator[int]:
    """Yield the descriptor of a folder."""
    folder = _open(root, parts)
    try:
        yield folder
    finally:
        os.close(folder)


@contextmanager
def made(root: Path, parts: Parts) -> Iterator[int]:
    """Yield the descriptor of a folder, which is created durably if it is missing."""
    try:
        folder = _open(root, parts)
    except FileNotFoundError:
        _make(root, parts)
        folder = _open(root, parts)
    try:
        yield folder
    finally:
        os.close(folder)


def remove_if_empty(root: Path, parts: Parts) -> None:
    """Remove an empty folder, and its parents that become empty."""
    for depth in range(len(parts), 0, -1):
        # A folder that is not empty is kept, with its parents.
        with suppress(OSError), opened(root, parts[: depth - 1]) as above:
            os.rmdir(parts[depth - 1], dir_fd=above)


def sync_folder(folder: int) -> None:
    """Make the names in an open folder survive a loss of power.

    A file system that cannot do this for a folder, such as that of some network shares, keeps
    names safe by itself or not at all; SQLite and Git ignore the error as well.
    """
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise


def _open(root: Path, parts: Parts) -> int:
    _require_names(parts)
    folder = os.open(root, _ROOT)
    for part in parts:
        above = folder
        try:
            folder = os.open(part, _FOLDER, dir_fd=above)
        finally:
            os.close(above)
    return folder


def _make(root: Path, parts: Parts) -> None:
    _require_names(parts)
    root.mkdir(parents=True, exist_ok=True)
    for depth, part in enumerate(parts):
        with opened(root, parts[:depth]) as above, suppress(FileExistsError):
            os.mkdir(part, dir_fd=above)
            sync_folder(above)


def _require_names(parts: Parts) -> None:
    """Raise OSError (EINVAL) for a part that is a path of its own, which might lead out."""
    if any("/" in part or part in (".", "..") for part in parts):
        raise OSError(EINVAL, os.strerror(EINVAL))
