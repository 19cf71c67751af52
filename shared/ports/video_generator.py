"""Generators of clips."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from shared.domain.video import GenerationParameters

# The code of a `Failed` whose clip the safety filter blocked.
FILTERED = "content_filtered"
# That of an operation that was stopped.
CANCELLED = "cancelled"
# That of a refusal whose input is not in the object store any more.
INPUT_MISSING = "input_missing"
INPUT_IS_LOST = "A picture or clip that the video is made from is lost. Send it again."


@dataclass(frozen=True, kw_only=True)
class Submission:
    """The input of an attempt. `output_prefix` belongs to this attempt alone.

    The inputs that `parameters` name are in the object store.
    """

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
    """The clip is in the object store, under the attempt's prefix.

    `usd` is what it cost, where the generator says what it used.
    """

    clip_path: str
    usd: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Failed:
    """Ended without a clip. It is free only if the generator documents so."""

    code: str
    message: str
    possibly_billed: bool = False


@dataclass(frozen=True, kw_only=True)
class Gone:
    """The generator does not know the operation, or no longer does."""


OperationState = Running | Succeeded | Failed | Gone


class VideoGenerator(Protocol):
    """Makes clips with any model of the registry, which takes minutes and costs money.

    No method waits for a clip or retries.
    """

    def submit(self, submission: Submission) -> Accepted:
        """Start one paid operation.

        Raise GeneratorBusyError or GenerationRefusedError if certainly nothing was accepted, and
        SubmissionUnknownError if the submission may have been accepted.
        """

    def check(self, operation: str) -> OperationState:
        """Poll an operation once. Raise UnavailableError if the generator does not answer."""

    def cancel(self, operation: str) -> None:
        """Ask to stop an operation, where the model allows it. `check` says how it ended."""
