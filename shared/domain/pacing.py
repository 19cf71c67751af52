"""How fast the videos of one model are submitted: a log of the turns taken in the last minute.

A turn permits one submission. No more turns are taken within `TURN_WINDOW` than the model's rate,
which holds under a quota for each minute of the clock as well as under one for any 60 seconds.
Refusals of the generator lower the pace for a while.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from msgspec import Struct, field

from shared.domain.schedule import (
    BETWEEN_TURNS,
    FIRST_BLOCK,
    GIVE_EVERY,
    LONGEST_BLOCK,
    PROBE,
    SECOND_REFUSAL,
    TURN_LEAD,
    TURN_WINDOW,
)
from shared.domain.values import replace
from shared.domain.video import Lane

_MINUTE = timedelta(minutes=1)
_WHOLE = 100
_SLOWER = 80
_LOWEST_PERCENT = 10
_PERCENT_BACK_EACH_MINUTE = 3
_MOST_DOUBLINGS = 10
# While turns are given they are given evenly, faster than the pace by this: it makes up for pauses.
CATCHING_UP = 1.25
_LONGEST_CATCHING_UP = timedelta(seconds=10)


class Turns(Struct, frozen=True, kw_only=True):
    """`count` turns that were taken within a second; `at` is the time of the last one."""

    at: datetime
    count: int


class Given(Struct, frozen=True, kw_only=True):
    """A turn that was given to a video for the moment `at`, and is not known to be used.

    One that is still unused after that moment counts from `counted_at`.
    """

    video_id: str
    at: datetime
    counted_at: datetime | None = None

    @property
    def counts_from(self) -> datetime:
        return self.counted_at or self.at


class LaneSeen(Struct, frozen=True, kw_only=True):
    """The videos that waited in a lane at `seen_at`, less those that have had turns since."""

    lane: Lane
    waiting: int
    first: datetime | None
    last: datetime | None
    seen_at: datetime


class Pace(Struct, frozen=True, kw_only=True):
    """The record of a model's turns. Its size does not grow with the queue.

    While videos wait, since `waiting_since`, only the giver of turns takes any, for those that wait
    for longest. Nothing is submitted before `blocked_until`; `refusals` counts those in a row, and
    at `probed_at` the first submission after a block began. `percent` is the share of the rate that
    was left at `refused_at`, and has recovered since then. `since_bulk` counts the interactive
    turns since the last one of bulk. `revision` is empty for a record that is not stored yet.
    `unread` is as in a video.
    """

    model: str
    turns: tuple[Turns, ...] = ()
    given: tuple[Given, ...] = ()
    waiting_since: datetime | None = None
    blocked_until: datetime | None = None
    refusals: int = 0
    probed_at: datetime | None = None
    refused_at: datetime | None = None
    percent: int = _WHOLE
    since_bulk: int = 0
    lanes: tuple[LaneSeen, ...] = ()
    revision: str = ""
    unread: Mapping[tuple[object, ...], Mapping[str, Any]] = field(default_factory=dict)

    def lane(self, lane: Lane) -> LaneSeen | None:
        return next((seen for seen in self.lanes if seen.lane is lane), None)


def turns_each_minute(pace: Pace, rate: int, now: datetime) -> int:
    """Return the present pace: the rate, less what refusals have taken from it."""
    if not rate:
        return 0
    return max(1, rate * _percent(pace, now) // _WHOLE)


def free_turns(pace: Pace, rate: int, now: datetime) -> int:
    """Return how many turns may be taken now. After a block one video probes the generator."""
    if pace.blocked_until is not None and now < pace.blocked_until:
        return 0
    taken = sum(turns.count for turns in pace.turns if turns.at > now - TURN_WINDOW)
    free = max(turns_each_minute(pace, rate, now) - taken, 0)
    if not pace.refusals or _is_probed(pace, now):
        return free
    return min(free, 1) if pace.probed_at is None else 0


def may_take_turn(pace: Pace, rate: int, now: datetime) -> bool:
    """Whether a new video may take its own turn: no video waits, and a turn is free."""
    return pace.waiting_since is None and free_turns(pace, rate, now) > 0


def is_busy(pace: Pace, now: datetime) -> bool:
    """Whether the record was written too recently for a new video to write it again."""
    return bool(pace.turns) and abs(now - pace.turns[-1].at) < BETWEEN_TURNS


def turns_to_give(pace: Pace, rate: int, now: datetime) -> int:
    """Return how many of the free turns to give now: they are spread, not given in a burst."""
    since = now - pace.turns[-1].at if pace.turns else _LONGEST_CATCHING_UP
    since = min(max(since, GIVE_EVERY), _LONGEST_CATCHING_UP)
    evenly = ceil(turns_each_minute(pace, rate, now) * (since / _MINUTE) * CATCHING_UP)
    return min(free_turns(pace, rate, now), evenly)


def take_turns(pace: Pace, count: int, now: datetime) -> Pace:
    """Log turns, and forget those that no longer count. The first one after a block is a probe.

    `now` may be the moment for which they are given: earlier turns may still be taken until then.
    """
    since = now - TURN_LEAD - TURN_WINDOW
    log = {second_of(each.at): each for each in pace.turns if each.at > since}
    same = log.get(second_of(now), Turns(at=now, count=0))
    log[second_of(now)] = Turns(at=max(same.at, now), count=same.count + count)
    given = tuple(each for each in pace.given if each.at > now - TURN_WINDOW)
    taken = replace(pace, turns=tuple(log[second] for second in sorted(log)), given=given)
    if not pace.refusals:
        return taken
    if _is_probed(pace, now):
        return replace(taken, refusals=0, blocked_until=None, probed_at=None)
    return replace(taken, probed_at=pace.probed_at or now)


def refused(pace: Pace, *, retry_after: timedelta, now: datetime) -> Pace:
    """Block submissions for a while after a refusal, and lower the pace after a second one.

    Submissions that are refused while it is blocked were under way: then the same object is
    returned. A single refusal may be due to messages that are not equally fast, so the first block
    is short, and the pace is lowered by a second one soon after. A probe that is refused doubles
    the block, and leaves the pace as it is.
    """
    if pace.blocked_until is not None and now < pace.blocked_until:
        return pace
    latest = replace(take_turns(pace, 0, now), probed_at=None)
    if not latest.refusals:
        is_second = pace.refused_at is not None and now < pace.refused_at + SECOND_REFUSAL
        percent = _percent(pace, now)
        lower = max(percent * _SLOWER // _WHOLE, _LOWEST_PERCENT) if is_second else percent
        block = FIRST_BLOCK
        latest = replace(latest, refused_at=now, percent=lower)
    else:
        doubled = retry_after * 2 ** min(latest.refusals - 1, _MOST_DOUBLINGS)
        block = max(min(doubled, LONGEST_BLOCK), retry_after, FIRST_BLOCK)
    return replace(latest, refusals=latest.refusals + 1, blocked_until=now + block)


def _is_probed(pace: Pace, now: datetime) -> bool:
    return pace.probed_at is not None and now >= pace.probed_at + PROBE


def _percent(pace: Pace, now: datetime) -> int:
    if pace.refused_at is None:
        return _WHOLE
    recovered = int((now - pace.refused_at) / _MINUTE * _PERCENT_BACK_EACH_MINUTE)
    return min(_WHOLE, pace.percent + max(recovered, 0))


def second_of(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
