"""Take the turn of a new video, as long as its model has turns left and nothing waits."""

import random
import time
from contextlib import suppress
from datetime import datetime

from msgspec import Struct

from shared.domain.errors import ConflictError, UnreadableRecordError
from shared.domain.given_turns import given_turn, is_late, is_void, turn_of, use_late
from shared.domain.pacing import Pace, is_busy, may_take_turn, take_turns
from shared.domain.queueing import place_again
from shared.domain.schedule import BETWEEN_TURNS, TURN_LEAD, TURN_SLACK
from shared.domain.values import replace
from shared.domain.video import Video
from shared.domain.video_steps import take_place
from shared.ports import Ports
from shared.ports.policy import queue_limit
from shared.use_cases.announcing import report_unreadable
from shared.use_cases.give_turns import give_together, read_pace, waiting_with_turns

# A video that loses so many races for a turn is left to the giver of turns.
_TRIES = 3
_LONGEST_JITTER_SECONDS = 0.5


class Turn(Struct, frozen=True, kw_only=True):
    """With `pace`, the commit of the attempt logs the turn; without, the turn is logged.

    A turn that was given for the moment `at` may be used even if the pace has changed meanwhile.
    """

    pace: Pace | None = None
    at: datetime | None = None


def take_turn(ports: Ports, video: Video) -> Turn | None:
    """Return a turn for a reserved video, or None if it has to wait for one.

    The first video of a second takes its turn with the commit of its attempt. The others of that
    second wait until it is over, and one of them takes turns for all. So the pace is written about
    once a second, for any number of videos. A video that waits is not written: the giver of
    turns finds it.
    """
    pace, now = _read(ports, video), ports.now()
    if pace is None:
        return None
    if at := given_turn(pace, video, now):
        return Turn(at=at)
    if may_take_turn(pace, _rate(ports, video), now) and is_busy(pace, now):
        return _take_together(ports, video)
    return _take_alone(ports, video, pace)


def wait_for_moment(ports: Ports, video: Video, turn: Turn) -> Turn | None:
    """Wait until a given turn may be used. If it is late, it counts from now on.

    So the generator gets no more submissions in any minute than the log has turns. Return None if
    the video needs another turn: the generator has refused a submission since, or the video has
    taken its own turn, was late because its process was being prepared, and now has to wait.
    """
    if turn.pace is not None and ports.now() > turn.pace.turns[-1].at + TURN_SLACK:
        again = take_turn(ports, video)
        if again is None:
            return None
        turn = again
    if turn.at is None:
        return turn
    _sleep_until(ports, turn.at)
    return _given(ports, video, turn.at)


def commit_with_turn(ports: Ports, submitting: Video, turn: Turn) -> Video | None:
    """Commit the attempt together with its turn, or return None if there is no turn any more.

    Raise ConflictError if the video has changed.
    """
    for _ in range(_TRIES):
        if turn.pace is None:
            return ports.campaigns.commit_video(submitting)
        try:
            return ports.turns.commit_attempt(submitting, turn.pace)
        except ConflictError:
            latest = ports.campaigns.get_video(submitting.campaign_id, submitting.video_hash)
            if latest.revision != submitting.revision:
                raise
        # Another video has taken a turn, or the log has changed.
        other = _given(ports, latest, turn.at) if turn.at else _take_together(ports, latest)
        if other is None:
            return None
        turn = other
    return None


def _given(ports: Ports, video: Video, at: datetime) -> Turn | None:
    """Return the turn that was given for `at`, or the one that has replaced it, at its moment."""
    pace = _read(ports, video)
    if pace is None:
        return Turn(at=at)
    given = turn_of(pace, video, at)
    if is_void(pace, given):
        return None
    _sleep_until(ports, given.at)
    now = ports.now()
    if not is_late(given, now):
        return Turn(at=at)
    return Turn(at=at, pace=use_late(pace, video, waiting_with_turns(ports, pace), now))


def _sleep_until(ports: Ports, moment: datetime) -> None:
    seconds = min(moment - ports.now(), TURN_LEAD).total_seconds()
    if seconds > 0:
        time.sleep(seconds)


def _take_together(ports: Ports, video: Video) -> Turn | None:
    """Wait until the second is over, then take turns for all that wait, unless another step has."""
    time.sleep(BETWEEN_TURNS.total_seconds() + random.uniform(0, _LONGEST_JITTER_SECONDS))  # noqa: S311  # Jitter.
    for _ in range(_TRIES):
        pace, now, rate = _read(ports, video), ports.now(), _rate(ports, video)
        if pace is None:
            return None
        if at := given_turn(pace, video, now):
            return Turn(at=at)
        if video.queue is None or not may_take_turn(pace, rate, now):
            return _take_alone(ports, video, pace)
        if give_together(ports, pace, rate, video):
            return Turn()
    return None


def _take_alone(ports: Ports, video: Video, pace: Pace) -> Turn | None:
    """Take a free turn. Without one, record in the pace that a video waits: none overtakes it."""
    now = ports.now()
    if may_take_turn(pace, _rate(ports, video), now):
        return Turn(pace=take_turns(pace, 1, now))
    if video.queue is None:
        place = place_again(video, limit=queue_limit(ports.policy), now=now)
        ports.campaigns.commit_video(take_place(video, place))
    if pace.waiting_since is None:
        with suppress(ConflictError):
            ports.turns.commit_pace(replace(pace, waiting_since=now))
    return None


def _read(ports: Ports, video: Video) -> Pace | None:
    model = video.parameters.model
    try:
        return read_pace(ports, model)
    except UnreadableRecordError as error:
        report_unreadable(model, error.message)
        return None


def _rate(ports: Ports, video: Video) -> int:
    return ports.rates.get(video.parameters.model) or 0
