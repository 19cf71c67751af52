"""A generator with a quota, which answers as Veo does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from itertools import count
from random import Random

from shared.domain.errors import GeneratorBusyError, UnavailableError
from shared.ports.object_store import ObjectStore
from shared.ports.video_generator import (
    FILTERED,
    Accepted,
    Failed,
    Gone,
    OperationState,
    Running,
    Submission,
    Succeeded,
)
from tools.emulated_cloud.vertex.quota import Quota
from tools.in_memory.clip import A_CLIP
from tools.simulate.clock import SimulatedClock

CLIP_SECONDS = 90.0

_ACCEPTED_SECONDS, _REFUSED_SECONDS, _UNREACHED_SECONDS, _CHECKED_SECONDS = 1.1, 0.3, 0.1, 0.3
# What shared/adapters/google/ reads from Veo's answers.
_BUSY = timedelta(seconds=60)
_UNREACHED = timedelta(seconds=15)
_CHECK_AFTER = timedelta(seconds=20)


@dataclass(kw_only=True)
class Operation:
    submission: Submission
    accepted_at: float
    is_filtered: bool
    clip_path: str | None = None

    @property
    def ends_at(self) -> float:
        return self.accepted_at + CLIP_SECONDS


@dataclass(kw_only=True)
class SimulatedGenerator:
    """Writes a clip 90 s after its submission and calls `announce` with its path.

    The share `filtered` of the clips is blocked by the safety filter; nothing is announced then.
    """

    clock: SimulatedClock
    quota: Quota
    objects: ObjectStore
    announce: Callable[[str], None]
    random: Random
    filtered: float = 0.0
    is_down: Callable[[float], bool] = lambda _: False
    operations: dict[str, Operation] = field(default_factory=dict)
    refused: int = 0
    unreached: int = 0

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def submit(self, submission: Submission) -> Accepted:
        self.clock.sleep(_UNREACHED_SECONDS)
        if self.is_down(self.clock.seconds):
            self.unreached += 1
            raise GeneratorBusyError("The generator is not reached.", retry_after=_UNREACHED)
        if not self.quota.takes(self.clock.seconds):
            self.clock.sleep(_REFUSED_SECONDS)
            self.refused += 1
            raise GeneratorBusyError("Quota exceeded.", retry_after=_BUSY)
        operation = Operation(
            submission=submission,
            accepted_at=self.clock.seconds,
            is_filtered=self.random.random() < self.filtered,
        )
        name = f"operations/{next(self._numbers)}"
        self.operations[name] = operation
        if not operation.is_filtered:
            self.clock.start(lambda: self._write_clip(operation), after=CLIP_SECONDS)
        self.clock.sleep(_ACCEPTED_SECONDS)
        return Accepted(operation=name, expected_in=timedelta(seconds=CLIP_SECONDS))

    def check(self, operation: str) -> OperationState:
        self.clock.sleep(_CHECKED_SECONDS)
        if self.is_down(self.clock.seconds):
            raise UnavailableError("The generator is not reached.")
        known = self.operations.get(operation)
        if known is None:
            return Gone()
        if self.clock.seconds < known.ends_at:
            return Running(check_after=_CHECK_AFTER)
        if known.clip_path is not None:
            return Succeeded(clip_path=known.clip_path)
        return Failed(code=FILTERED, message="The safety filter blocked the clip.")

    def cancel(self, operation: str) -> None:
        """It is not stopped."""

    def _write_clip(self, operation: Operation) -> None:
        path = f"{operation.submission.output_prefix}sample_0.mp4"
        self.objects.put(path, BytesIO(A_CLIP), content_type="video/mp4")
        operation.clip_path = path
        self.announce(path)
