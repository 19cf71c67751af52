"""Every error that Showreel raises on purpose, the general before the specific."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.domain.batch import LineProblem
    from shared.domain.unreadable import Unreadable


class ShowreelError(Exception):
    """The message is a sentence for the caller: what is wrong, and what to do about it."""

    code = "internal"

    @property
    def message(self) -> str:
        return str(self)


class InvalidRequestError(ShowreelError):
    """The caller must change the request."""

    code = "invalid_request"

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


class UnsupportedParameterError(InvalidRequestError):
    code = "unsupported_parameter"


class UnsupportedSizeError(UnsupportedParameterError):
    code = "unsupported_size"


class ModelNotFoundError(InvalidRequestError):
    code = "model_not_found"


class ModelRetiredError(InvalidRequestError):
    code = "model_retired"


class IdempotencyKeyReusedError(InvalidRequestError):
    code = "idempotency_key_reused"


class InvalidInputError(InvalidRequestError):
    code = "invalid_input"


class InvalidUrlError(InvalidRequestError):
    code = "invalid_url"


class InvalidBatchError(InvalidRequestError):
    """`problems` are the first of them, in the order of lines."""

    code = "invalid_batch"

    def __init__(self, message: str, *, problems: "tuple[LineProblem, ...]") -> None:
        super().__init__(message)
        self.problems = problems


class NotFoundError(ShowreelError):
    code = "not_found"


class CampaignNotFoundError(NotFoundError):
    pass


class VideoNotFoundError(NotFoundError):
    pass


class ObjectNotFoundError(NotFoundError):
    pass


class BatchNotFoundError(NotFoundError):
    pass


class RejectedError(ShowreelError):
    """A rule, such as a limit of the campaign, forbids the change."""

    code = "rejected"


class LimitError(RejectedError):
    """A limit that does not pass with time."""


class CampaignVideoLimitError(LimitError):
    code = "campaign_video_limit"


class BudgetExceededError(LimitError):
    code = "budget_exceeded"


class MaxCostExceededError(LimitError):
    code = "max_cost_exceeded"


class SlotBusyError(RejectedError):
    code = "slot_busy"


class CampaignNameTakenError(RejectedError):
    """The name of another campaign differs only in case."""

    code = "campaign_name_taken"


class CampaignDeletedError(RejectedError):
    code = "campaign_deleted"


class NotReadyError(RejectedError):
    code = "not_ready"


class WrongStateError(RejectedError):
    code = "wrong_state"


class HostNotAllowedError(ShowreelError):
    code = "host_not_allowed"


class CrossSiteRequestError(ShowreelError):
    """A page of another web site sent the request."""

    code = "cross_site_request"


class InvalidApiKeyError(ShowreelError):
    code = "invalid_api_key"


class InvalidSignatureError(ShowreelError):
    code = "invalid_signature"


class ExpiredSignatureError(InvalidSignatureError):
    code = "signature_expired"


class ConflictError(ShowreelError):
    """Another process committed first: read again."""

    code = "conflict"


class ObjectExistsError(ShowreelError):
    """A create-only write met an object."""

    code = "object_exists"


class StorageError(ShowreelError):
    """A permanent failure of a store: do not retry."""

    code = "storage_error"


class UnreadableRecordError(StorageError):
    """The record exists, so no decision may treat it as missing.

    `is_newer` is set if a newer release wrote it. `record` is None if the reader does not know
    which record it is. `revision` is that of a damaged record that its reader may replace.
    """

    code = "record_unreadable"

    def __init__(
        self,
        message: str,
        *,
        is_newer: bool = False,
        record: "Unreadable | None" = None,
        revision: str = "",
    ) -> None:
        super().__init__(message)
        self.is_newer = is_newer
        self.record = record
        self.revision = revision


class UnavailableError(ShowreelError):
    """A temporary failure of a store or queue: retry."""

    code = "unavailable"


class StorageFullError(UnavailableError):
    code = "storage_full"


class SubmissionError(ShowreelError):
    pass


class GeneratorBusyError(SubmissionError):
    """Nothing was accepted: submit again later."""

    code = "provider_quota"

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class GenerationRefusedError(SubmissionError):
    """Nothing was accepted, and never will be."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class SubmissionUnknownError(SubmissionError):
    """It may have been accepted: never submit again."""

    code = "outcome_unknown"


class OutOfTimeError(ShowreelError):
    """The time of the tick is over. Finished work stays committed."""


class RetryLaterError(ShowreelError):
    """Deliver the message again."""

    code = "retry_later"

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class InvalidClipError(ShowreelError):
    code = "invalid_output"
