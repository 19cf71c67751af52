"""What tests do with a batch: send it, carry it out, and look at its results."""

import json
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from shared.domain.batch import Batch, BatchFormat, BatchStatus, LineResult, status_of
from shared.domain.video import Lane
from shared.ports import Ports
from shared.requests.batches import BatchLines, lines_of
from shared.use_cases.create_batch import create_batch
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.read_batch import read_results
from shared.use_cases.run_batch import run_batch
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import settle

BATCH_ID = "batch_0123456789abcdef"


def file_of(*lines: dict[str, Any]) -> bytes:
    return "\n".join(map(json.dumps, lines)).encode()


def a_line(number: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"campaign_id": f"c{number}", "prompt": f"Kite {number}", **fields}


def lines(count: int) -> bytes:
    return file_of(*map(a_line, range(count)))


def a_batch(ports: FakePorts, batch_id: str = BATCH_ID) -> Batch:
    return Batch(
        batch_id=batch_id,
        format=BatchFormat.JSON_LINES,
        lines=0,
        priority=Lane.BULK,
        default_model=ports.policy.default_model,
        estimated=Decimal(0),
        created_at=ports.now(),
        due_at=None,
    )


def create(
    ports: FakePorts,
    content: bytes,
    *,
    acting: Ports | None = None,
    max_cost: Decimal | None = None,
    batch_id: str = BATCH_ID,
) -> tuple[Batch, bool]:
    batch = a_batch(ports, batch_id)
    read = partial(BatchLines, content, batch.format, default_model=ports.policy.default_model)
    return create_batch(acting or ports, batch, content, read, max_cost=max_cost)


def run(ports: FakePorts, acting: Ports | None = None, batch_id: str = BATCH_ID) -> None:
    run_batch(acting or ports, batch_id, lines_of)


def deliver_batches(ports: FakePorts) -> None:
    ports.queue.deliver_batches(lambda batch_id: run(ports, batch_id=batch_id))


def results(ports: FakePorts, batch_id: str = BATCH_ID) -> list[LineResult]:
    chunks = read_results(ports, ports.batches.get(batch_id))
    return [each.result for chunk in chunks for each in chunk]


def outcomes(ports: FakePorts) -> list[str]:
    """Return the error or the outcomes of each line."""
    return [
        each.error.code if each.error else " ".join(video.outcome for video in each.videos)
        for each in results(ports)
    ]


def prompts(ports: FakePorts) -> list[str]:
    return sorted(video.prompt for video in ports.campaigns.videos.values())


def status(ports: FakePorts) -> BatchStatus:
    batch = ports.batches.get(BATCH_ID)
    return status_of(batch, batch.ended or ports.batches.totals(BATCH_ID))


def carry_out(ports: FakePorts) -> None:
    """Let the messages of the batch, its videos and ticks come until it has ended."""
    for _ in range(5):
        deliver_batches(ports)
        settle(ports)
        ports.clock.advance(timedelta(minutes=5))
        maintain_campaigns(ports)
        if ports.batches.get(BATCH_ID).has_ended:
            return
    raise AssertionError("The batch has not ended.")
