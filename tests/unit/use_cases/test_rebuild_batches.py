"""Records of batches that are missing or behind are rebuilt from the files beside them."""

from datetime import timedelta

import pytest

from shared.domain.batch import Batch, batch_ends_of
from shared.domain.storage_layout import batch_results_prefix
from shared.domain.values import replace
from shared.use_cases import run_batch as run_batch_module
from shared.use_cases.cancel_batch import cancel_batch
from shared.use_cases.rebuild_records import rebuild_batches
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.batches import BATCH_ID, carry_out, create, lines, outcomes, run


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> FakePorts:
    """Six of six lines are done, in three chunks, and mirrored."""
    monkeypatch.setattr(run_batch_module, "_AT_ONCE", 2)
    ports = FakePorts()
    create(ports, lines(6))
    run(ports)
    ports.mirror.note_complete(ports.now() + timedelta(minutes=5))
    return ports


def rebuilt(ports: FakePorts) -> list[str]:
    return list(rebuild_batches(ports.mirror, ports.batches, ports.objects))


def roll_back(ports: FakePorts, batch: Batch) -> None:
    ports.batches.batches[BATCH_ID] = replace(
        batch, revision=ports.batches.batches[BATCH_ID].revision
    )


def test_a_missing_record_is_rebuilt_with_its_results(used: FakePorts) -> None:
    before = used.batches.batches.pop(BATCH_ID)

    assert rebuilt(used) == [BATCH_ID]

    after = used.batches.get(BATCH_ID)
    assert (after.next_line, after.created) == (before.next_line, before.created)
    videos = len(used.campaigns.videos)
    carry_out(used)
    assert (len(used.campaigns.videos), outcomes(used)) == (videos, ["created"] * 6)


def test_an_up_to_date_record_is_kept(used: FakePorts) -> None:
    before = used.batches.get(BATCH_ID)

    assert rebuilt(used) == []
    assert used.batches.get(BATCH_ID) == before


def test_an_older_record_is_advanced_by_the_results(used: FakePorts) -> None:
    roll_back(used, replace(used.batches.get(BATCH_ID), next_line=2, latest=(), created=2))

    assert rebuilt(used) == [BATCH_ID]
    assert used.batches.get(BATCH_ID).next_line == 6


def test_results_after_a_damaged_file_are_ignored(used: FakePorts) -> None:
    used.batches.batches.pop(BATCH_ID)
    paths = sorted(each.path for each in used.objects.list(batch_results_prefix(BATCH_ID)))
    damaged = used.objects.objects[paths[1]]
    used.objects.objects[paths[1]] = replace(damaged, content=b"{")

    rebuilt(used)

    assert used.batches.get(BATCH_ID).next_line == 2


def test_a_batch_cancelled_after_a_backup_stays_cancelled(ports: FakePorts) -> None:
    before, _ = create(ports, lines(3))
    cancelled = cancel_batch(ports, BATCH_ID)
    roll_back(ports, before)

    assert rebuilt(ports) == [BATCH_ID]
    run(ports)

    assert ports.batches.get(BATCH_ID).cancelled_at == cancelled.cancelled_at
    assert ports.campaigns.videos == {}


def test_an_ended_batch_is_not_started_again(used: FakePorts) -> None:
    carry_out(used)
    ended = used.batches.batches.pop(BATCH_ID)
    (end,) = batch_ends_of(ended)
    assert used.campaigns.events.pop(end.id) == end

    assert rebuilt(used) == [BATCH_ID]
    assert replace(used.batches.get(BATCH_ID), revision=ended.revision) == ended
    assert used.campaigns.events[end.id] == end
