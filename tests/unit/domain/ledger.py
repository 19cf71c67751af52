"""A second, simpler opinion on what a campaign holds: what happened, told video by video."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from shared.domain.campaign import Money, Slot
from shared.domain.video import AttemptOutcome, VersionState, Video

ZERO = Decimal(0)


@dataclass
class Place:
    """What a slot should hold; the latest replaced comes first in `historical`."""

    current: str | None = None
    pending: str | None = None
    historical: list[str] = field(default_factory=list)

    @property
    def is_free(self) -> bool:
        return self.current is None and self.pending is None

    def show(self, video_hash: str) -> None:
        self.take_out(video_hash)
        if self.current is not None:
            self.historical.insert(0, self.current)
        self.current = video_hash

    def keep(self, video_hash: str) -> None:
        self.take_out(video_hash)
        self.historical.insert(0, video_hash)

    def take_out(self, video_hash: str) -> None:
        if self.current == video_hash:
            self.current = None
        if self.pending == video_hash:
            self.pending = None
        if video_hash in self.historical:
            self.historical.remove(video_hash)

    def state_of(self, video_hash: str) -> VersionState | None:
        if video_hash == self.current:
            return VersionState.CURRENT
        if video_hash == self.pending:
            return VersionState.PENDING
        return VersionState.HISTORICAL if video_hash in self.historical else None


def place_of(slot: Slot) -> Place:
    """Return what `slot` says, in the words of the model."""
    return Place(
        current=slot.current.video_hash if slot.current else None,
        pending=slot.pending.video_hash if slot.pending else None,
        historical=[version.video_hash for version in slot.historical],
    )


def money_of(entries: Iterable[tuple[Video, AttemptOutcome]]) -> Money:
    """Sum up videos by what became of their dollars; OPEN are those still reserved."""
    kept = list(entries)

    def total(outcome: AttemptOutcome, *, only_simulated: bool = False) -> Decimal:
        return sum(
            (
                video.cost.estimated
                for video, became in kept
                if became is outcome and (video.cost.simulated or not only_simulated)
            ),
            ZERO,
        )

    return Money(
        reserved=total(AttemptOutcome.OPEN),
        spent=total(AttemptOutcome.BILLED),
        simulated=total(AttemptOutcome.BILLED, only_simulated=True),
        possibly_spent=total(AttemptOutcome.POSSIBLY_BILLED),
    )
