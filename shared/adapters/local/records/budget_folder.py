"""The files of the days' budgets, which change together with those of a campaign.

A commit that changes both promises the shares before it is one, under the budget's lock: the
promise names its campaign and its journal. Who meets a promise under that lock knows that its
writer has died. Once the campaign is settled, the promise has been kept or never will be.

Locks are taken in one order, the campaign's before the budget's, and never two campaigns' at once.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from typing import NamedTuple

from shared.adapters.local.files.data_folder import Aside, DataFolder
from shared.adapters.local.files.folders import parts_of
from shared.domain.errors import StorageError
from shared.domain.storage_layout import BUDGET

_FOLDER = parts_of(BUDGET)
_PROMISE = (*_FOLDER, ".promise")
# No campaign can be named like this.
_LOCK = "videos.budget"


class Promise(NamedTuple):
    campaign_id: str
    journal_digest: str

    @classmethod
    def of(cls, campaign_id: str, journal: bytes) -> "Promise":
        return cls(campaign_id, sha256(journal).hexdigest())


class BudgetFolder:
    """All but `locked` is for who holds the lock."""

    def __init__(self, files: DataFolder) -> None:
        self._files = files

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other reader and writer out."""
        with self._files.lock(_LOCK):
            yield

    def promise(self) -> Promise | None:
        """Raise StorageError if it is damaged."""
        try:
            with self._files.open(_PROMISE) as file:
                return Promise(*file.read().decode().split("/"))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise StorageError(f"{'/'.join(_PROMISE)} is damaged: remove it.") from error

    def give(self, campaign_id: str, journal: bytes) -> None:
        """Promise the shares of a journal, durably, in place of a promise that was not kept."""
        promise = Promise.of(campaign_id, journal)
        with self._files.written_aside(BytesIO("/".join(promise).encode())) as aside:
            self._files.replace(aside, _PROMISE)
        self._files.sync(_FOLDER)

    def keep(self, campaign_id: str, journal: bytes, shares: Mapping[str, Aside]) -> None:
        """Place the shares. If the promise is gone, they were, and may have changed since."""
        if self.promise() != Promise.of(campaign_id, journal):
            return
        for name, aside in shares.items():
            self._files.replace(aside, (*_FOLDER, name))
        self._files.sync(_FOLDER)
        self._files.unlink(_PROMISE)

    def withdraw(self, promise: Promise) -> None:
        """Forget a promise whose campaign is settled, if it is still there."""
        if self.promise() == promise:
            self._files.unlink(_PROMISE)

    def read(self, name: str) -> bytes | None:
        try:
            with self._files.open((*_FOLDER, name)) as file:
                return file.read()
        except FileNotFoundError:
            return None
