"""A video generator that renders real clips on this machine, with faults on request."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from shared.adapters.local.clip import render_clip
from shared.adapters.local.synthetic_operation import (
    STOPPED,
    SyntheticOperation,
    decode_operation,
    encode_operation,
)
from shared.domain.errors import (
    GenerationRefusedError,
    GeneratorBusyError,
    ObjectExistsError,
    ObjectNotFoundError,
    StorageError,
    SubmissionUnknownError,
    UnavailableError,
)
from shared.domain.faults import SLOWDOWN, Fault, FaultKind, fault_for
from shared.domain.storage_layout import input_path
from shared.ports import Clock
from shared.ports.object_store import ObjectStore
from shared.ports.video_generator import (
    INPUT_IS_LOST,
    INPUT_MISSING,
    Accepted,
    Failed,
    Gone,
    OperationState,
    Running,
    Submission,
    Succeeded,
)

SHORTEST_CHECK = timedelta(milliseconds=100)
RETRY_AFTER = timedelta(seconds=1)
# Each attempt is recorded in the video: a full disk adds about a hundred until the deadline.
_UNWRITABLE_RETRY = timedelta(seconds=15)
BUSY_ATTEMPTS = 2

_OPERATIONS = "operations/"


class SyntheticVideoGenerator:
    """Stores operations and clips in `objects`, so that any process can check them at any time.

    An operation takes `seconds`, and the first check after that renders its clip. A failure of this
    machine, or an interruption once `is_stopping`, does not end the operation: the next check tries
    again.
    """

    def __init__(
        self,
        objects: ObjectStore,
        *,
        seconds: float,
        faults: tuple[Fault, ...],
        now: Clock,
        is_stopping: Callable[[], bool] = bool,
    ) -> None:
        self._objects = objects
        self._duration = timedelta(seconds=seconds)
        self._faults = faults
        self._now = now
        self._is_stopping = is_stopping

    def submit(self, submission: Submission) -> Accepted:
        fault = fault_for(submission.prompt, self._faults)
        _require_acceptable(submission, fault)
        self._require_pictures(submission)
        operation = self._operation(submission, fault)
        self._keep(operation)
        if fault is FaultKind.ANSWER_LOST:
            # An operation whose name was lost is never checked, so its clip is rendered now.
            with suppress(UnavailableError):
                self._render(operation)
            raise SubmissionUnknownError("The connection was lost before the answer came.")
        return Accepted(operation=f"{_OPERATIONS}{operation.path}", expected_in=self._duration)

    def check(self, operation: str) -> OperationState:
        record = self._record(operation)
        if record is None:
            return Gone()
        try:
            found = decode_operation(record)
        except StorageError as error:
            return Failed(code=error.code, message=error.message)
        return self._state(found)

    def cancel(self, operation: str) -> None:
        record = self._record(operation)
        if record is None:
            return
        # The operation was cancelled before, or its record is damaged: the next check reports it.
        with suppress(ObjectExistsError, StorageError):
            found = decode_operation(record)
            if found.can_cancel and found.done_at > self._now():
                self._objects.put(found.cancelled_path, BytesIO(), content_type="text/plain")

    def _require_pictures(self, submission: Submission) -> None:
        try:
            for picture in submission.parameters.inputs or ():
                self._objects.head(input_path(submission.campaign_id, picture))
        except ObjectNotFoundError as error:
            raise GenerationRefusedError(INPUT_IS_LOST, code=INPUT_MISSING) from error
        except (StorageError, UnavailableError) as error:
            raise GeneratorBusyError(error.message, retry_after=_UNWRITABLE_RETRY) from error

    def _operation(self, submission: Submission, fault: FaultKind | None) -> SyntheticOperation:
        now = self._now()
        duration = self._duration * (SLOWDOWN if fault is FaultKind.SLOW else 1)
        return SyntheticOperation(
            submission=submission, fault=fault, accepted_at=now, done_at=now + duration
        )

    def _keep(self, operation: SyntheticOperation) -> None:
        record = BytesIO(encode_operation(operation))
        try:
            self._objects.put(operation.path, record, content_type="application/json")
        except ObjectExistsError as error:
            raise SubmissionUnknownError("This attempt was submitted before.") from error
        except (StorageError, UnavailableError) as error:
            # Even if the operation is stored, it will not be checked: no clip follows.
            raise GeneratorBusyError(error.message, retry_after=_UNWRITABLE_RETRY) from error

    def _record(self, name: str) -> bytes | None:
        if not name.startswith(_OPERATIONS):
            return None
        try:
            with self._objects.open(name.removeprefix(_OPERATIONS)) as record:
                return record.read()
        except ObjectNotFoundError:
            return None
        except (OSError, StorageError) as error:
            raise UnavailableError("The record of the operation cannot be read.") from error

    def _state(self, operation: SyntheticOperation) -> OperationState:
        if operation.can_cancel and self._has(operation.cancelled_path):
            return STOPPED
        left = operation.done_at - self._now()
        if left > timedelta():
            return Running(check_after=max(left, SHORTEST_CHECK))
        if operation.ending is not None:
            return operation.ending
        if not self._has(operation.clip_path):
            self._render(operation)
        return Succeeded(clip_path=operation.clip_path)

    def _has(self, path: str) -> bool:
        try:
            self._objects.head(path)
        except ObjectNotFoundError:
            return False
        return True

    def _render(self, operation: SyntheticOperation) -> None:
        """Raise UnavailableError if this machine cannot render it."""
        try:
            # A temporary folder would be removed at exit, while threads still render into it.
            with NamedTemporaryFile(suffix=".mp4") as file:
                clip = Path(file.name)
                spec = operation.clip_spec(self._picture)
                render_clip(spec, clip, is_stopping=self._is_stopping)
                if operation.fault is FaultKind.CORRUPT:
                    os.truncate(clip, clip.stat().st_size // 2)
                self._put(operation.clip_path, clip)
        except OSError as error:
            reason = error.strerror or error
            raise UnavailableError(f"The clip could not be rendered: {reason}.") from error
        except (ObjectNotFoundError, StorageError) as error:
            raise UnavailableError(error.message) from error

    def _picture(self, path: str) -> bytes:
        with self._objects.open(path) as content:
            return content.read()

    def _put(self, path: str, clip: Path) -> None:
        # A check in another process may have rendered the same bytes at the same time.
        with clip.open("rb") as content, suppress(ObjectExistsError):
            self._objects.put(path, content, content_type="video/mp4")


def _require_acceptable(submission: Submission, fault: FaultKind | None) -> None:
    if fault is FaultKind.RATE_LIMITED and submission.attempt <= BUSY_ATTEMPTS:
        raise GeneratorBusyError(
            "Quota exceeded for long_running_online_prediction_requests_per_base_model with base "
            f"model: {submission.parameters.model}.",
            retry_after=RETRY_AFTER,
        )
    if fault is FaultKind.REFUSED:
        raise GenerationRefusedError(
            "The generator refused the request as invalid.", code="invalid_request"
        )
