"""The days' budgets, read and changed by any number of processes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from shared.adapters.local.records.record_cache import revision_of
from shared.domain.campaign import ZERO
from shared.domain.daily_budget import DayBudget
from shared.domain.errors import ConflictError, UnreadableRecordError
from shared.domain.storage_layout import BUDGET, day_file
from shared.records.days import decode_day, encode_day
from shared.records.form import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from shared.adapters.local.records.budget_folder import Promise
    from shared.adapters.local.records.record_files import RecordFiles


class DayBudgets:
    """Raises OSError, as the files do, and UnreadableRecordError."""

    def __init__(self, files: RecordFiles) -> None:
        self._files = files
        self._budget = files.budget

    def get(self, day: date) -> DayBudget:
        while True:
            with self._budget.locked():
                promise = self._budget.promise()
                if promise is None:
                    return self._read(day)
            self._settle(promise)

    def contents(self, days: Sequence[DayBudget]) -> dict[str, bytes]:
        """Return what the file of each day is to hold, by its name."""
        return {day_file(each.day): encode_day(each) for each in days}

    def as_stored(self, day: DayBudget) -> DayBudget:
        return replace(day, revision=revision_of(encode_day(day)))

    @contextmanager
    def locked_with(self, campaign_id: str, days: Sequence[DayBudget]) -> Iterator[None]:
        """Keep every other writer out of a settled campaign, and of these days.

        Raise ConflictError unless they are as they were read.
        """
        while True:
            with self._files.locked(campaign_id), self._budget.locked():
                promise = self._budget.promise()
                # The campaign is settled: a promise of its own never became a commit.
                if promise is None or promise.campaign_id == campaign_id:
                    self._require_unchanged(days)
                    yield
                    return
            self._settle(promise)

    def _settle(self, promise: Promise) -> None:
        """Finish what the promise's writer, who died, has begun. No lock is held."""
        with self._files.locked(promise.campaign_id), self._budget.locked():
            self._budget.withdraw(promise)

    def _require_unchanged(self, days: Sequence[DayBudget]) -> None:
        for day in days:
            if day.revision != self._read(day.day).revision:
                raise ConflictError("The day's budget has changed. Read it again.")

    def _read(self, day: date) -> DayBudget:
        name = day_file(day)
        content = self._budget.read(name)
        if content is None:
            return DayBudget(day=day, committed=self._held_in_shares(day))
        try:
            stored = decode_day(content, revision=revision_of(content))
        except UnreadableRecordError as error:
            raise UnreadableRecordError(
                f"{BUDGET}/{name}: {error}", is_newer=error.is_newer
            ) from error
        if stored.day != day:
            raise UnreadableRecordError(f"{BUDGET}/{name} is the record of something else.")
        return stored

    def _held_in_shares(self, day: date) -> Decimal:
        """Return what an earlier release has stored of the day, in up to 32 files."""
        files = (self._budget.read(f"{day.isoformat()}.{number}.json") for number in range(32))
        return sum((Decimal(parse(file)["committed"]) for file in files if file), ZERO)
