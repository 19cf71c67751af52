"""Take over a data folder of a release before 0.2, in which the JSON files were the records.

Until 0.4: then this module goes, and the folder of such a release is opened by 0.3 first.

That release wrote a change of several files as one file first, `.journal` beside the records: from
its appearance on the change was committed. A day's budget was kept in up to 32 shares. A journal
that changes shares too was announced by `.promise`, with the digest of the journal: without it, the
shares have been written already, and may have changed since.
"""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

from shared.adapters.local.files.folders import Parts, is_plain
from shared.domain.errors import StorageError
from shared.domain.money import ZERO
from shared.domain.storage_layout import CACHE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.adapters.local.files.data_folder import DataFolder

_RECORDS = tuple(CACHE.split("/"))
_BUDGET = ("videos", "budget")
_PROMISE = (*_BUDGET, ".promise")
_JOURNAL = ".journal"


def finish_commits(files: DataFolder) -> None:
    """Carry out what processes that died have left committed. It may be done twice."""
    for name in files.names(_RECORDS, are_folders=True):
        _finish_commit(files, (*_RECORDS, name))


def committed_on_days(files: DataFolder) -> Mapping[date, Decimal]:
    """Return what the shares of each day hold. Raise StorageError if one cannot be read.

    They also count videos that are gone since, whose JSON no longer shows what they cost.
    """
    totals: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
    for name in files.names(_BUDGET):
        try:
            share = json.loads(_read(files, (*_BUDGET, name)) or b"")
            totals[date.fromisoformat(share["day"])] += Decimal(share["committed"])
        except (ValueError, LookupError, TypeError, ArithmeticError) as error:
            raise StorageError(f"videos/budget/{name} is damaged: remove it.") from error
    return totals


def remove_shares(files: DataFolder) -> None:
    """Remove what has been taken over, so that it is not taken over again later."""
    for name in files.names(_BUDGET):
        files.unlink((*_BUDGET, name))
    files.unlink(_PROMISE)
    files.tidy(_BUDGET)


def _finish_commit(files: DataFolder, folder: Parts) -> None:
    content = _read(files, (*folder, _JOURNAL))
    if content is None:
        return
    try:
        journal = json.loads(content)
        written, removed = _contents(journal["written"]), list(journal["removed"])
        shares = _contents(journal.get("shares", {}))
        _require_plain(*written, *removed, *shares)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        path = "/".join((*folder, _JOURNAL))
        raise StorageError(f"{path} is damaged: restore it, or remove it.") from error
    promise = f"{folder[-1]}/{sha256(content).hexdigest()}".encode()
    if _read(files, _PROMISE) == promise:
        _place(files, _BUDGET, shares)
        files.unlink(_PROMISE)
    _place(files, folder, written)
    for name in removed:
        files.unlink((*folder, name))
    files.sync(folder)
    files.unlink((*folder, _JOURNAL))


def _require_plain(*names: str) -> None:
    if not all(is_plain(name) for name in names):
        raise ValueError("A commit stays in its folder.")


def _place(files: DataFolder, folder: Parts, contents: Mapping[str, bytes]) -> None:
    for name, content in contents.items():
        with files.written_aside(BytesIO(content)) as aside:
            files.replace(aside, (*folder, name))
    files.sync(folder)


def _contents(texts: Mapping[str, str]) -> dict[str, bytes]:
    # A record that could not be read was carried along, whatever its bytes were.
    return {name: text.encode(errors="surrogateescape") for name, text in texts.items()}


def _read(files: DataFolder, parts: Parts) -> bytes | None:
    with suppress(FileNotFoundError), files.open(parts) as file:
        return file.read()
    return None
