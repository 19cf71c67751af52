"""The turns that were given to videos: used in time, used late, void, or lost."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from shared.domain.pacing import Given, LaneSeen, Pace, second_of, take_turns
from shared.domain.schedule import GIVE_AGAIN_AFTER, TURN_LIFE, TURN_SLACK, TURN_WINDOW
from shared.domain.values import replace
from shared.domain.video import Video


def given_turn(pace: Pace, video: Video, now: datetime) -> datetime | None:
    """Return the moment of a given turn that the video may use. After a refusal it may not."""
    given = [each.at for each in pace.given if each.video_id == video.id]
    may_be_used = given and not pace.refusals and now < given[-1] + TURN_LIFE
    return given[-1] if may_be_used else None


def turn_of(pace: Pace, video: Video, at: datetime) -> Given:
    """Return the turn of a video that was given one for `at`: another may have replaced it."""
    own = (each for each in reversed(pace.given) if each.video_id == video.id)
    return next(own, Given(video_id=video.id, at=at))


def is_void(pace: Pace, given: Given) -> bool:
    """Whether the generator has refused a submission since the turn was given."""
    return pace.blocked_until is not None and given.at < pace.blocked_until


def is_late(given: Given, now: datetime) -> bool:
    """Whether the turn would be used later than it counts in the log."""
    return now > given.counts_from + TURN_SLACK


def give_turns(pace: Pace, videos: Sequence[Video], *, since_bulk: int, now: datetime) -> Pace:
    """Log a turn for each of these videos, which `choose` has chosen."""
    taken = take_turns(pace, len(videos), now)
    given = tuple(Given(video_id=video.id, at=now) for video in videos)
    lanes = tuple(_less(seen, videos) for seen in pace.lanes)
    return replace(taken, given=(*taken.given, *given), lanes=lanes, since_bulk=since_bulk)


def given_to(pace: Pace, waiting: Iterable[Video], now: datetime) -> tuple[Given, ...]:
    """Return the turns that count and were given to videos that still wait."""
    ids, since = {video.id for video in waiting}, now - TURN_WINDOW
    return tuple(each for each in pace.given if each.video_id in ids and each.at > since)


def is_unused(given: Given, now: datetime) -> bool:
    """Whether the message of a video that still waits has had the time to arrive."""
    return given.at <= now - GIVE_AGAIN_AFTER


def take_turns_back(pace: Pace, videos: Collection[Video]) -> Pace:
    """Take out of the log the turns of videos that are given another: they use one of the two."""
    ids = {video.id for video in videos}
    unused = Counter(second_of(each.counts_from) for each in pace.given if each.video_id in ids)
    turns = (replace(each, count=each.count - unused[second_of(each.at)]) for each in pace.turns)
    return replace(
        pace,
        turns=tuple(each for each in turns if each.count > 0),
        given=tuple(each for each in pace.given if each.video_id not in ids),
    )


def use_late(pace: Pace, video: Video, waiting: Collection[Video], now: datetime) -> Pace:
    """Let the late turn of a video count from now on, and every other one of those that wait.

    So one write logs all the turns that are used late within a second.
    """
    late = {
        each.video_id
        for each in given_to(pace, waiting, now)
        if is_late(each, now) and not is_void(pace, each)
    }
    videos = [video, *(each for each in waiting if each.id in late - {video.id})]
    # A probe that is late does not exclude another one.
    moved = take_turns(take_turns_back(replace(pace, probed_at=None), videos), len(videos), now)
    given = (
        replace(each, counted_at=now) if each.video_id in late else each
        for each in pace.given
        if each.video_id != video.id
    )
    return replace(moved, given=tuple(given))


def _less(seen: LaneSeen, videos: Sequence[Video]) -> LaneSeen:
    places = [each.queue for each in videos if each.queue and each.queue.lane is seen.lane]
    if not places:
        return seen
    first = max(place.order for place in places)
    return replace(seen, waiting=max(seen.waiting - len(places), 0), first=first)
