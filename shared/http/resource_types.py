"""The types of answers: mypy checks the handlers against them, and OpenAPI is made from them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Generic, Literal, NotRequired, TypedDict, TypeVar

from msgspec import Meta

from shared.domain.clip import ClipFacts
from shared.domain.clip_warnings import ClipWarningCode
from shared.domain.tasks import Task
from shared.domain.video import Failure, Lane, Outcome, Phase, Status, VersionState
from shared.http.provenance import Provenance

R = TypeVar("R")

Dollars = Decimal
Epoch = Annotated[int, Meta(examples=[1795943532], extra_json_schema={"format": "unix-time"})]


class SignedURLResource(TypedDict):
    url: str
    expires_at: Epoch


class CostResource(TypedDict):
    currency: str
    estimated: Dollars
    actual: Dollars | None
    basis: str
    billed: bool


class ClipWarningResource(TypedDict):
    """A difference between the clip and the request, or a format that browsers do not play."""

    code: ClipWarningCode
    message: str


class QueueResource(TypedDict):
    """An estimate: the position is 1 for the next video of its priority.

    `reason` says why nothing is submitted at present, and then it may not be known when it will be.
    """

    position: int
    expected_submission_at: Epoch | None
    reason: str | None


class VideoResource(TypedDict):
    """A strict superset of the OpenAI video object.

    `queue` is null unless the video waits for its turn to be submitted. Until it is submitted,
    `deadline_at` is when it fails in the queue; after that, when it fails without a clip.

    `embed_url` is where a player on any page gets the current version of the slot, or this video if
    it was replaced. `play_token` counts plays of this video for a day. Both are null until it is
    completed, and where plays are not counted.

    A video in the trash is removed for good at `purge_at`, which is also its `expires_at`; both are
    null for any other. It has no embed, and its content can still be read.
    """

    id: str
    object: Literal["video"]
    created_at: Epoch
    completed_at: Epoch | None
    expires_at: Epoch | None
    status: Status
    progress: int
    error: Failure | None
    model: str
    prompt: str
    seconds: str
    size: str
    task: Task
    remixed_from_video_id: str | None
    campaign_id: str
    index: int
    version_state: VersionState | None
    phase: Phase
    business_context: Mapping[str, str]
    enhanced_prompt: str
    aspect_ratio: str
    resolution: str
    fps: int
    generate_audio: bool
    negative_prompt: str | None
    seed: int | None
    person_generation: str | None
    image: str | None
    last_frame: str | None
    reference_images: Sequence[str]
    extended_clip: str | None
    edited_clip: str | None
    fingerprint: str
    cost: CostResource
    attempts: int
    cancel_requested: bool
    priority: Lane
    queue: QueueResource | None
    deadline_at: Epoch
    submitted_at: Epoch | None
    expected_at: Epoch | None
    clip: ClipFacts | None
    warnings: Sequence[ClipWarningResource]
    kept: bool
    purge_at: Epoch | None
    filename: str | None
    content_url: str
    thumbnail_url: str
    embed_url: str | None
    play_token: str | None
    metadata: Mapping[str, str]
    tags: Sequence[str]
    requested_by: str | None
    ai_generated: bool
    provenance: Provenance | None
    outcome: NotRequired[Outcome]
    note: NotRequired[str]
    signed_url: NotRequired[SignedURLResource | None]


class DeletedVideo(TypedDict):
    """`purge_at` is when a video that was moved to the trash is removed for good.

    It is null for one that is removed already.
    """

    id: str
    object: Literal["video.deleted"]
    deleted: bool
    purge_at: Epoch | None


class InputResource(TypedDict):
    """A picture as it was sent, or a clip. Width and height are as a viewer shows it."""

    id: str
    object: Literal["input"]
    campaign_id: str
    created_at: Epoch
    media_type: str
    size_bytes: int
    width: int
    height: int
    duration_seconds: float | None
    sha256: str
    content_url: str


class DeletedInput(TypedDict):
    id: str
    object: Literal["input.deleted"]
    deleted: bool


class UnreadableResource(TypedDict):
    """A record that exists and cannot be read."""

    id: str
    detail: str


class EstimatedCost(TypedDict):
    currency: str
    estimated: Dollars
    basis: str


class EstimatedVideo(TypedDict):
    """`enhanced_prompt` is what the model reads: the prompt and the business context."""

    outcome: Outcome
    index: int
    cost: Dollars
    video_id: str | None
    enhanced_prompt: str


class EstimateResource(TypedDict):
    object: Literal["estimate"]
    cost: EstimatedCost
    videos: Sequence[EstimatedVideo]


class ListResource(TypedDict, Generic[R]):
    object: Literal["list"]
    data: Sequence[R]
    first_id: str | None
    last_id: str | None
    has_more: bool
    unreadable: NotRequired[Sequence[UnreadableResource]]


class Metrics:
    """The text format of Prometheus; not JSON."""


class Archive:
    """A ZIP file; not JSON."""


class HealthResource(TypedDict):
    status: Literal["ok"]
