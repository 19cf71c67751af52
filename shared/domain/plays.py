"""Who watched what: the beacons of one view merge into one record, and its counts are added up.

A beacon has the whole state of its view so far. They are merged by the larger number and the union
of what was watched, so that a repeated, late or lost one changes no total.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from shared.domain.errors import InvalidRequestError
from shared.domain.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.domain.play_tokens import PlayToken

SLICES = 32
MOST_BEACONS = 20
"""How many beacons of one view are accepted."""

VIEW_LIFETIME = timedelta(hours=48)
"""How long a view is kept after its first beacon: longer than any token lets it grow."""

_COMPLETE_SLICES = 31
_VIEW_MS = 2000
_SLACK = timedelta(seconds=5)
# How often a view may have begun again, by a loop or by its viewer.
_MOST_ROUNDS = 100
# No browser plays faster.
_FASTEST = 16
_ALL = (1 << SLICES) - 1
# What a view has of its token.
_NAMED = ("video_id", "experiment_id", "arm", "duration_ms", "issued_at")
# Of what a view says, the larger number is true, or whichever flag is set.
_GROWING = (
    *("seq", "played_ms", "visible_ms", "loops", "replays", "stalls"),
    *("ended", "muted", "autoplay", "error", "impression", "simulated"),
)


class Beacon(Struct, frozen=True, kw_only=True):
    """The state of a view, as its page reports it.

    `played_ms` is the time in which the clip moved, and `visible_ms` the part of it in which half
    of the player could be seen. Bit `i` of `bins` is slice `i` of the clip: playback has passed
    through it. `loops` and `replays` say how often it began again, by itself and by the viewer.
    `seq` numbers the beacons of a view. A `simulated` one was made by a program.
    """

    view: str
    seq: int
    token: str
    played_ms: int = 0
    visible_ms: int = 0
    bins: int = 0
    loops: int = 0
    replays: int = 0
    stalls: int = 0
    ended: bool = False
    muted: bool = False
    autoplay: bool = False
    error: bool = False
    impression: bool = False
    simulated: bool = False


class View(Struct, frozen=True, kw_only=True):
    """One page load of a video: what its beacons so far say together.

    `issued_at` is that of the earliest token, `day` that of the first beacon (UTC). The times are
    as they were claimed; `counts_of` accepts them as far as `last_at` allows.
    """

    video_id: str
    experiment_id: str | None
    arm: int | None
    duration_ms: int
    issued_at: datetime
    first_at: datetime
    last_at: datetime
    beacons: int
    seq: int
    played_ms: int
    visible_ms: int
    bins: int
    loops: int
    stalls: int
    ended: bool
    muted: bool
    autoplay: bool
    error: bool
    impression: bool
    replays: int = 0
    simulated: bool = False

    @property
    def day(self) -> date:
        return self.first_at.date()


class Counts(Struct, frozen=True, kw_only=True):
    """Sums over views, as is each entry of `bins`; `exposures` are assignments of an arm.

    A play is a view whose clip moved, however often it looped: every rate is one of `plays`. Of
    these, `views` were seen for 2 s or completed; `q25`, `q50` and `q75` have all slices up to
    there; `q100` have 31 of 32. `clipped` are those that claimed more time than they can have
    played. `simulated` are the plays that a program made; they are part of all other sums.
    """

    exposures: int = 0
    impressions: int = 0
    plays: int = 0
    views: int = 0
    q25: int = 0
    q50: int = 0
    q75: int = 0
    q100: int = 0
    played_ms: int = 0
    stalls: int = 0
    errors: int = 0
    clipped: int = 0
    simulated: int = 0
    bins: tuple[int, ...] = (0,) * SLICES

    def __add__(self, other: Counts) -> Counts:
        return _combined(self, other, lambda one, two: one + two)

    def __sub__(self, other: Counts) -> Counts:
        return _combined(self, other, lambda one, two: one - two)


class CountsKey(Struct, frozen=True, kw_only=True):
    """What counts are kept apart by. A version is a video."""

    video_id: str
    experiment_id: str | None = None
    arm: int | None = None
    day: date

    @classmethod
    def of(cls, view: View) -> CountsKey:
        return cls(
            video_id=view.video_id,
            experiment_id=view.experiment_id,
            arm=view.arm,
            day=view.day,
        )


def merge(view: View | None, beacon: Beacon, token: PlayToken, now: datetime) -> View:
    """Return the view with what a beacon adds; the same view if it has too many beacons already.

    Raise InvalidRequestError for a beacon that cannot be of this view, or of any.
    """
    _require_possible(beacon, token)
    if view is None:
        return _begun(beacon, token, now)
    if (view.video_id, view.experiment_id, view.arm) != (
        token.video_id,
        token.experiment_id,
        token.arm,
    ):
        raise InvalidRequestError("This view is one of another video.", param="view")
    if view.beacons >= MOST_BEACONS:
        return view
    larger: dict[str, Any] = {
        name: max(getattr(view, name), getattr(beacon, name)) for name in _GROWING
    }
    return replace(
        view,
        issued_at=min(view.issued_at, token.issued_at),
        last_at=max(view.last_at, now),
        beacons=view.beacons + 1,
        bins=view.bins | beacon.bins,
        **larger,
    )


def counts_of(view: View | None) -> Counts:
    """Return what a view adds to the counts of its key."""
    if view is None:
        return Counts()
    most_ms = _most_ms(view)
    played_ms = min(view.played_ms, most_ms)
    if played_ms <= 0:
        return Counts(impressions=int(view.impression), errors=int(view.error))
    is_complete = view.bins.bit_count() >= _COMPLETE_SLICES
    is_seen = min(view.visible_ms, played_ms) >= _VIEW_MS
    return Counts(
        impressions=int(view.impression),
        plays=1,
        views=int(is_complete or is_seen),
        q25=_watched(view, SLICES // 4),
        q50=_watched(view, SLICES // 2),
        q75=_watched(view, SLICES * 3 // 4),
        q100=int(is_complete),
        played_ms=played_ms,
        bins=tuple(view.bins >> each & 1 for each in range(SLICES)),
        stalls=view.stalls,
        errors=int(view.error),
        clipped=int(view.played_ms > most_ms),
        simulated=int(view.simulated),
    )


def _most_ms(view: View) -> int:
    """Return the time that can have been played: each round has the clip, and a slice to spare."""
    passed_ms = (view.last_at - view.issued_at + _SLACK) // timedelta(milliseconds=1)
    rounds = min(1 + view.loops + view.replays, _MOST_ROUNDS)
    return min(passed_ms, rounds * view.duration_ms * (SLICES + 1) // SLICES)


def _begun(beacon: Beacon, token: PlayToken, now: datetime) -> View:
    named: dict[str, Any] = {name: getattr(token, name) for name in _NAMED}
    state: dict[str, Any] = {name: getattr(beacon, name) for name in _GROWING}
    return View(**named, first_at=now, last_at=now, beacons=1, bins=beacon.bins, **state)


def _require_possible(beacon: Beacon, token: PlayToken) -> None:
    """Raise InvalidRequestError if a beacon is of another view, or was never possible."""
    if token.view not in (None, beacon.view):
        raise InvalidRequestError("The token is one of another view.", param="token")
    # The first and the last slice may have been touched only.
    slices_ms = (beacon.bins.bit_count() - 2) * token.duration_ms / SLICES
    if beacon.bins & ~_ALL or slices_ms > beacon.played_ms * _FASTEST:
        raise InvalidRequestError("The watched slices do not fit played_ms.", param="bins")


def _watched(view: View, slices: int) -> int:
    """Return 1 if every one of the first slices was watched."""
    wanted = (1 << slices) - 1
    return int(view.bins & wanted == wanted)


def _combined(one: Counts, two: Counts, by: Callable[[int, int], int]) -> Counts:
    values: dict[str, Any] = {
        name: by(getattr(one, name), getattr(two, name))
        for name in Counts.__struct_fields__
        if name != "bins"
    }
    return Counts(**values, bins=tuple(map(by, one.bins, two.bins)))
