"""Errors of the operating system about the data folder, translated into errors of Showreel."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import (
    EACCES,
    EAGAIN,
    EDQUOT,
    EEXIST,
    EINVAL,
    EIO,
    EISDIR,
    ELOOP,
    EMFILE,
    ENAMETOOLONG,
    ENFILE,
    ENOENT,
    ENOLCK,
    ENOMEM,
    ENOSPC,
    ENOSYS,
    ENOTDIR,
    ENOTSUP,
    EPERM,
    EROFS,
    EXDEV,
)

from shared.domain.errors import ShowreelError, StorageError, StorageFullError, UnavailableError

# Reads of an invalid name, or through a symbolic link, find no file.
MISSING = frozenset({ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, EINVAL})

_PASSING = frozenset({EAGAIN, EMFILE, ENFILE, ENOMEM})
_FULL = frozenset({ENOSPC, EDQUOT})

DISK_FULL = "The disk of the data folder is full. Free some space, or give it a larger disk."
DISK_FAULT = "The disk of the data folder reports a fault. Check the disk, and restore lost files."
NOT_WRITABLE = "The data folder cannot be written. Mount it writable, and make this user its owner."
_NO_SUCH_NAME = "Invalid object name."
_IN_THE_WAY = "Something in the data folder, maybe a symbolic link, blocks this path. Remove it."

_UNFIT = (
    "The file system of the data folder cannot do what storing needs: to lock, sync and rename "
    "files. Keep the data folder on another disk."
)

_SENTENCES = {
    ENOSPC: DISK_FULL,
    EDQUOT: "The disk quota for the data folder is used up. Free some space, or raise the quota.",
    EROFS: NOT_WRITABLE,
    EACCES: NOT_WRITABLE,
    EPERM: NOT_WRITABLE,
    EIO: DISK_FAULT,
    EXDEV: "The data folder spans several file systems. Keep all of it on one.",
    ENOLCK: _UNFIT,
    ENOSYS: _UNFIT,
    ENOTSUP: _UNFIT,
    EEXIST: _IN_THE_WAY,
    EISDIR: _IN_THE_WAY,
    EINVAL: _NO_SUCH_NAME,
    ENAMETOOLONG: _NO_SUCH_NAME,
    ENOTDIR: _IN_THE_WAY,
    ELOOP: _IN_THE_WAY,
}


@contextmanager
def storage_errors() -> Iterator[None]:
    """Raise StorageError or UnavailableError for any OSError. No message has a machine's path."""
    try:
        yield
    except OSError as error:
        raise storage_error(error) from error


def is_missing(error: OSError) -> bool:
    return error.errno in MISSING


def storage_error(error: OSError) -> ShowreelError:
    """Return the StorageError or UnavailableError of an OSError. It has no machine's path."""
    code = error.errno or 0
    if code in _PASSING:
        return UnavailableError(
            f"The data folder cannot be used at the moment: {os.strerror(code)}. Try again soon."
        )
    if code in _FULL:
        return StorageFullError(_SENTENCES[code])
    unknown = f"The data folder cannot be used: {os.strerror(code)}."
    return StorageError(_SENTENCES.get(code, unknown))
