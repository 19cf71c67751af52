"""Give the turns of a model's queue: one process, in the tick, for all waiting videos.

A turn is logged in the pace record before its message is sent. A process that dies in between loses
the turn, and the video is given another. Of two processes, the commit of one is refused.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import chain

from shared.domain.errors import ConflictError, UnreadableRecordError
from shared.domain.given_turns import give_turns, given_to, is_unused, take_turns_back
from shared.domain.model_registry import MODELS
from shared.domain.pacing import Given, Pace, free_turns, turns_each_minute, turns_to_give
from shared.domain.queueing import choose, moment_of_turns
from shared.domain.schedule import GIVE_AGAIN_AFTER, GIVE_EVERY, SURVEY_EVERY, TURN_LEAD
from shared.domain.values import replace
from shared.domain.video import Lane, Video
from shared.ports import Ports
from shared.use_cases.announcing import report_unreadable
from shared.use_cases.publishing import give_turn

logger = logging.getLogger(__name__)

# For a model without a rate, whose videos waited while it had one; and for the step of a video.
_MOST_AT_ONCE = 50

_Waiting = Mapping[Lane, Sequence[Video]]


@contextmanager
def giving_turns(ports: Ports, *, end: datetime) -> Iterator[threading.Thread | None]:
    """Give turns beside the work of the tick, until `end` or until nothing waits.

    Return the thread that gives them. If `end` has come, they are given once, before that work, and
    without TURN_LEAD: the messages stay in this process.
    """
    if ports.now() >= end:
        _give_all(ports, end, timedelta())
        yield None
        return
    arguments = (ports, end, TURN_LEAD)
    giver = threading.Thread(target=_give_all, args=arguments, name="giver", daemon=True)
    giver.start()
    try:
        yield giver
    finally:
        giver.join()


def give_all_turns(ports: Ports, *, end: datetime, lead: timedelta = timedelta()) -> None:
    """Give turns of every model until `end` or until nothing waits; at least once.

    If nothing waits, two reads say so. A clock that is set back does not prolong it.
    """
    models = _models_to_look_at(ports)
    more = max((end - ports.now()) // GIVE_EVERY, 0)
    while models := [model for model in models if give_round(ports, model, lead=lead)]:
        if not more or ports.now() + GIVE_EVERY > end:
            return
        more -= 1
        time.sleep(GIVE_EVERY.total_seconds())


def give_round(ports: Ports, model: str, *, lead: timedelta = timedelta()) -> bool:
    """Give the turns that are free `lead` from now, and return whether more may be given soon.

    The number of calls does not depend on the queue: a read, a page of each lane, one commit and
    one publish.
    """
    now, rate = ports.now(), ports.rates.get(model)
    try:
        pace = read_pace(ports, model)
    except UnreadableRecordError as error:
        report_unreadable(model, error.message)
        return False
    at = moment_of_turns(pace, now, lead=lead)
    found = _waiting(ports, pace, _turns_to_give(pace, rate, at))
    if not any(found.values()):
        _note_empty(ports, pace)
        return False
    known = replace(pace, given=given_to(pace, _all(found), now))
    unused = _unused(known, _all(found), now)
    count = _turns_to_give(take_turns_back(known, unused), rate, at)
    again = unused[:count]
    new, since_bulk = choose(
        _for_giver(known, found, now), count - len(again), since_bulk=pace.since_bulk
    )
    latest = _surveyed(ports, pace, rate, now)
    if chosen := (*again, *new):
        latest = take_turns_back(replace(latest, given=known.given), again)
        latest = give_turns(latest, chosen, since_bulk=since_bulk, now=at)
        latest = replace(latest, waiting_since=pace.waiting_since or now)
    if latest is not pace and _is_committed(ports, latest):
        give_turn(ports, *chosen, at=at)
    return rate != 0


def give_together(ports: Ports, pace: Pace, rate: int, video: Video) -> bool:
    """Give the free turns to waiting videos, in the step of `video`. Return whether it has one.

    If more waits than there are turns, only the giver gives any from now on. Of several such steps,
    the commit of one succeeds.
    """
    now = at = ports.now()
    count = min(free_turns(pace, rate, now), _MOST_AT_ONCE)
    found = _waiting(ports, pace, count)
    given = given_to(pace, _all(found), now)
    waiting = _without(given, found)
    chosen, since_bulk = choose(waiting, count, since_bulk=pace.since_bulk)
    if not chosen:
        return False
    latest = replace(pace, given=given)
    if len(chosen) < sum(map(len, waiting.values())):
        latest = replace(_surveyed(ports, latest, rate, now), waiting_since=now)
        at = moment_of_turns(pace, now, lead=TURN_LEAD)
    latest = give_turns(latest, chosen, since_bulk=since_bulk, now=at)
    if not _is_committed(ports, latest):
        return False
    others = [each for each in chosen if each.id != video.id]
    give_turn(ports, *others, at=at)
    return len(others) < len(chosen)


def waiting_with_turns(ports: Ports, pace: Pace) -> list[Video]:
    """Return the videos that were given turns and still wait."""
    ids = {each.video_id for each in pace.given}
    return [video for video in _all(_waiting(ports, pace, 0)) if video.id in ids]


def read_pace(ports: Ports, model: str) -> Pace:
    """Return the pace of a model. A damaged one is reported and replaced.

    Raise UnreadableRecordError if a newer release has written it: that release gives the turns.
    """
    try:
        return ports.turns.get_pace(model)
    except UnreadableRecordError as error:
        if error.is_newer or not error.revision:
            raise
        report_unreadable(model, error.message)
        return Pace(model=model, revision=error.revision)


def _give_all(ports: Ports, end: datetime, lead: timedelta) -> None:
    try:
        give_all_turns(ports, end=end, lead=lead)
    except Exception:
        # A thread has no caller. The next tick tries again.
        logger.exception("turns.failed")


def _models_to_look_at(ports: Ports) -> list[str]:
    """Return all models if a video waits, else those whose videos have waited."""
    if ports.turns.anything_waits():
        return list(MODELS)
    paces = ports.turns.get_paces(MODELS)
    return [model for model, pace in paces.items() if pace.waiting_since is not None]


def _turns_to_give(pace: Pace, rate: int | None, now: datetime) -> int:
    return _MOST_AT_ONCE if rate is None else turns_to_give(pace, rate, now)


def _waiting(ports: Ports, pace: Pace, count: int) -> _Waiting:
    """Return the first that wait in each lane: `count`, one more, and those that have turns."""
    limit = count + len(pace.given) + 1
    return {lane: ports.turns.waiting(pace.model, lane, limit=limit) for lane in Lane}


def _all(waiting: _Waiting) -> Iterator[Video]:
    return chain.from_iterable(waiting.values())


def _unused(pace: Pace, videos: Iterable[Video], now: datetime) -> list[Video]:
    ids = {each.video_id for each in pace.given if is_unused(each, now)}
    return [video for video in videos if video.id in ids]


def _without(given: Iterable[Given], waiting: _Waiting) -> _Waiting:
    ids = {each.video_id for each in given}
    return {
        lane: [each for each in videos if each.id not in ids] for lane, videos in waiting.items()
    }


def _for_giver(pace: Pace, waiting: _Waiting, now: datetime) -> _Waiting:
    """Leave out videos that have a turn, or may still take their own turns."""
    latest = now if pace.waiting_since is not None else now - GIVE_AGAIN_AFTER
    return {
        lane: [each for each in videos if each.created_at <= latest]
        for lane, videos in _without(pace.given, waiting).items()
    }


def _note_empty(ports: Ports, pace: Pace) -> None:
    """Let new videos take their own turns again."""
    if pace.waiting_since is not None or pace.lanes:
        _is_committed(ports, replace(pace, waiting_since=None, lanes=()))


def _surveyed(ports: Ports, pace: Pace, rate: int | None, now: datetime) -> Pace:
    """Count the waiting videos, unless that was done recently."""
    if pace.lanes and all(now < seen.seen_at + SURVEY_EVERY for seen in pace.lanes):
        return pace
    lanes = tuple(ports.turns.survey(pace.model, lane, now=now) for lane in Lane)
    surveyed = replace(pace, lanes=lanes)
    _report(ports, surveyed, rate, now)
    return surveyed


def _report(ports: Ports, pace: Pace, rate: int | None, now: datetime) -> None:
    """Log the queue, as a warning if its last video will not have its turn in time."""
    waiting = sum(seen.waiting for seen in pace.lanes)
    each_minute = turns_each_minute(pace, rate, now) if rate is not None else _MOST_AT_ONCE
    hours = waiting / each_minute / 60 if each_minute else None
    about = {
        "model": pace.model,
        "waiting": waiting,
        "lanes": {seen.lane: seen.waiting for seen in pace.lanes},
        "each_minute": each_minute,
        "hours": None if hours is None else round(hours, 2),
    }
    if hours is None or hours > ports.policy.queue_limit_hours:
        logger.warning("queue.late", extra=about)
    else:
        logger.info("queue.seen", extra=about)


def _is_committed(ports: Ports, pace: Pace) -> bool:
    """Return whether no other process has changed the pace meanwhile."""
    with suppress(ConflictError):
        ports.turns.commit_pace(pace)
        return True
    return False
