"""Generators of clips."""

from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from shared.domain.video import GenerationParameters

# The code of a `Failed` whose clip the safety filter blocked.
FILTERED = "content_filtered"
# That of an operation that was stopped.
CANCELLED = "cancelled"
# That of a refusal whose input is not in the object store any more.
INPUT_MISSING = "input_missing"
INPUT_IS_LOST = "A picture or clip that the video is made from is lost. Send it again."


class Submission(Struct, frozen=True, kw_only=True):
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


class Accepted(Struct, frozen=True, kw_only=True):
    """`operation` finds the operation again from any process, at any time."""

    operation: str
    expected_in: timedelta


class Running(Struct, frozen=True, kw_only=True):
    check_after: timedelta


class Succeeded(Struct, frozen=True, kw_only=True):
    """The clip is in the object store, under the attempt's prefix.

    `usd` is what it cost, where the generator says what it used.
    """

    clip_path: str
    usd: Decimal | None = None


class Failed(Struct, frozen=True, kw_only=True):
    """Ended without a clip. It is free only if the generator documents so."""

    code: str
    message: str
    possibly_billed: bool = False


class Gone(Struct, frozen=True, kw_only=True):
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
        """Ask to stop an operation, where the model allows it. `check` says how it ended.

        Raise UnavailableError if the generator does not answer.
        """
