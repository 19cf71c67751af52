"""A batch: one request of thousands of lines, each carried out once, in their order."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct, field, to_builtins

from shared.domain.errors import WrongStateError
from shared.domain.events import Event, EventType, event_id
from shared.domain.money import ZERO
from shared.domain.schedule import COMMIT_DELAY
from shared.domain.values import replace
from shared.domain.video import ENDED, Failure, Lane, Outcome, Phase


class BatchFormat(StrEnum):
    JSON_LINES = "jsonl"
    CSV = "csv"


class BatchStatus(StrEnum):
    """`cancelling`: its waiting videos are being cancelled, or submitted ones are in progress."""

    IN_PROGRESS = "in_progress"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class LineVideo(Struct, frozen=True, kw_only=True):
    video_id: str
    outcome: Outcome


class LineResult(Struct, frozen=True, kw_only=True):
    """`line` is the number of the line in the file, from 1. Without an error it has its videos.

    `done_at` is the time before the commit that has carried the line out.
    """

    line: int
    campaign_id: str
    done_at: datetime
    videos: tuple[LineVideo, ...] = ()
    error: Failure | None = None


class LineProblem(Struct, frozen=True, kw_only=True):
    """Why a line is refused, and with it the batch. `line` counts from 1."""

    line: int
    code: str
    message: str
    param: str | None = None


class PhaseTotals(Struct, frozen=True, kw_only=True):
    """The videos of a batch that are in one phase, and what they have cost."""

    videos: int = 0
    usd: Decimal = ZERO


Totals = Mapping[Phase, PhaseTotals]


class Batch(Struct, frozen=True, kw_only=True):
    """The record of a batch. One commit carries out a chunk of its lines and moves `next_line`.

    `lines` is how many there are, and `next_line` how many of them are done. `latest` has the
    results of the last chunk until they are stored as an object.
    `created`, `attached` and `cached` count the videos of the lines that are done, `refused` the
    lines that ended with an error. `default_model` is that of lines that name none.
    `to_create` is how many videos its lines were going to create when it was accepted.
    `ended` has the totals of its videos once all of them have ended.
    `revision` and `unread` are as in a video.
    """

    batch_id: str
    format: BatchFormat
    lines: int
    priority: Lane
    default_model: str
    estimated: Decimal
    created_at: datetime
    due_at: datetime | None
    requested_by: str | None = None
    to_create: int = 0
    next_line: int = 0
    latest: tuple[LineResult, ...] = ()
    created: int = 0
    attached: int = 0
    cached: int = 0
    refused: int = 0
    cancelled_at: datetime | None = None
    completed_at: datetime | None = None
    ended: Mapping[Phase, PhaseTotals] = field(default_factory=dict)
    revision: str = ""
    unread: Mapping[tuple[object, ...], Mapping[str, Any]] = field(default_factory=dict)

    @property
    def is_read(self) -> bool:
        """Whether every line is done."""
        return self.next_line >= self.lines

    @property
    def has_ended(self) -> bool:
        return self.completed_at is not None


def encode_results(results: Iterable[LineResult]) -> bytes:
    """Return JSON lines."""
    return "".join(
        f"{json.dumps(_as_dict(result), default=datetime.isoformat)}\n" for result in results
    ).encode()


def _as_dict(result: LineResult) -> dict[str, Any]:
    fields: dict[str, Any] = to_builtins(result, builtin_types=(datetime,))
    return fields


def decode_results(content: bytes) -> tuple[LineResult, ...]:
    """Raise ValueError for what `encode_results` did not return."""
    try:
        return tuple(_result_of(json.loads(line)) for line in content.splitlines())
    except (LookupError, TypeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _result_of(fields: Mapping[str, Any]) -> LineResult:
    error = fields["error"]
    return LineResult(
        line=fields["line"],
        campaign_id=fields["campaign_id"],
        done_at=datetime.fromisoformat(fields["done_at"]),
        videos=tuple(
            LineVideo(video_id=each["video_id"], outcome=Outcome(each["outcome"]))
            for each in fields["videos"]
        ),
        error=Failure(code=error["code"], message=error["message"]) if error else None,
    )


def with_results(batch: Batch, results: Iterable[LineResult]) -> Batch:
    """Count the results of the chunk that begins at `next_line`, and move on to the next."""
    latest = tuple(results)
    outcomes = [video.outcome for result in latest for video in result.videos]
    return replace(
        batch,
        next_line=batch.next_line + len(latest),
        latest=latest,
        created=batch.created + outcomes.count(Outcome.CREATED),
        attached=batch.attached + outcomes.count(Outcome.ATTACHED),
        cached=batch.cached + outcomes.count(Outcome.CACHE_HIT),
        refused=batch.refused + sum(result.error is not None for result in latest),
    )


def restored(accepted: Batch, contents: Iterable[bytes], *, until: datetime | None) -> Batch:
    """Return the record of a batch from what is stored beside its file.

    `accepted` is the stored record, and `contents` are the files of results, in the order of lines.
    Results count that are older than `until`, when all videos were stored as JSON; the lines after
    them are carried out again, and find the videos that are there. The batch is due at once.
    """
    if accepted.has_ended:
        return replace(accepted, revision="")
    batch = replace(
        accepted,
        next_line=0,
        latest=(),
        created=0,
        attached=0,
        cached=0,
        refused=0,
        due_at=accepted.created_at,
        revision="",
    )
    for content in contents:
        try:
            results = decode_results(content)
        except ValueError:
            break
        if until is None or any(each.done_at + COMMIT_DELAY > until for each in results):
            break
        batch = with_results(batch, results)
    return replace(batch, latest=())


def cancelled(batch: Batch, *, now: datetime) -> Batch:
    """Begin to cancel: from this commit on no line makes a video. Raise WrongStateError.

    A batch that is cancelled already is returned as it is.
    """
    if batch.cancelled_at is not None:
        return batch
    if batch.has_ended:
        raise WrongStateError("The batch is completed; there is nothing to cancel.")
    return replace(batch, cancelled_at=now, due_at=now)


def ended(batch: Batch, totals: Totals, *, now: datetime) -> Batch:
    """End a batch of which every line is done and every video has ended."""
    return replace(batch, completed_at=now, due_at=None, ended=dict(totals))


def batch_ends_of(batch: Batch) -> tuple[Event, ...]:
    """Return the event of a batch's end, or none while it is in progress."""
    if batch.completed_at is None:
        return ()
    kind = EventType.BATCH_COMPLETED
    event = Event(
        id=event_id(kind, batch.batch_id, batch.completed_at),
        type=kind,
        created_at=batch.completed_at,
        batch_id=batch.batch_id,
        requested_by=batch.requested_by,
        lines=batch.lines,
    )
    return (event,)


def is_over(batch: Batch, totals: Totals) -> bool:
    """Whether no line and no video of the batch has anything left to do."""
    return batch.is_read and not any(totals[phase].videos for phase in totals.keys() - ENDED)


def status_of(batch: Batch, totals: Totals) -> BatchStatus:
    is_done = batch.has_ended or is_over(batch, totals)
    if batch.cancelled_at is None:
        return BatchStatus.COMPLETED if is_done else BatchStatus.IN_PROGRESS
    return BatchStatus.CANCELLED if is_done else BatchStatus.CANCELLING
