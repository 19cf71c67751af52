"""Accept a batch: check every line and the cost of all, then keep the file and its record."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from io import BytesIO

from msgspec import Struct

from shared.domain.batch import Batch, BatchFormat, LineProblem
from shared.domain.errors import (
    BatchNotFoundError,
    ConflictError,
    InvalidBatchError,
    InvalidRequestError,
    ObjectExistsError,
    RejectedError,
    UnreadableRecordError,
)
from shared.domain.limits import require_max_cost
from shared.domain.money import ZERO
from shared.domain.schedule import BATCH_RETRY
from shared.domain.storage_layout import batch_request_path
from shared.domain.values import replace
from shared.domain.video import Outcome
from shared.ports import Ports
from shared.use_cases.batch_lines import Line, LinePlanner, Lines
from shared.use_cases.budgeting import require_left_today
from shared.use_cases.committing import until_committed
from shared.use_cases.publishing import ask_to_continue

logger = logging.getLogger(__name__)

MOST_LINES = 10_000
MOST_PROMPTS = 40_000

_MOST_PROBLEMS = 20
_LINES_AT_ONCE = 100
_CONTENT_TYPES = {BatchFormat.JSON_LINES: "application/x-ndjson", BatchFormat.CSV: "text/csv"}


class BatchEstimate(Struct, frozen=True, kw_only=True):
    """What the lines of a batch would cost, and how many videos have which outcome."""

    lines: int
    cost: Decimal
    videos: Mapping[Outcome, int]


def create_batch(
    ports: Ports,
    batch: Batch,
    content: bytes,
    read: Callable[[], Lines],
    *,
    max_cost: Decimal | None,
) -> tuple[Batch, bool]:
    """Return the batch, and whether it is new. The same id is the same batch.

    `batch` has its id and what is asked for. Raise InvalidBatchError with the lines that cannot be
    carried out, InvalidRequestError, or LimitError; then nothing is kept.
    """
    try:
        return ports.batches.get(batch.batch_id), False
    except BatchNotFoundError:
        lines = read()
    estimate = estimate_batch(ports, lines)
    require_max_cost(estimate.cost, max_cost)
    accepted = replace(
        batch,
        lines=estimate.lines,
        estimated=estimate.cost,
        to_create=estimate.videos[Outcome.CREATED],
        due_at=batch.created_at + BATCH_RETRY,
    )
    _keep(ports, accepted, content)
    try:
        stored = ports.batches.commit(accepted)
    except ConflictError:
        # The same batch was sent at the same time, or a new database was built with its file.
        stored = ports.batches.get(batch.batch_id)
        if stored.created_at != accepted.created_at:
            return stored, False
    logger.info("batch.accepted", extra={"batch_id": batch.batch_id, "lines": stored.lines})
    ask_to_continue(ports, batch.batch_id)
    return stored, True


def _keep(ports: Ports, batch: Batch, content: bytes) -> None:
    """Store the file and the record beside it, before the record that makes them a batch."""
    path = batch_request_path(batch.batch_id, batch.format)
    # An earlier try may have stored the same bytes.
    with suppress(ObjectExistsError):
        ports.objects.put(path, BytesIO(content), content_type=_CONTENT_TYPES[batch.format])
    ports.mirror.write_batch(batch)


def estimate_batch(ports: Ports, lines: Lines) -> BatchEstimate:
    """Check every line, and change nothing. Raise what `create_batch` raises for these lines."""
    if not 1 <= len(lines) <= MOST_LINES:
        raise InvalidRequestError(
            f"A batch has 1 to {MOST_LINES:,} lines; this one has {len(lines):,}."
        )
    every = lines.read(0, len(lines))
    prompts = sum(len(line.request.drafts) for line in every if line.request)
    if prompts > MOST_PROMPTS:
        raise InvalidRequestError(
            f"A batch has at most {MOST_PROMPTS:,} prompts in all its lines; this one has "
            f"{prompts:,}."
        )
    cost, videos = ZERO, Counter[Outcome]()
    problems: list[LineProblem] = []
    for portion in _portions(every):
        estimate, refused = until_committed(lambda lines=portion: _checked(ports, lines))  # type: ignore[misc]
        cost += estimate.cost
        videos.update(estimate.videos)
        problems += refused
    if problems:
        raise _refusal(sorted(problems, key=lambda each: each.line), total=len(every))
    require_left_today(ports, cost)
    return BatchEstimate(lines=len(every), cost=cost, videos=videos)


def _checked(ports: Ports, lines: Sequence[Line]) -> tuple[BatchEstimate, list[LineProblem]]:
    planner = LinePlanner(ports, lines)
    cost, videos, problems = ZERO, Counter[Outcome](), []
    for line in lines:
        try:
            plan = planner.plan(line)
            cost += plan.cost
            videos.update(answer.outcome for answer in plan.answers)
        except (InvalidRequestError, RejectedError, UnreadableRecordError) as error:
            problems.append(
                LineProblem(
                    line=line.number,
                    code=error.code,
                    message=error.message,
                    param=getattr(error, "param", None),
                )
            )
    return BatchEstimate(lines=len(lines), cost=cost, videos=videos), problems


def _portions(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield the lines with all those of one campaign together: they are planned on each other."""
    by_campaign: dict[str, list[Line]] = {}
    for line in lines:
        by_campaign.setdefault(line.campaign_id, []).append(line)
    portion: list[Line] = []
    for group in by_campaign.values():
        portion += group
        if len(portion) >= _LINES_AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion


def _refusal(problems: Sequence[LineProblem], *, total: int) -> InvalidBatchError:
    first = problems[0]
    return InvalidBatchError(
        f"{len(problems):,} of {total:,} lines cannot be carried out, so nothing was started. "
        f"Line {first.line}: {first.message}",
        problems=tuple(problems[:_MOST_PROBLEMS]),
    )
