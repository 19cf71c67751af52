"""The types of answers about batches; only requests about batches load them."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from shared.domain.batch import BatchStatus
from shared.domain.video import Failure, Lane, Outcome
from shared.http.resource_types import Dollars, Epoch, VideoResource


class BatchLines(TypedDict):
    """The lines that are done, and how many of them ended with an error."""

    done: int
    refused: int


class BatchVideos(TypedDict):
    """`cached` and `attached` are videos of other requests, which answer lines of this one."""

    queued: int
    in_progress: int
    completed: int
    failed: int
    cancelled: int
    cached: int
    attached: int


class BatchCost(TypedDict):
    """`actual` is what its videos have cost so far."""

    estimated: Dollars
    actual: Dollars


class BatchResource(TypedDict):
    """`total` is the number of lines. `reason` says why nothing is submitted at present."""

    id: str
    object: Literal["batch"]
    status: BatchStatus
    created_at: Epoch
    cancelled_at: Epoch | None
    completed_at: Epoch | None
    expected_done_at: Epoch | None
    reason: str | None
    priority: Lane
    requested_by: str | None
    total: int
    lines: BatchLines
    videos: BatchVideos
    cost_usd: BatchCost


class EstimatedBatchVideos(TypedDict):
    """`cached` and `attached` are videos of other requests, which cost nothing."""

    created: int
    cached: int
    attached: int


class BatchEstimateResource(TypedDict):
    """What a file would cost as a batch. `total` is the number of lines."""

    object: Literal["batch.estimate"]
    total: int
    videos: EstimatedBatchVideos
    cost_usd: Dollars


class BatchLineVideo(TypedDict):
    """`video` is null if it was removed since; `unreadable` says why its record cannot be read."""

    id: str
    outcome: Outcome
    video: VideoResource | None
    unreadable: NotRequired[str]


class BatchResultLine(TypedDict):
    """`line` is the number of the line in the file, from 1."""

    line: int
    campaign_id: str
    videos: Sequence[BatchLineVideo]
    error: Failure | None
