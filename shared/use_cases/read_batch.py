"""Read a batch: how far it is, when it will be done, and the results of its lines."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from msgspec import Struct

from shared.domain.batch import Batch, LineResult, Totals, decode_results, is_over
from shared.domain.errors import ObjectNotFoundError, StorageError
from shared.domain.identity import parse_video_id
from shared.domain.queueing import estimate, expected_done_at, reason_for_waiting, spacing
from shared.domain.schedule import USUAL_GENERATION
from shared.domain.storage_layout import batch_results_path, batch_results_prefix
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import Lane, Phase, QueuePlace, Video
from shared.parallel import in_parallel
from shared.ports import Ports


class ResolvedResult(Struct, frozen=True, kw_only=True):
    """A result with its videos as they are now; None for one that was deleted since."""

    result: LineResult
    videos: tuple[Video | Unreadable | None, ...]


class BatchView(Struct, frozen=True, kw_only=True):
    """A batch with the totals of its videos, and when the last of them will be done.

    `reason` says why nothing is submitted at present.
    """

    batch: Batch
    totals: Totals
    expected_done_at: datetime | None = None
    reason: str | None = None

    @property
    def is_over(self) -> bool:
        return self.batch.has_ended or is_over(self.batch, self.totals)


def view_of(ports: Ports, batch: Batch) -> BatchView:
    totals = batch.ended if batch.has_ended else ports.batches.totals(batch.batch_id)
    view = BatchView(batch=batch, totals=totals)
    return view if view.is_over else _with_estimate(ports, view)


def views_of(ports: Ports, batches: Iterable[Batch]) -> list[BatchView]:
    """Return the view of each, in order. Up to eight are counted at once."""
    return in_parallel(partial(view_of, ports, batch) for batch in batches)


def _with_estimate(ports: Ports, view: BatchView) -> BatchView:
    """Estimate by the place of the last video, which may not be reserved yet."""
    now, will_wait = ports.now(), not view.batch.is_read or view.totals.get(Phase.RESERVED)
    if view.batch.cancelled_at is not None or not will_wait:
        return replace(view, expected_done_at=now + USUAL_GENERATION)
    model, lane = _last_queue(ports, view.batch)
    rate = ports.rates.get(model)
    count = view.batch.created if view.batch.is_read else view.batch.to_create
    last = view.batch.created_at + count * spacing(rate or 0)
    place = QueuePlace(lane=lane, order=last, limit_at=last)
    paces = ports.turns.get_paces((model,))
    estimates = [estimate(place, pace, rate, now) for pace in paces.values()]
    return replace(
        view, expected_done_at=expected_done_at(estimates), reason=reason_for_waiting(estimates)
    )


def _last_queue(ports: Ports, batch: Batch) -> tuple[str, Lane]:
    """Return the model and the lane of a video that waits, or those of the batch."""
    for video in ports.batches.waiting(batch.batch_id, limit=1) if batch.is_read else ():
        return video.parameters.model, video.priority
    return batch.default_model, batch.priority


def read_results(ports: Ports, batch: Batch) -> Iterator[tuple[ResolvedResult, ...]]:
    """Yield the results of each chunk of lines: only one chunk is in memory at a time.

    Raise ObjectNotFoundError if they are no longer kept.
    """
    last = batch_results_path(batch.batch_id, batch.next_line - len(batch.latest))
    stored = 0
    for found in ports.objects.list(batch_results_prefix(batch.batch_id)):
        if found.path < last or not batch.latest:
            stored += 1
            yield _resolved(ports, _stored(ports, found.path))
    if batch.latest:
        yield _resolved(ports, batch.latest)
    elif batch.next_line and not stored:
        raise ObjectNotFoundError("The results of this batch are no longer kept.")


def _stored(ports: Ports, path: str) -> tuple[LineResult, ...]:
    with ports.objects.open(path) as stream:
        content = stream.read()
    try:
        return decode_results(content)
    except ValueError as error:
        raise StorageError(f"{path} is damaged: {error}.") from error


def _resolved(ports: Ports, results: tuple[LineResult, ...]) -> tuple[ResolvedResult, ...]:
    names: dict[str, list[str]] = {}
    for result in results:
        for video in result.videos:
            campaign_id, video_hash = parse_video_id(video.video_id)
            names.setdefault(campaign_id, []).append(video_hash)
    known: dict[str, Video | Unreadable] = {}
    for _, page in ports.campaigns.get_many(names).values():
        known |= {video.id: video for video in page.videos}
        known |= {record.id: record for record in page.unreadable}
    return tuple(
        ResolvedResult(
            result=result, videos=tuple(known.get(each.video_id) for each in result.videos)
        )
        for result in results
    )
