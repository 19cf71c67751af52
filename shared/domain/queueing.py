"""The places in a model's queue: in which order videos wait, and when their turn comes."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil

from msgspec import Struct

from shared.domain.campaign import Campaign, Flow
from shared.domain.pacing import CATCHING_UP, LaneSeen, Pace, turns_each_minute
from shared.domain.schedule import GIVE_EVERY, GIVING_PAUSE, TURN_WINDOW, USUAL_GENERATION
from shared.domain.values import replace
from shared.domain.video import Lane, Phase, QueuePlace, Video

_MINUTE = timedelta(minutes=1)
# Of five turns, bulk has one while both lanes wait.
_TURNS_BEFORE_BULK = 4
_SHARES = {Lane.INTERACTIVE: 0.8, Lane.BULK: 0.2}


class QueueEstimate(Struct, frozen=True, kw_only=True):
    """When the turn of a waiting video comes, as far as that is known.

    `position` is 1 for the next of its lane. `reason` says why nothing is submitted at present.
    """

    position: int
    expected_submission_at: datetime | None
    reason: str | None = None


def spacing(rate: int) -> timedelta:
    """Return the time between two places of one flow."""
    return _MINUTE / max(rate, 1)


def place_in_queue(
    campaign: Campaign,
    *,
    model: str,
    lane: Lane,
    rate: int,
    limit: timedelta,
    now: datetime,
    order: datetime | None = None,
) -> tuple[Campaign, QueuePlace]:
    """Return the place of a new video, and the campaign after it.

    The videos of a campaign are spaced by the model's rate, so the videos of a later campaign
    alternate with them; a video placed after the last of them overtakes none. `order` is the place
    in another flow, such as that of a batch.
    """
    if order is not None:
        return campaign, QueuePlace(lane=lane, order=order, limit_at=now + limit)
    own = next((each for each in campaign.flows if (each.model, each.lane) == (model, lane)), None)
    first = now if own is None else max(now, own.next_at)
    others = tuple(each for each in campaign.flows if each is not own and each.next_at > now)
    flow = Flow(model=model, lane=lane, next_at=first + spacing(rate))
    place = QueuePlace(lane=lane, order=first, limit_at=now + limit)
    return replace(campaign, flows=(*others, flow)), place


def place_again(video: Video, *, limit: timedelta, now: datetime) -> QueuePlace:
    """Return the place of a video that has none: one of an earlier release, or a retry."""
    return QueuePlace(lane=video.priority, order=video.created_at, limit_at=now + limit)


def waiting(videos: Iterable[Video]) -> list[Video]:
    """Return those that wait for their turn."""
    return [each for each in videos if each.phase is Phase.RESERVED and each.queue is not None]


def moment_of_turns(pace: Pace, now: datetime, *, lead: timedelta) -> datetime:
    """Return the moment for which turns are given now. After a refusal they are used at once."""
    return now if pace.refusals else now + lead


def choose(
    waiting: Mapping[Lane, Sequence[Video]], count: int, *, since_bulk: int
) -> tuple[tuple[Video, ...], int]:
    """Choose up to `count` videos: interactive ones first, and every fifth turn for bulk.

    What one lane does not use is lent to the other. In a lane, the videos are in order. Return also
    the number of interactive turns since the last one of bulk.
    """
    interactive, bulk = (deque(waiting.get(lane, ())) for lane in (Lane.INTERACTIVE, Lane.BULK))
    chosen: list[Video] = []
    while len(chosen) < count and (interactive or bulk):
        if bulk and (not interactive or since_bulk >= _TURNS_BEFORE_BULK):
            chosen.append(bulk.popleft())
            since_bulk = 0
        else:
            chosen.append(interactive.popleft())
            since_bulk = since_bulk + 1 if bulk else 0
    return tuple(chosen), since_bulk


def estimate(
    place: QueuePlace | None, pace: Pace, rate: int | None, now: datetime
) -> QueueEstimate:
    """Estimate from the pace record alone, which has the queue of the giver's last count."""
    if place is None or rate is None:
        return QueueEstimate(position=1, expected_submission_at=now)
    position = _position(place, pace.lane(place.lane), rate, now)
    if not rate:
        return QueueEstimate(
            position=position,
            expected_submission_at=None,
            reason=f"The rate of {pace.model} is 0 (MODEL_RATES), so nothing is submitted.",
        )
    begins = now if pace.blocked_until is None else max(now, pace.blocked_until)
    number = ceil(_turns_until(position, place.lane, pace))
    turn_at = _expected_turn(pace, rate, number, now)
    # The first turn of a model with nothing in its queue is taken at once.
    is_free = turn_at <= now and pace.waiting_since is None
    return QueueEstimate(
        position=position,
        expected_submission_at=turn_at if is_free else turn_at + GIVING_PAUSE,
        reason=_reason(pace) if begins > now else None,
    )


