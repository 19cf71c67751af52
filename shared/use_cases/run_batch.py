"""Carry out a batch: a chunk of lines in one commit, and each chunk once, despite crashes.

One commit reserves the videos of a chunk and moves the batch's `next_line`: so no line is carried
out twice, and none after a cancellation. The results of the chunk are part of the record until they
are stored as an object, which is before the next chunk.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from typing import TypeVar

from shared.domain.batch import (
    Batch,
    LineResult,
    LineVideo,
    batch_ends_of,
    encode_results,
    ended,
    is_over,
    with_results,
)
from shared.domain.campaign import Change
from shared.domain.errors import (
    BatchNotFoundError,
    ConflictError,
    InvalidRequestError,
    ObjectExistsError,
    ObjectNotFoundError,
    RejectedError,
    RetryLaterError,
    ShowreelError,
    StorageError,
    UnavailableError,
    UnreadableRecordError,
    WrongStateError,
)
from shared.domain.schedule import BATCH_RECHECK, BATCH_RETRY, BATCH_TURN, BROKEN_RETRY, FAULT_RETRY
from shared.domain.storage_layout import batch_request_path, batch_results_path
from shared.domain.values import replace
from shared.domain.video import Failure
from shared.ports import Ports
from shared.use_cases.announcing import announce_events
from shared.use_cases.batch_lines import Line, LinePlanner, Lines, claimed_lines
from shared.use_cases.budgeting import budget_of_today
from shared.use_cases.cancel_batch import cancellations
from shared.use_cases.committing import until_committed
from shared.use_cases.publishing import ask_to_continue
from shared.use_cases.reserving import CreatedVideo, Plan, begin_all, count_savings, require_room

T = TypeVar("T")

ReadLines = Callable[[Batch, bytes], Lines]

# The prompts of a chunk of lines, and the videos that are cancelled together.
_AT_ONCE = 100
_CANCELLED = Failure(code="cancelled", message="The batch was cancelled before this line.")

logger = logging.getLogger(__name__)


def run_batch(ports: Ports, batch_id: str, read: ReadLines) -> None:
    """Work for BATCH_TURN at most, and publish the message that continues.

    `read` returns the lines of the batch's file. Deliveries may come twice, late and together: the
    one that loses a race leaves the batch to the other. Raise RetryLaterError, and no other, if the
    message must be delivered again.
    """
    about = {"batch_id": batch_id}
    try:
        _Run(ports, batch_id, read).take_turn()
    except BatchNotFoundError:
        logger.warning("batch.missing", extra=about)
    except (ConflictError, WrongStateError):
        # Another run carries it on; if that dies, the tick finds the batch when it is due.
        logger.info("batch.overtaken", extra=about)
    except UnavailableError as error:
        logger.warning("batch.postponed", extra=about, exc_info=True)
        raise RetryLaterError(error.message, retry_after=FAULT_RETRY) from error
    except StorageError:
        logger.exception("batch.given_up", extra=about)
        _postpone(ports, batch_id)


class _Run:
    def __init__(self, ports: Ports, batch_id: str, read: ReadLines) -> None:
        self._ports = ports
        self._read = read
        self._lines: Lines | None = None
        self._batch = ports.batches.get(batch_id)

    def take_turn(self) -> None:
        end = self._ports.now() + BATCH_TURN
        if self._batch.cancelled_at is not None and not self._batch.has_ended:
            # The process that cancelled may have died before this.
            self._mirror()
        # An earlier run may have died before this.
        self._store_results()
        while not self._batch.has_ended:
            if not self._take_step():
                return
            if self._ports.now() >= end:
                ask_to_continue(self._ports, self._batch.batch_id)
                return

    def _take_step(self) -> bool:
        """Do the next part of the work. Return False if there is nothing to do now."""
        if self._batch.cancelled_at is not None and self._in_parts(self._cancel):
            return True
        if not self._batch.is_read:
            self._in_parts(self._carry_out)
            self._store_results()
            return True
        self._end_if_over()
        return False

    def _store_results(self) -> None:
        """Store the results of the last chunk, unless an earlier run has."""
        results = self._batch.latest
        if not results:
            return
        content = BytesIO(encode_results(results))
        path = batch_results_path(self._batch.batch_id, self._batch.next_line - len(results))
        with suppress(ObjectExistsError):
            self._ports.objects.put(path, content, content_type="application/x-ndjson")

    def _in_parts(self, work: Callable[[int], T]) -> T:
        """Commit a part of the work: a smaller one after each conflict with another request."""
        size = [_AT_ONCE]

        def attempt() -> T:
            try:
                return work(size[0])
            except ConflictError:
                size[0] = max(size[0] // 2, 1)
                self._read_again()
                raise

        return until_committed(attempt)

    def _carry_out(self, prompts: int) -> None:
        """Commit a chunk of lines with up to so many prompts."""
        chunk, now = self._chunk(prompts), self._ports.now()
        if self._batch.cancelled_at is not None:
            results = [_result(line, now=now, error=_CANCELLED) for line in chunk]
            self._commit(with_results(self._batch, results))
            return
        claimed = claimed_lines(self._ports, self._batch, chunk)
        planner = LinePlanner(self._ports, claimed, budget_of_today(self._ports))
        answers: list[CreatedVideo] = []
        results = [_planned(planner, line, answers, now=now) for line in claimed]
        require_room(self._ports, answers)
        self._commit(with_results(self._batch, results), planner.changes())
        planner.warn()
        begin_all(self._ports, tuple(answers))
        count_savings(self._ports, answers)

    def _commit(self, batch: Batch, changes: Sequence[Change] = ()) -> None:
        due_at = self._ports.now() + BATCH_RETRY
        self._batch = self._ports.batches.commit(replace(batch, due_at=due_at), changes)
        announce_events(self._ports, (event for change in changes for event in change.events))

    def _chunk(self, prompts: int) -> tuple[Line, ...]:
        """Return the next lines, with up to so many prompts together, and one line at least."""
        if self._lines is None:
            self._lines = self._read(self._batch, self._content())
        lines = self._lines.read(self._batch.next_line, prompts)
        taken, count = 0, 0
        for line in lines:
            count += len(line.request.drafts) if line.request else 0
            if taken and count > prompts:
                break
            taken += 1
        return tuple(lines[:taken])

    def _content(self) -> bytes:
        path = batch_request_path(self._batch.batch_id, self._batch.format)
        try:
            with self._ports.objects.open(path) as stream:
                return stream.read()
        except ObjectNotFoundError as error:
            raise StorageError(f"The file of the batch is missing: {path}.") from error

    def _cancel(self, limit: int) -> bool:
        """Cancel up to so many of the videos that wait. Return whether there were any."""
        changes = cancellations(self._ports, self._batch.batch_id, limit=limit)
        if not changes:
            return False
        self._commit(self._batch, changes)
        return True

    def _end_if_over(self) -> None:
        """End the batch with its last video; until then, look again later."""
        totals = self._ports.batches.totals(self._batch.batch_id)
        now = self._ports.now()
        if not is_over(self._batch, totals):
            later = replace(self._batch, due_at=now + BATCH_RECHECK)
            self._batch = self._ports.batches.commit(later)
            return
        over = replace(ended(self._batch, totals, now=now), latest=())
        events = batch_ends_of(over)
        self._batch = self._ports.batches.commit(over, events=events)
        self._mirror()
        announce_events(self._ports, events)

    def _mirror(self) -> None:
        with suppress(UnavailableError):
            self._ports.mirror.write_batch(self._batch)

    def _read_again(self) -> None:
        """Take over a cancellation. Raise WrongStateError if another run has continued it."""
        before, self._batch = self._batch, self._ports.batches.get(self._batch.batch_id)
        if self._batch.next_line != before.next_line or self._batch.has_ended:
            raise WrongStateError("Another run has continued the batch.")


def _planned(
    planner: LinePlanner, line: Line, answers: list[CreatedVideo], *, now: datetime
) -> LineResult:
    """Return the result of a line, and add its videos to `answers`."""
    try:
        plan = planner.plan(line)
    except (InvalidRequestError, RejectedError, UnreadableRecordError) as error:
        return _result(line, now=now, error=Failure(code=error.code, message=error.message))
    answers += plan.answers
    return _result(line, now=now, plan=plan)


def _result(
    line: Line, *, now: datetime, plan: Plan | None = None, error: Failure | None = None
) -> LineResult:
    answers = plan.answers if plan else ()
    return LineResult(
        line=line.number,
        campaign_id=line.campaign_id,
        done_at=now,
        videos=tuple(LineVideo(video_id=each.video.id, outcome=each.outcome) for each in answers),
        error=error,
    )


def _postpone(ports: Ports, batch_id: str) -> None:
    """Let the tick retry later what an operator has to fix."""
    with suppress(ShowreelError):
        batch = ports.batches.get(batch_id)
        ports.batches.commit(replace(batch, due_at=ports.now() + BROKEN_RETRY))
