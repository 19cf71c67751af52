"""Where a service keeps its things: in a data folder here, in a cloud in `cloud_place`."""

import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from flask import Flask

from shared.domain.storage_layout import CURSOR, MIRROR_CURSOR
from tests.eventually import eventually

ONLY_LOCAL = pytest.mark.parametrize("family", ["local"], indirect=True)
"""For tests of what only a folder does, such as serving bytes, or of what no store decides."""

# Longer than a commit and the JSON that follows it are apart.
_SETTLED_SECONDS = 0.1

NewApp = Callable[[str], Flask]
"""Returns a function as its framework serves it, by its name."""


class Place(Protocol):
    """`environment` leads a service there."""

    @property
    def environment(self) -> Mapping[str, str]: ...

    def files(self) -> set[str]:
        """Return the path of everything that is stored and not hidden."""

    def read(self, path: str) -> bytes: ...

    def snapshot(self) -> Mapping[str, object]:
        """Return all that is stored, such that every change of it shows.

        What a tick may leave at any time is left out: its locks, files that are being written, and
        how far it has come.
        """

    def answers_at(self, url: str) -> bool:
        """Whether it is the place that answers there, and not the service."""

    def delivering(self, new_app: NewApp) -> AbstractContextManager[None]:
        """Deliver messages to the functions, and ticks, until the end of the block."""


@dataclass(frozen=True)
class FolderPlace:
    """The service delivers its messages itself."""

    folder: Path

    @property
    def environment(self) -> Mapping[str, str]:
        return {"STORAGE_URL": f"file://{self.folder}"}

    def files(self) -> set[str]:
        # Unlike Path.rglob, os.walk passes over folders that go while it is on its way.
        paths = {
            str(Path(folder, name).relative_to(self.folder))
            for folder, _, names in os.walk(self.folder)
            for name in names
        }
        return {path for path in paths if not path.startswith(".")}

    def read(self, path: str) -> bytes:
        return Path(self.folder, path).read_bytes()

    def snapshot(self) -> Mapping[str, object]:
        """Return it once it stays the same: the JSON of a commit is written after the commit."""
        seen = [self._all()]

        def is_settled() -> bool:
            time.sleep(_SETTLED_SECONDS)
            seen.append(self._all())
            return seen[-1] == seen[-2]

        eventually(is_settled)
        return seen[-1]

    def _all(self) -> Mapping[str, object]:
        names = (".locks", ".tmp", CURSOR, MIRROR_CURSOR, str(Path(MIRROR_CURSOR).parent))
        passing = {self.folder / name for name in names}
        statuses = {
            str(path): path.lstat()
            for path in self.folder.rglob("*")
            if passing.isdisjoint({path, path.parent}) and not path.name.startswith(".records.db")
        }
        files = {path: (each.st_size, each.st_mtime_ns) for path, each in statuses.items()}
        return {**files, "records": dumped(self.folder)}

    def answers_at(self, url: str) -> bool:
        return False

    def delivering(self, new_app: NewApp) -> AbstractContextManager[None]:
        return nullcontext()


def dumped(folder: Path) -> str:
    """Return the whole content of a folder's database: its files change by being read."""
    file = folder / ".records.db"
    if not file.exists():
        return ""
    with closing(sqlite3.connect(file)) as connection:
        return "\n".join(connection.iterdump())
