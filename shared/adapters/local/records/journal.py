"""Changes of several record files of one campaign that happen all or not at all.

The whole change is first written as one file, the journal, next to the records. Its appearance is
the commit: from then on whoever meets it, reader or writer, carries it out under the campaign's
lock before doing anything else. Carrying it out twice is the same as once, so a process may be
killed between any two instructions. No reader takes a record for current while there is a journal,
so nobody sees a part of a change.

The new files are written aside before the commit: after it only names change, and a disk that is
full has said so before. The journal's removal needs no sync of its own. If a loss of power brings
it back, the state that it restores is the one that the lost commits began from, because each commit
syncs the same folder.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO

from shared.adapters.local.files.data_folder import Aside, DataFolder
from shared.adapters.local.files.folders import Parts, is_plain
from shared.domain.errors import StorageError

NAME = ".journal"


@dataclass(frozen=True, kw_only=True)
class FileChanges:
    """New contents by file name, in the order in which they appear, and the names that go."""

    written: Mapping[str, bytes]
    removed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(is_plain(name) for name in (*self.written, *self.removed)):
            raise ValueError("A change stays in its folder.")


def commit(files: DataFolder, folder: Parts, changes: FileChanges) -> None:
    """Make the changes, durably. The caller holds the lock and has settled the folder."""
    with _aside(files, changes) as asides:
        if len(asides) + len(changes.removed) > 1:
            with files.written_aside(BytesIO(_encode(changes))) as journal:
                files.replace(journal, (*folder, NAME))
            files.sync(folder)
        _carry_out(files, folder, asides, changes.removed)


def settle(files: DataFolder, folder: Parts) -> None:
    """Carry out what a process that died has left. The caller holds the lock."""
    try:
        with files.open((*folder, NAME)) as journal:
            changes = _decode(journal.read())
    except FileNotFoundError:
        return
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        path = "/".join((*folder, NAME))
        raise StorageError(f"{path} is damaged: restore it, or remove it.") from error
    with _aside(files, changes) as asides:
        _carry_out(files, folder, asides, changes.removed)


def _carry_out(
    files: DataFolder, folder: Parts, asides: Mapping[str, Aside], removed: tuple[str, ...]
) -> None:
    for name, aside in asides.items():
        files.replace(aside, (*folder, name))
    for name in removed:
        files.unlink((*folder, name))
    files.sync(folder)
    files.unlink((*folder, NAME))


@contextmanager
def _aside(files: DataFolder, changes: FileChanges) -> Iterator[dict[str, Aside]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(files.written_aside(BytesIO(content)))
            for name, content in changes.written.items()
        }


def _encode(changes: FileChanges) -> bytes:
    written = {name: content.decode() for name, content in changes.written.items()}
    return json.dumps({"written": written, "removed": changes.removed}).encode()


def _decode(content: bytes) -> FileChanges:
    journal = json.loads(content)
    written = {name: text.encode() for name, text in journal["written"].items()}
    return FileChanges(written=written, removed=tuple(journal["removed"]))
