"""The boundaries of the system. Each adapter keeps the whole contract of its port.

The errors named here are those of `shared.domain.errors`; no other leaves an adapter, except
`UnavailableError` and `StorageError`, which every method may raise.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import BinaryIO, Protocol

from shared.domain.campaign import Campaign, Change
from shared.domain.clip import ClipFacts
from shared.domain.video import GenerationParameters, VersionState, Video

Clock = Callable[[], datetime]


class PutMode(StrEnum):
    CREATE = "create"
    OVERWRITE = "overwrite"


@dataclass(frozen=True, kw_only=True)
class ObjectInfo:
    """`etag` changes whenever the bytes do; it has no quotes."""

    path: str
    size: int
    etag: str
    content_type: str
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class SignedURL:
    """`url` is absolute, or a path of this service where the store has no server of its own."""

    url: str
    expires_at: datetime


class ObjectStore(Protocol):
    """Named, immutable-once-read bytes under relative `path`s with `/` between their parts.

    A reader never sees a part of an object: it appears whole or not at all.
    """

    def put(
        self,
        path: str,
        content: BinaryIO,
        *,
        content_type: str,
        mode: PutMode = PutMode.CREATE,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Store `content` up to its end. CREATE raises ObjectExistsError where `path` is taken."""

    def open(self, path: str) -> BinaryIO:
        """Return a seekable stream. Raise ObjectNotFoundError."""

    def head(self, path: str) -> ObjectInfo:
        """Raise ObjectNotFoundError."""

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Yield what begins with `prefix`, a folder that ends in `/`, ordered by path."""

    def rename(self, source: str, target: str) -> None:
        """Move bytes and metadata without reading them. Safe to run twice.

        Where `source` is gone and `target` is there, it was done before. Where both are there,
        `target` is kept and `source` removed. Raise ObjectNotFoundError where neither is.
        """

    def delete(self, path: str) -> None:
        """Remove the object, if it is there."""

    def sign(self, path: str, *, expires_in: timedelta) -> SignedURL:
        """Return a URL that reads this object, and only this one, until it expires.

        Whether the object exists is not asked.
        """


class SortOrder(StrEnum):
    ASCENDING = "asc"
    DESCENDING = "desc"


@dataclass(frozen=True, kw_only=True)
class VideoQuery:
    """Which videos to list. `after` is the id of the last video of the page before."""

    campaign_id: str | None = None
    version_state: VersionState | None = None
    status: str | None = None
    after: str | None = None
    limit: int = 20
    order: SortOrder = SortOrder.DESCENDING


@dataclass(frozen=True, kw_only=True)
class VideoPage:
    videos: tuple[Video, ...]
    has_more: bool


@dataclass(frozen=True, kw_only=True)
class DueWork:
    """A video that waits for a step, or (without a hash) a campaign that has chores."""

    campaign_id: str
    video_hash: str | None = None


class CampaignRepository(Protocol):
    """The records. What was read carries the revision at which it was; commits compare it."""

    def get_campaign(self, campaign_id: str) -> Campaign:
        """Raise CampaignNotFoundError."""

    def get_video(self, campaign_id: str, video_hash: str) -> Video:
        """Raise VideoNotFoundError."""

    def commit(self, change: Change) -> Change:
        """Write everything or nothing, and return it with its new revisions.

        Raise ConflictError if any record differs from what was read; an empty revision means that
        there must be none yet.
        """

    def commit_video(self, video: Video) -> Video:
        """The same for a change of one video that leaves its campaign as it is."""

    def add_savings(self, campaign_id: str, amount: Decimal, hits: int) -> None:
        """Add to what the cache saved, without a conflict with anybody. A lost one is no harm."""

    def list_videos(self, query: VideoQuery) -> VideoPage:
        """Order by creation, then id. Raise VideoNotFoundError if `after` is not a video."""

    def list_campaigns(self, *, after: str | None, limit: int) -> tuple[Campaign, ...]:
        """Order by id; `after` is the last id of the page before."""

    def due(self, before: datetime, *, limit: int) -> tuple[DueWork, ...]:
        """Return videos whose `due_at` has come, and campaigns whose chores wait."""


@dataclass(frozen=True, kw_only=True)
class VideoMessage:
    """Asks for one step of one video. Messages carry ids, never media."""

    campaign_id: str
    video_hash: str


class MessageQueue(Protocol):
    """Delivers each message at least once, in any order, now and then twice."""

    def publish(self, message: VideoMessage) -> None:
        """Return when the message is safe with the queue."""

    def publish_later(self, message: VideoMessage, delay: timedelta) -> None:
        """Deliver after `delay` where the queue can. Where it cannot, the tick does it."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What is generated. `output_prefix` belongs to this attempt alone."""

    campaign_id: str
    video_hash: str
    index: int
    attempt: int
    prompt: str
    enhanced_prompt: str
    parameters: GenerationParameters
    output_prefix: str


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """`operation` finds the operation again from any process, at any time."""

    operation: str
    expected_in: timedelta


