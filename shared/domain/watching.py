"""What counts of plays say, as rates: each with its denominator, and None if nothing is known."""

from collections.abc import Iterable

from msgspec import Struct

from shared.domain.plays import SLICES, Counts
from shared.domain.proportions import Proportion, wilson_interval

_MS = 1000


class Rate(Struct, frozen=True, kw_only=True):
    """A rate with its 95 % interval, `of` so many trials. Without trials nothing is known."""

    value: float | None
    low: float | None
    high: float | None
    of: int


class Watched(Struct, frozen=True, kw_only=True):
    """Every rate is one of `counts.plays`.

    `impressions` is None where players report none. `watched` is the part of the clip that a play
    has seen on average.
    """

    counts: Counts
    impressions: int | None
    view_rate: Rate
    q25: Rate
    q50: Rate
    q75: Rate
    completion: Rate
    retention: tuple[Rate, ...]
    average_watch_seconds: float | None
    watched: float | None


def rate_of(hits: int, trials: int) -> Rate:
    if not trials:
        return Rate(value=None, low=None, high=None, of=0)
    found = Proportion(hits=hits, trials=trials)
    low, high = wilson_interval(found)
    return Rate(value=found.rate, low=low, high=high, of=trials)


def watched(counts: Counts) -> Watched:
    plays = counts.plays
    return Watched(
        counts=counts,
        impressions=counts.impressions if counts.impressions or not plays else None,
        view_rate=rate_of(counts.views, plays),
        q25=rate_of(counts.q25, plays),
        q50=rate_of(counts.q50, plays),
        q75=rate_of(counts.q75, plays),
        completion=rate_of(counts.q100, plays),
        retention=tuple(rate_of(each, plays) for each in counts.bins),
        average_watch_seconds=counts.played_ms / _MS / plays if plays else None,
        watched=sum(counts.bins) / (SLICES * plays) if plays else None,
    )


def total(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())
