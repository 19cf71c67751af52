"""Rebuild the records of batches from what is stored beside their files."""

from collections.abc import Iterator
from contextlib import suppress

from shared.domain.batch import Batch, batch_ends_of, restored
from shared.domain.errors import BatchNotFoundError, ObjectNotFoundError, UnreadableRecordError
from shared.domain.storage_layout import BATCHES, batch_id_at, batch_results_prefix
from shared.domain.values import replace
from shared.ports.batch_repository import BatchRepository
from shared.ports.object_store import ObjectStore
from shared.ports.record_mirror import RecordMirror
from shared.use_cases.committing import until_committed


def rebuild_batches(
    mirror: RecordMirror, batches: BatchRepository, objects: ObjectStore
) -> Iterator[str]:
    """Yield the ids of batches whose records were missing or behind, when they are rebuilt.

    The videos are rebuilt before. It may run beside the service.
    """
    until = mirror.complete_until()
    for batch_id in dict.fromkeys(batch_id_at(each.path) for each in objects.list(f"{BATCHES}/")):
        accepted = mirror.read_batch(batch_id)
        if accepted is None:
            continue
        kept = restored(accepted, _results(objects, batch_id), until=until)
        if until_committed(lambda kept=kept: _is_committed(batches, kept)):  # type: ignore[misc]
            yield batch_id


def _results(objects: ObjectStore, batch_id: str) -> Iterator[bytes]:
    for found in objects.list(batch_results_prefix(batch_id)):
        with suppress(ObjectNotFoundError), objects.open(found.path) as stream:
            yield stream.read()


def _is_committed(batches: BatchRepository, kept: Batch) -> bool:
    """Commit `kept` unless the stored record is as far. Return whether that was needed."""
    try:
        stored = batches.get(kept.batch_id)
    except BatchNotFoundError:
        batches.commit(kept, events=batch_ends_of(kept))
        return True
    except UnreadableRecordError:
        return False
    merged = _merged(stored, kept)
    if merged == stored:
        return False
    batches.commit(merged, events=batch_ends_of(merged))
    return True


def _merged(stored: Batch, kept: Batch) -> Batch:
    """Return the later of both records. What was cancelled stays so."""
    if stored.has_ended:
        return stored
    is_behind = kept.has_ended or kept.next_line > stored.next_line
    latest = replace(kept, revision=stored.revision) if is_behind else stored
    if latest.cancelled_at is None and kept.cancelled_at is not None:
        return replace(latest, cancelled_at=kept.cancelled_at, due_at=kept.cancelled_at)
    return latest
