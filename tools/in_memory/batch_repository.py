"""Records of batches in memory, with the whole contract of their port."""

from collections.abc import Sequence
from datetime import datetime
from threading import RLock

from shared.domain.batch import Batch, PhaseTotals, Totals
from shared.domain.campaign import Change
from shared.domain.errors import BatchNotFoundError, ConflictError
from shared.domain.events import Event
from shared.domain.money import ZERO
from shared.domain.values import replace
from shared.domain.video import Phase, Video
from tools.in_memory.campaign_repository import InMemoryCampaignRepository


class InMemoryBatchRepository:
    """`batches` is what is stored, for a test to look at."""

    def __init__(self, campaigns: InMemoryCampaignRepository) -> None:
        self.batches: dict[str, Batch] = {}
        self._campaigns = campaigns
        self._lock = RLock()

    def get(self, batch_id: str) -> Batch:
        try:
            return self.batches[batch_id]
        except KeyError:
            raise BatchNotFoundError("There is no batch with this id.") from None

    def commit(
        self, batch: Batch, changes: Sequence[Change] = (), *, events: Sequence[Event] = ()
    ) -> Batch:
        with self._lock:
            before = self.batches.get(batch.batch_id)
            if (before.revision if before else "") != batch.revision:
                raise ConflictError(f"The batch {batch.batch_id} has changed. Read it again.")
            self._campaigns.commit_all(changes)
            self._campaigns.store_events(events)
            stored = replace(batch, revision=f"{int(batch.revision or 0) + 1}")
            self.batches[batch.batch_id] = stored
            return stored

    def list(self, *, after: Batch | None, limit: int) -> tuple[Batch, ...]:
        found = sorted(self.batches.values(), key=_place, reverse=True)
        rest = [each for each in found if after is None or _place(each) < _place(after)]
        return tuple(rest[:limit])

    def due(self, before: datetime, *, limit: int) -> tuple[str, ...]:
        found = sorted(
            (batch.due_at, batch.batch_id)
            for batch in self.batches.values()
            if batch.due_at is not None and batch.due_at <= before
        )
        return tuple(batch_id for _, batch_id in found[:limit])

    def totals(self, batch_id: str) -> Totals:
        totals: dict[Phase, PhaseTotals] = {}
        removed = self._campaigns.removed_of_batches.values()
        charged = [(video.phase, video.cost.actual or ZERO) for video in self._of(batch_id)]
        charged += [(share.phase, share.usd) for share in removed if share.batch_id == batch_id]
        for phase, usd in charged:
            before = totals.get(phase, PhaseTotals())
            totals[phase] = PhaseTotals(videos=before.videos + 1, usd=before.usd + usd)
        return totals

    def waiting(self, batch_id: str, *, limit: int) -> tuple[Video, ...]:
        found = [video for video in self._of(batch_id) if video.phase is Phase.RESERVED]
        found.sort(key=lambda video: (video.created_at, video.id), reverse=True)
        return tuple(found[:limit])

    def _of(self, batch_id: str) -> tuple[Video, ...]:
        videos = tuple(self._campaigns.videos.values())
        return tuple(video for video in videos if video.batch_id == batch_id)


def _place(batch: Batch) -> tuple[datetime, str]:
    return batch.created_at, batch.batch_id
