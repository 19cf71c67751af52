"""Cancel a batch: the lines that are not carried out, and the videos that wait."""

from contextlib import suppress

from shared.domain.batch import Batch, cancelled, is_over
from shared.domain.campaign import Campaign, Change
from shared.domain.errors import UnavailableError, WrongStateError
from shared.domain.versions import cancel
from shared.domain.video import Phase
from shared.ports import Ports
from shared.ports.campaign_repository import VideoPage
from shared.use_cases.budgeting import all_giving_back
from shared.use_cases.committing import until_committed
from shared.use_cases.publishing import ask_to_continue


def cancel_batch(ports: Ports, batch_id: str) -> Batch:
    """Stop a batch: from now on no line makes a video, and what waits is cancelled.

    Submitted videos are paid for: they are finished. Raise BatchNotFoundError, or WrongStateError
    if the batch is completed.
    """

    def attempt() -> tuple[Batch, bool]:
        batch = ports.batches.get(batch_id)
        _require_unfinished(ports, batch)
        stopped = cancelled(batch, now=ports.now())
        return (batch, False) if stopped is batch else (ports.batches.commit(stopped), True)

    batch, is_new = until_committed(attempt)
    if is_new:
        # The batch is cancelled already, and a run of the batch writes it, too.
        with suppress(UnavailableError):
            ports.mirror.write_batch(batch)
    ask_to_continue(ports, batch_id)
    return batch


def _require_unfinished(ports: Ports, batch: Batch) -> None:
    """The end of a batch is committed some time after the end of its last video."""
    is_cancelled = batch.cancelled_at is not None
    if batch.is_read and not is_cancelled and is_over(batch, ports.batches.totals(batch.batch_id)):
        raise WrongStateError("The batch is completed; there is nothing to cancel.")


def cancellations(ports: Ports, batch_id: str, *, limit: int) -> tuple[Change, ...]:
    """Return changes that cancel up to so many videos of the batch that wait, for one commit."""
    names: dict[str, list[str]] = {}
    for video in ports.batches.waiting(batch_id, limit=limit):
        names.setdefault(video.campaign_id, []).append(video.video_hash)
    changes = (_cancelled(ports, *found) for found in ports.campaigns.get_many(names).values())
    return all_giving_back(ports, tuple(change for change in changes if change))


def _cancelled(ports: Ports, campaign: object, page: VideoPage) -> Change | None:
    """Cancel those of the videos that still wait. None for a campaign that has none."""
    if not isinstance(campaign, Campaign):
        return None
    change = Change(campaign=campaign)
    for video in page.videos:
        if video.phase is Phase.RESERVED:
            change = change.then(cancel(change.campaign, video, now=ports.now()))
    return change if change.videos else None
