"""The secret of a data folder, from which its signatures are made."""

import os
from contextlib import suppress
from io import BytesIO

from shared.adapters.local.files.data_folder import DataFolder
from shared.adapters.local.files.storage_errors import storage_errors
from shared.domain.errors import StorageError

_KEY_FILE = (".signing-key",)
_KEY_BYTES = 32


def kept_key(files: DataFolder) -> str:
    """Return the key in the data folder, which is created if it is missing.

    If several processes create one, the first wins, and all use its key.
    """
    with storage_errors():
        try:
            return _read_key(files)
        except FileNotFoundError:
            _make_key(files)
        return _read_key(files)


def _make_key(files: DataFolder) -> None:
    content = BytesIO(os.urandom(_KEY_BYTES).hex().encode())
    with files.written_aside(content, mode=0o600) as aside, suppress(FileExistsError):
        files.create(aside, _KEY_FILE)
    files.sync(())


def _read_key(files: DataFolder) -> str:
    with files.open(_KEY_FILE) as file:
        key = file.read().decode(errors="replace").strip()
    if len(key) < _KEY_BYTES:
        raise StorageError("The data folder's .signing-key is damaged. Remove it to get a new one.")
    return key