@dataclass(frozen=True, kw_only=True)
class Running:
    check_after: timedelta


@dataclass(frozen=True, kw_only=True)
class Succeeded:
    """The clip lies in the object store, under the attempt's prefix."""

    clip_path: str


@dataclass(frozen=True, kw_only=True)
class Failed:
    """Ended without a clip, and not billed."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Gone:
    """The generator does not know the operation (any more)."""


OperationState = Running | Succeeded | Failed | Gone


class VideoGenerator(Protocol):
    """Makes clips, slowly and for money. No method waits for a clip or tries twice."""

    def submit(self, submission: Submission) -> Accepted:
        """Start one paid operation.

        Raise GeneratorBusyError or GenerationRefusedError where nothing was accepted for certain,
        and SubmissionUnknownError whenever it may have been.
        """

    def check(self, operation: str) -> OperationState:
        """Look at an operation once. Raise UnavailableError if it could not be asked."""


class ClipInspector(Protocol):
    """Looks into clips. Reads the stream once from its beginning, flat in memory."""

    def inspect(self, clip: BinaryIO) -> ClipFacts:
        """Raise InvalidClipError unless it is a whole MP4 with a video stream."""

    def thumbnail(self, clip: BinaryIO) -> bytes:
        """Return a JPEG of the first frame that is not black. Raise InvalidClipError."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The owner's choices that use cases obey. `simulated`: the generator bills nobody.

    `public_url` is empty where the service answers under the URL that it is asked at.
    """

    max_videos_per_campaign: int
    keep_historical: int
    default_model: str
    simulated: bool
    public_url: str = ""


class SavingsTally(Protocol):
    """Counts what the cache saved."""

    def add(self, campaign_id: str, amount: Decimal) -> None:
        """Count one hit."""

    def flush(self, campaign_id: str) -> None:
        """Write what was counted, so that a read of the campaign shows it."""


class SignatureVerifier(Protocol):
    """Says whether a signed URL of this very service is genuine and still valid."""

    def verify(self, path: str, *, expires: str, signature: str) -> None:
        """Raise InvalidSignatureError, or ExpiredSignatureError."""


class Ports(Protocol):
    """What use cases may touch. An adapter is built when it is first asked for."""

    @property
    def objects(self) -> ObjectStore: ...
    @property
    def campaigns(self) -> CampaignRepository: ...
    @property
    def queue(self) -> MessageQueue: ...
    @property
    def generator(self) -> VideoGenerator: ...
    @property
    def inspector(self) -> ClipInspector: ...
    @property
    def savings(self) -> SavingsTally: ...
    @property
    def local_signatures(self) -> SignatureVerifier | None:
        """None where a bucket serves its signed URLs itself."""
        ...

    @property
    def policy(self) -> Policy: ...
    @property
    def now(self) -> Clock: ...
