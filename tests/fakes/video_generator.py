"""A video generator that goes as a test says."""

from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

from shared.domain.errors import ShowreelError
from shared.ports.object_store import ObjectStore, PutMode
from shared.ports.video_generator import (
    Accepted,
    Failed,
    Gone,
    OperationState,
    Running,
    Submission,
    Succeeded,
)
from tools.in_memory.clip import A_CLIP


@dataclass(frozen=True, kw_only=True)
class Script:
    """How one submission goes.

    `raises` is what `submit` raises; no operation is known then, unless it `is_accepted` before
    and only the answer is lost. After `running_checks` an operation has its `ending`: the bytes of
    a clip, an answer, or an error that `check` raises. A clip costs `usd`, if they are counted.
    """

    raises: ShowreelError | None = None
    is_accepted: bool = False
    running_checks: int = 0
    ending: bytes | Failed | Gone | ShowreelError = A_CLIP
    usd: Decimal | None = None


@dataclass(kw_only=True)
class Operation:
    """`clip_path` is where its clip appeared, once it did."""

    submission: Submission
    script: Script
    checks: int = 0
    clip_path: str | None = None


class FakeVideoGenerator:
    """Keeps its operations in memory, and its clips in `objects`.

    `submissions` holds every one that was made, also those that raised.
    """

    def __init__(self, objects: ObjectStore, *scripts: Script) -> None:
        self._objects = objects
        self._scripts = deque(scripts)
        self.submissions: list[Submission] = []
        self.operations: dict[str, Operation] = {}
        self.cancelled: list[str] = []
        self.expected_in = timedelta(seconds=60)
        self.check_after = timedelta(seconds=20)

    def will(self, *scripts: Script) -> None:
        """Let the next submissions go like this, each once. All others succeed at once."""
        self._scripts.extend(scripts)

    def submit(self, submission: Submission) -> Accepted:
        self.submissions.append(submission)
        script = self._scripts.popleft() if self._scripts else Script()
        if script.raises is not None and not script.is_accepted:
            raise script.raises
        name = f"operations/{len(self.submissions)}"
        self.operations[name] = Operation(submission=submission, script=script)
        if script.raises is not None:
            raise script.raises
        return Accepted(operation=name, expected_in=self.expected_in)

    def check(self, operation: str) -> OperationState:
        known = self.operations.get(operation)
        if known is None:
            return Gone()
        known.checks += 1
        if known.checks <= known.script.running_checks:
            return Running(check_after=self.check_after)
        return self._end(known)

    def cancel(self, operation: str) -> None:
        self.cancelled.append(operation)

    def let_clips_appear(self) -> tuple[Submission, ...]:
        """Write the clips that are to come, as Veo does unasked, and return whose they are."""
        ready = [
            known
            for known in self.operations.values()
            if isinstance(known.script.ending, bytes) and known.clip_path is None
        ]
        for known in ready:
            self._end(known)
        return tuple(known.submission for known in ready)

    def write_clip(self, submission: Submission, content: bytes = A_CLIP) -> str:
        """Let a clip appear that was not asked for yet, and return its path."""
        path = f"{submission.output_prefix}sample_0.mp4"
        self._objects.put(path, BytesIO(content), content_type="video/mp4", mode=PutMode.OVERWRITE)
        return path

    def _end(self, operation: Operation) -> OperationState:
        ending = operation.script.ending
        if isinstance(ending, ShowreelError):
            raise ending
        if not isinstance(ending, bytes):
            return ending
        if operation.clip_path is None:
            operation.clip_path = self.write_clip(operation.submission, ending)
        return Succeeded(clip_path=operation.clip_path, usd=operation.script.usd)
