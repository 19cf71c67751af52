"""Shares of the days' budgets, read and changed by any number of processes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from shared.adapters.local.records.record_cache import revision_of
from shared.domain.daily_budget import DayShare
from shared.domain.errors import ConflictError, UnreadableRecordError
from shared.domain.storage_layout import BUDGET, share_file
from shared.records.day_shares import decode_day_share, encode_day_share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from shared.adapters.local.records.budget_folder import Promise
    from shared.adapters.local.records.record_files import RecordFiles


class DayShares:
    """Raises OSError, as the files do, and UnreadableRecordError."""

    def __init__(self, files: RecordFiles) -> None:
        self._files = files
        self._budget = files.budget

    def get(self, day: date, numbers: Sequence[int]) -> tuple[DayShare, ...]:
        while True:
            with self._budget.locked():
                promise = self._budget.promise()
                if promise is None:
                    return tuple(self._read(day, number) for number in numbers)
            self._settle(promise)

    def contents(self, shares: Sequence[DayShare]) -> dict[str, bytes]:
        """Return what the file of each share is to hold, by its name."""
        return {share_file(each.day, each.number): encode_day_share(each) for each in shares}

    def as_stored(self, share: DayShare) -> DayShare:
        return replace(share, revision=revision_of(encode_day_share(share)))

    @contextmanager
    def locked_with(self, campaign_id: str, shares: Sequence[DayShare]) -> Iterator[None]:
        """Keep every other writer out of a settled campaign, and of these shares.

        Raise ConflictError unless they are as they were read.
        """
        while True:
            with self._files.locked(campaign_id), self._budget.locked():
                promise = self._budget.promise()
                # The campaign is settled: a promise of its own never became a commit.
                if promise is None or promise.campaign_id == campaign_id:
                    self._require_unchanged(shares)
                    yield
                    return
            self._settle(promise)

    def _settle(self, promise: Promise) -> None:
        """Finish what the promise's writer, who died, has begun. No lock is held."""
        with self._files.locked(promise.campaign_id), self._budget.locked():
            self._budget.withdraw(promise)

    def _require_unchanged(self, shares: Sequence[DayShare]) -> None:
        for share in shares:
            if share.revision != self._read(share.day, share.number).revision:
                raise ConflictError("The day's budget has changed. Read it again.")

    def _read(self, day: date, number: int) -> DayShare:
        name = share_file(day, number)
        content = self._budget.read(name)
        if content is None:
            return DayShare(day=day, number=number)
        try:
            share = decode_day_share(content, revision=revision_of(content))
        except UnreadableRecordError as error:
            raise UnreadableRecordError(
                f"{BUDGET}/{name}: {error}", is_newer=error.is_newer
            ) from error
        if (share.day, share.number) != (day, number):
            raise UnreadableRecordError(f"{BUDGET}/{name} is the record of something else.")
        return share