def expected_done_at(estimates: Iterable[QueueEstimate]) -> datetime | None:
    """Return when the last of the waiting videos will be done; None where that is not known."""
    moments = [each.expected_submission_at for each in estimates]
    known = [moment for moment in moments if moment is not None]
    return max(known) + USUAL_GENERATION if known and len(known) == len(moments) else None


def reason_for_waiting(estimates: Iterable[QueueEstimate]) -> str | None:
    """Return why some of the waiting videos are not submitted at present, or None."""
    return next((each.reason for each in estimates if each.reason), None)


def _position(place: QueuePlace, seen: LaneSeen | None, rate: int, now: datetime) -> int:
    """Take the counted places, and those after them, as evenly spaced."""
    if seen is None or not seen.waiting or seen.first is None or seen.last is None:
        return 1 + _places_between(now, place.order, rate)
    if place.order > seen.last:
        return seen.waiting + max(1, _places_between(max(seen.last, now), place.order, rate))
    span = seen.last - seen.first
    share = (place.order - seen.first) / span if span else 1.0
    return 1 + round((seen.waiting - 1) * min(max(share, 0), 1))


def _places_between(earlier: datetime, later: datetime, rate: int) -> int:
    """Return how many places of one flow are not counted yet."""
    return max(0, ceil((later - earlier) / spacing(rate)))


def _turns_until(position: int, lane: Lane, pace: Pace) -> float:
    """Return the turns of both lanes until that of `position`.

    A lane has its share until the other lane is empty.
    """
    other = next(each for each in Lane if each is not lane)
    seen = pace.lane(other)
    others = seen.waiting if seen else 0
    alone = position / _SHARES[lane]
    until_other_ends = others / _SHARES[other]
    return alone if alone <= until_other_ends else position + others


def _expected_turn(pace: Pace, rate: int, number: int, now: datetime) -> datetime:
    """Return when the turn of this number, from 1, is given: rather late than early.

    A turn is free one window after the logged turn that it replaces. Turns that become free
    together are given evenly. `rate` is not 0.
    """
    begins = now if pace.blocked_until is None else max(now, pace.blocked_until)
    each_minute = turns_each_minute(pace, rate, begins)
    taken = sorted(each.at for each in pace.turns for _ in range(each.count))
    frees = [max(at + TURN_WINDOW, begins) for at in taken if at > now - TURN_WINDOW]
    # After a refusal, more turns may be in the log than the pace allows.
    frees = ([begins] * each_minute + frees)[-each_minute:]
    rounds, place = divmod(number - 1, each_minute)
    spread = _MINUTE / max(each_minute * CATCHING_UP, _MINUTE / GIVE_EVERY)
    given_at = max(frees[place], frees[0] + place * spread)
    return given_at + rounds * TURN_WINDOW


def _reason(pace: Pace) -> str:
    return f"{pace.model} is busy or does not respond. Submissions resume shortly."
