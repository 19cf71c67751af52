"""Changes of several record files of one campaign that happen all or not at all.

The whole change is first written as one file, the journal, next to the records. Its appearance is
the commit: from then on whoever meets it, reader or writer, carries it out under the campaign's
lock before doing anything else. Carrying it out twice is the same as once, so a process may be
killed between any two instructions. No reader takes a record for current while there is a journal,
so nobody sees a part of a change. Shares of a day's budget, which other campaigns change too, are
promised first (see `budget_folder`), and placed only as long as the promise stands.

The new files are written aside before the commit: after it only names change, and a disk that is
full has said so before. The journal's removal needs no sync of its own. If a loss of power brings
it back, the state that it restores is the one that the lost commits began from, because each commit
syncs the same folder.
"""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from shared.adapters.local.files.data_folder import JOURNAL
from shared.adapters.local.files.folders import Parts, is_plain
from shared.domain.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shared.adapters.local.files.data_folder import Aside, DataFolder
    from shared.adapters.local.records.budget_folder import BudgetFolder


# A record that cannot be read is carried along, whatever its bytes are.
_ANY_BYTES = "surrogateescape"


@dataclass(frozen=True, kw_only=True)
class FileChanges:
    """New contents by file name, in the order in which they appear, and the names that go.

    `shares` are those in the folder of the days' budgets.
    """

    written: Mapping[str, bytes]
    removed: tuple[str, ...] = ()
    shares: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not all(is_plain(name) for name in (*self.written, *self.removed, *self.shares)):
            raise ValueError("A change stays in its folder.")

    @property
    def need_journal(self) -> bool:
        return len(self.written) + len(self.removed) > 1 or bool(self.shares)


def commit(files: DataFolder, folder: Parts, changes: FileChanges) -> None:
    """Make the changes, durably. The caller holds the lock and has settled the folder.

    With shares, he holds the budget's lock too.
    """
    content = _encode(changes) if changes.need_journal else b""
    with _aside(files, changes.written) as asides, _aside(files, changes.shares) as shares:
        if content:
            with files.written_aside(BytesIO(content)) as journal:
                if shares:
                    _budget(files).give(folder[-1], content)
                files.replace(journal, (*folder, JOURNAL))
            files.sync(folder)
        _carry_out(files, folder, asides, changes.removed)
        if shares:
            _budget(files).keep(folder[-1], content, shares)
        files.unlink((*folder, JOURNAL))


def settle(files: DataFolder, folder: Parts) -> None:
    """Carry out what a process that died has left. The caller holds the campaign's lock alone."""
    try:
        with files.open((*folder, JOURNAL)) as journal:
            content = journal.read()
            changes = _decode(content)
    except FileNotFoundError:
        return
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        path = "/".join((*folder, JOURNAL))
        raise StorageError(f"{path} is damaged: restore it, or remove it.") from error
    with _aside(files, changes.written) as asides:
        _carry_out(files, folder, asides, changes.removed)
    if changes.shares:
        budget = _budget(files)
        with budget.locked(), _aside(files, changes.shares) as shares:
            budget.keep(folder[-1], content, shares)
    files.unlink((*folder, JOURNAL))


def _carry_out(
    files: DataFolder, folder: Parts, asides: Mapping[str, Aside], removed: tuple[str, ...]
) -> None:
    for name, aside in asides.items():
        files.replace(aside, (*folder, name))
    for name in removed:
        files.unlink((*folder, name))
    files.sync(folder)


def _budget(files: DataFolder) -> BudgetFolder:
    # Nobody needs it where a day has no budget.
    from shared.adapters.local.records.budget_folder import BudgetFolder

    return BudgetFolder(files)


@contextmanager
def _aside(files: DataFolder, contents: Mapping[str, bytes]) -> Iterator[dict[str, Aside]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(files.written_aside(BytesIO(content)))
            for name, content in contents.items()
        }


def _encode(changes: FileChanges) -> bytes:
    texts = {"written": _texts(changes.written), "removed": changes.removed}
    if changes.shares:
        texts["shares"] = _texts(changes.shares)
    return json.dumps(texts).encode()


def _decode(content: bytes) -> FileChanges:
    journal = json.loads(content)
    return FileChanges(
        written=_contents(journal["written"]),
        removed=tuple(journal["removed"]),
        shares=_contents(journal.get("shares", {})),
    )


def _texts(contents: Mapping[str, bytes]) -> dict[str, str]:
    return {name: content.decode(errors=_ANY_BYTES) for name, content in contents.items()}


def _contents(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode(errors=_ANY_BYTES) for name, text in texts.items()}
