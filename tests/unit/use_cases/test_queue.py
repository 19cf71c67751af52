"""The queue: turns are taken and given once, whatever dies, is lost or comes twice."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from shared.domain.errors import (
    ConflictError,
    GeneratorBusyError,
    StorageError,
    UnavailableError,
)
from shared.domain.pacing import Pace, free_turns, refused
from shared.domain.schedule import (
    BROKEN_RETRY,
    DEADLINE,
    FIRST_BLOCK,
    GIVE_AGAIN_AFTER,
    GIVE_EVERY,
    PROBE,
    TURN_LEAD,
    TURN_LIFE,
    TURN_WINDOW,
)
from shared.domain.values import replace
from shared.domain.video import Lane, Phase, Video
from shared.ports.message_queue import VideoMessage
from shared.settings import DEFAULT_MODEL
from shared.use_cases.change_versions import cancel_video, delete_video
from shared.use_cases.create_videos import create_videos
from shared.use_cases.generate_video import generate_video
from shared.use_cases.give_turns import give_all_turns, give_round
from shared.use_cases.maintain_campaigns import maintain_campaigns, take_tick
from shared.use_cases.queue_estimates import estimates_of
from shared.use_cases.regenerate_videos import regenerate_video
from tests.fakes.ports import FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.conftest import Pauses
from tests.unit.use_cases.rules import assert_agreement
from tests.unit.use_cases.scenes import (
    QUEUE_LIMIT,
    a_request,
    deliver,
    lose_messages,
    message_for,
    reserve,
    stored,
    wake,
)
from tests.unit.use_cases.watching import (
    DiedError,
    Hooks,
    Once,
    at_every_call,
    die,
    watched,
)

RATE = 2
WAIT = timedelta(seconds=60)
BUSY = Script(raises=GeneratorBusyError("No quota left.", retry_after=WAIT))
ROUNDS_OF_A_MINUTE = 30


@pytest.fixture
def ports() -> FakePorts:
    """A model that takes two submissions a minute."""
    return FakePorts(rates={DEFAULT_MODEL: RATE})


def create(ports: FakePorts, count: int, **changes: object) -> list[Video]:
    """Create videos in campaigns of their own, one after the other."""
    first = len(ports.campaigns.campaigns)
    videos = []
    for number in range(first, first + count):
        videos.append(reserve(ports, "A kite", campaign_id=f"campaign-{number}", **changes))
        ports.clock.advance(timedelta(milliseconds=1))
    return videos


def pace_of(ports: FakePorts) -> Pace:
    return ports.turns.get_pace(DEFAULT_MODEL)


def submitted(ports: FakePorts) -> list[str]:
    return [each.campaign_id for each in ports.generator.submissions]


def give(ports: FakePorts, rounds: int = 1) -> None:
    """Give turns every two seconds, and deliver their messages."""
    for _ in range(rounds):
        give_round(ports, DEFAULT_MODEL)
        deliver(ports)
        ports.clock.advance(GIVE_EVERY)


def queue_up(ports: FakePorts, count: int) -> list[Video]:
    """Use the rate up, and let videos wait behind it."""
    create(ports, RATE)
    deliver(ports)
    waiting = create(ports, count)
    deliver(ports)
    assert len(ports.generator.submissions) == RATE
    return waiting


def test_a_video_with_a_free_turn_is_submitted_at_once(ports: FakePorts) -> None:
    videos = create(ports, RATE)
    deliver(ports)

    assert [video.campaign_id for video in videos] == submitted(ports)
    assert sum(turns.count for turns in pace_of(ports).turns) == RATE
    assert all(stored(ports, video).queue is None for video in videos)


def test_waiting_changes_no_record_and_keeps_no_message(ports: FakePorts) -> None:
    (video,) = queue_up(ports, 1)

    assert stored(ports, video) == video
    assert video.deadline_at - video.created_at == QUEUE_LIMIT
    assert pace_of(ports).waiting_since is not None
    assert message_for(video) not in ports.queue.messages
    for _ in range(3):
        wake(ports, video)
    assert stored(ports, video) == video


def test_waiting_videos_are_submitted_in_order_at_the_rate(ports: FakePorts) -> None:
    waiting = queue_up(ports, 4)

    give(ports, 3 * ROUNDS_OF_A_MINUTE)

    assert [video.campaign_id for video in waiting] == submitted(ports)[RATE:]
    assert {len(stored(ports, video).attempts) for video in waiting} == {1}


def test_a_new_video_does_not_overtake_waiting_ones(ports: FakePorts) -> None:
    (first,) = queue_up(ports, 1)
    ports.clock.advance(TURN_WINDOW)
    (second,) = create(ports, 1)

    wake(ports, second)
    assert stored(ports, second).phase is Phase.RESERVED
    give(ports, 9)

    assert [first.campaign_id, second.campaign_id] == submitted(ports)[RATE:]


def test_a_new_video_takes_its_own_turn_once_the_queue_is_empty(ports: FakePorts) -> None:
    queue_up(ports, 1)
    give(ports, 3 * ROUNDS_OF_A_MINUTE)
    assert pace_of(ports).waiting_since is None
    ports.clock.advance(TURN_WINDOW)

    (video,) = create(ports, 1)
    wake(ports, video)

    assert stored(ports, video).phase is Phase.GENERATING


def test_interactive_goes_before_bulk_and_bulk_does_not_starve(ports: FakePorts) -> None:
    queue_up(ports, 0)
    bulk = create(ports, 8, priority=Lane.BULK)
    interactive = create(ports, 12)
    deliver(ports)

    give(ports, 12 * ROUNDS_OF_A_MINUTE)

    bulk_ids = {video.campaign_id for video in bulk}
    order = [campaign_id in bulk_ids for campaign_id in submitted(ports)[RATE:]]
    assert len(order) == 20
    assert order[:5] == [False] * 4 + [True]
    assert sum(order[:12]) == 2
    assert len(interactive) == order.count(False)


def test_a_lost_message_is_made_up_for_by_the_tick(ports: FakePorts) -> None:
    (video,) = create(ports, 1)
    lose_messages(ports)
    ports.clock.advance(GIVE_AGAIN_AFTER)

    take_tick(ports, giving=timedelta())
    deliver(ports)

    assert stored(ports, video).phase is Phase.GENERATING


def test_a_turn_that_was_lost_is_given_again(ports: FakePorts) -> None:
    (video,) = queue_up(ports, 1)
    ports.clock.advance(TURN_WINDOW)
    give_round(ports, DEFAULT_MODEL)
    lose_messages(ports)

    give(ports, 4)
    assert stored(ports, video).phase is Phase.RESERVED
    give(ports, 2)

    assert stored(ports, video).phase is Phase.GENERATING


def test_a_turn_that_comes_too_late_is_not_used(ports: FakePorts) -> None:
    (video,) = queue_up(ports, 1)
    turn = ports.now()
    ports.clock.advance(TURN_LIFE)

    generate_video(ports, replace(message_for(video), turn=turn))
    assert stored(ports, video).phase is Phase.RESERVED

    generate_video(ports, replace(message_for(video), turn=ports.now()))
    assert stored(ports, video).phase is Phase.GENERATING


def test_a_video_that_waits_for_a_day_needs_none_of_its_messages(ports: FakePorts) -> None:
    """They may have become dead letters, or older than Pub/Sub keeps them."""
    (first,) = create(ports, 1)
    (second,) = create(ports, 1)
    lose_messages(ports)
    ports.clock.advance(QUEUE_LIMIT - timedelta(minutes=1))

    take_tick(ports, giving=timedelta())
    give(ports, 2)

    assert [first.campaign_id, second.campaign_id] == submitted(ports)


def test_a_turn_that_is_delivered_twice_submits_once(ports: FakePorts) -> None:
    (video,) = queue_up(ports, 1)
    message = replace(message_for(video), turn=ports.now())

    again = Once(lambda: generate_video(ports, message), at=1)
    generate_video(watched(ports, Hooks(before_call=again)), message)
    generate_video(ports, message)

    assert len(ports.generator.submissions) == RATE + 1


def test_two_ticks_at_once_give_each_turn_once(ports: FakePorts) -> None:
    queue_up(ports, 4)
    ports.clock.advance(TURN_WINDOW)
    other = Once(lambda: give_round(ports, DEFAULT_MODEL), at=0)

    give_round(watched(ports, Hooks(before_effect=other)), DEFAULT_MODEL)

    turns = [message for message in ports.queue.messages if message.turn is not None]
    assert other.has_acted
    assert len(turns) == len({message.video_hash for message in turns})
    assert len(turns) <= RATE
    assert free_turns(pace_of(ports), RATE, ports.now()) >= 0


def test_a_process_may_die_at_any_call_of_the_queue() -> None:
    """While it takes a turn, and while it gives turns: each video is submitted once in the end."""

    def simulate(at: int, *, giving: bool) -> bool:
        ports = FakePorts(rates={DEFAULT_MODEL: RATE})
        death = Once(die, at=at)
        acting = watched(ports, Hooks(before_effect=death, after_effect=death))
        videos = queue_up(ports, 3) if giving else create(ports, 1)
        with suppress(DiedError):
            if giving:
                ports.clock.advance(TURN_WINDOW)
                give_round(acting, DEFAULT_MODEL)
            else:
                generate_video(acting, message_for(videos[0]))
        lose_messages(ports)
        for _ in range(6):
            ports.clock.advance(timedelta(minutes=1))
            take_tick(ports, giving=timedelta())
            deliver(ports)
            give(ports, 4)
        names = submitted(ports)
        assert len(names) == len(set(names))
        left = [stored(ports, video) for video in videos]
        assert all(video.phase is not Phase.RESERVED for video in left)
        return death.has_acted

    at_every_call(partial(simulate, giving=False))
    at_every_call(partial(simulate, giving=True))


def test_a_refused_submission_waits_at_the_head_and_slows_the_model_down(ports: FakePorts) -> None:
    first, second = create(ports, 2)
    place = first.queue
    ports.generator.will(BUSY)
    wake(ports, first)

    waiting = stored(ports, first)
    assert (Phase.RESERVED, (), 1, place) == (
        waiting.phase,
        waiting.attempts,
        waiting.refusals,
        waiting.queue,
    )
    assert place is not None
    assert (place.limit_at, place.limit_at) == (waiting.due_at, waiting.deadline_at)
    wake(ports, second)
    assert stored(ports, second).phase is Phase.RESERVED
    lose_messages(ports)

    ports.clock.advance(FIRST_BLOCK)
    give(ports)
    assert [first.campaign_id] * 2 == submitted(ports)
    ports.clock.advance(PROBE)
    give(ports, ROUNDS_OF_A_MINUTE)
    assert second.campaign_id == submitted(ports)[-1]
    assert [each.attempt for each in ports.generator.submissions] == [1, 2, 1]


def test_a_generator_that_is_down_is_probed_and_no_record_grows(ports: FakePorts) -> None:
    ports.generator.will(*[BUSY] * 20)
    videos = create(ports, 5)
    deliver(ports)

    give(ports, 60 * ROUNDS_OF_A_MINUTE)

    refusals = len(ports.generator.submissions) - len(videos)
    assert 10 <= refusals <= 20
    assert all(len(stored(ports, video).attempts) <= 1 for video in videos)


def test_a_cancellation_during_a_refused_submission_ends_the_video(ports: FakePorts) -> None:
    ports.generator.will(BUSY)
    (video,) = create(ports, 1)
    cancelling = Once(lambda: cancel_video(ports, video.campaign_id, video.video_hash), at=1)

    wake(watched(ports, Hooks(before_effect=cancelling)), video)

    assert stored(ports, video).phase is Phase.CANCELLED
    assert_agreement(ports)


def test_a_video_that_waits_too_long_ends_unbilled_and_its_dollars_are_free(
    ports: FakePorts,
) -> None:
    ports.rates = {DEFAULT_MODEL: 0}
    (video,) = create(ports, 1)
    deliver(ports)
    ports.clock.advance(QUEUE_LIMIT - timedelta(seconds=1))
    assert maintain_campaigns(ports) == 0
    ports.clock.advance(timedelta(seconds=1))

    assert maintain_campaigns(ports) == 1
    deliver(ports)

    failed = stored(ports, video)
    assert failed.failure is not None
    assert (
        failed.failure.code,
        failed.cost.actual,
        failed.queue,
    ) == ("queue_timeout", Decimal(0), None)
    campaign = ports.campaigns.get_campaign(video.campaign_id)
    assert (campaign.money.committed, campaign.slots) == (Decimal(0), ())
    assert ports.generator.submissions == []


def test_the_deadline_begins_with_the_submission(ports: FakePorts) -> None:
    (video,) = queue_up(ports, 1)
    ports.clock.advance(timedelta(hours=20))

    give(ports)

    assert stored(ports, video).deadline_at == stored(ports, video).attempt.submitted_at + DEADLINE


def test_cancelled_and_deleted_videos_leave_the_queue(ports: FakePorts) -> None:
    cancelled, deleted, left = queue_up(ports, 3)
    cancel_video(ports, cancelled.campaign_id, cancelled.video_hash)
    delete_video(ports, deleted.campaign_id, deleted.video_hash)
    ports.clock.advance(TURN_WINDOW)

    give(ports)

    assert [left.campaign_id] == submitted(ports)[RATE:]


def test_regenerating_a_video_that_waits_answers_with_it(ports: FakePorts) -> None:
    (video,) = queue_up(ports, 1)

    again = regenerate_video(ports, video.campaign_id, video.video_hash)

    assert video == again.video


def test_a_reserved_video_of_an_earlier_release_gets_a_place_by_its_creation(
    ports: FakePorts,
) -> None:
    (later,) = queue_up(ports, 1)
    ports.rates, rates = {}, ports.rates
    (old,) = create(ports, 1)
    ports.rates = rates
    old = ports.campaigns.commit_video(
        replace(old, created_at=old.created_at - timedelta(hours=1), deadline_at=old.created_at)
    )
    assert old.queue is None

    wake(ports, old)
    ports.clock.advance(TURN_WINDOW)
    give(ports, ROUNDS_OF_A_MINUTE)

    assert [old.campaign_id, later.campaign_id] == submitted(ports)[RATE:]


def test_a_model_whose_rate_is_lifted_leaves_nothing_waiting(ports: FakePorts) -> None:
    waiting = queue_up(ports, 3)
    ports.rates = {}

    give(ports)

    assert all(Phase.GENERATING is stored(ports, video).phase for video in waiting)


def test_a_damaged_pace_is_reported_and_begun_again(
    ports: FakePorts, caplog: pytest.LogCaptureFixture
) -> None:
    (video,) = queue_up(ports, 1)
    pace = ports.turns.paces.pop(DEFAULT_MODEL)
    ports.turns.damaged[DEFAULT_MODEL] = pace.revision

    wake(ports, video)

    assert stored(ports, video).phase is Phase.GENERATING
    assert "record.unreadable" in [each.message for each in caplog.records]
    assert ports.turns.damaged == {}


def test_a_video_that_cannot_be_submitted_does_not_use_others_turns(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, other = queue_up(ports, 2)
    ports.clock.advance(TURN_WINDOW)

    def refuse(video: Video) -> None:
        if video.id == broken.id:
            raise StorageError("Its name cannot be written.")

    with monkeypatch.context() as fault:
        fault.setattr(ports.mirror, "write_submission", refuse)
        give(ports, ROUNDS_OF_A_MINUTE)

    assert [other.campaign_id] == submitted(ports)[RATE:]
    waiting = stored(ports, broken)
    assert waiting.queue is None
    assert waiting.due_at is not None
    assert waiting.due_at <= ports.now() + BROKEN_RETRY


def test_a_turn_is_not_brought_back_by_its_message_when_a_store_does_not_answer(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    (video,) = queue_up(ports, 1)

    def fail(_: Video) -> None:
        raise UnavailableError("The bucket is down.")

    with monkeypatch.context() as fault:
        fault.setattr(ports.mirror, "write_submission", fail)
        generate_video(ports, replace(message_for(video), turn=ports.now()))
    assert stored(ports, video).phase is Phase.RESERVED
    ports.clock.advance(TURN_WINDOW)
    give(ports)

    assert stored(ports, video).phase is Phase.GENERATING


def test_a_video_that_loses_every_race_for_a_turn_is_left_to_the_giver(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    (video,) = create(ports, 1)

    def lose(video: Video, pace: Pace) -> Video:
        raise ConflictError("Another video took a turn.")

    def lose_pace(_: Pace) -> Pace:
        raise ConflictError("Another video took a turn.")

    with monkeypatch.context() as fault:
        fault.setattr(ports.turns, "commit_attempt", lose)
        fault.setattr(ports.turns, "commit_pace", lose_pace)
        wake(ports, video)
    assert stored(ports, video).phase is Phase.RESERVED
    ports.clock.advance(GIVE_AGAIN_AFTER)
    give(ports)

    assert stored(ports, video).phase is Phase.GENERATING


def test_a_tick_with_an_empty_queue_makes_two_queries(ports: FakePorts) -> None:
    calls: list[str] = []
    acting = watched(ports, Hooks(before_call=lambda: calls.append("")))

    give_all_turns(acting, end=ports.now())

    assert len(calls) == 2


def test_a_clock_that_is_set_back_does_not_keep_the_giver_of_turns(
    ports: FakePorts, pauses: Pauses
) -> None:
    queue_up(ports, 30)
    end = ports.now() + 3 * GIVE_EVERY
    back = Once(lambda: ports.clock.advance(-timedelta(hours=1)), at=4)

    give_all_turns(watched(ports, Hooks(before_call=back)), end=end)

    assert pauses.lengths.count(GIVE_EVERY.total_seconds()) == 3


@pytest.mark.parametrize("count", [30, 300])
def test_the_calls_of_a_round_do_not_depend_on_the_length_of_the_queue(
    ports: FakePorts, count: int
) -> None:
    queue_up(ports, count)
    ports.clock.advance(TURN_WINDOW)
    give(ports)
    ports.clock.advance(TURN_WINDOW / 2)
    calls: list[str] = []
    acting = watched(ports, Hooks(before_call=lambda: calls.append("")))

    give_round(acting, DEFAULT_MODEL)

    # The pace, a page of each lane, the commit and the messages.
    assert len(calls) == 5


def test_the_queue_is_shown_with_one_read(ports: FakePorts) -> None:
    waiting = queue_up(ports, 4)
    give_round(ports, DEFAULT_MODEL)
    calls: list[str] = []
    acting = watched(ports, Hooks(before_call=lambda: calls.append("")))

    found = estimates_of(acting, waiting)

    assert len(calls) == 1
    assert sorted(each.position for each in found.values()) == [1, 2, 3, 4]


def test_a_request_names_the_lane(ports: FakePorts) -> None:
    video = reserve(ports, priority=Lane.BULK)

    assert video.queue is not None
    assert (video.priority, video.queue.lane) == (Lane.BULK, Lane.BULK)
    assert a_request("A kite").priority is Lane.INTERACTIVE
    assert VideoMessage(campaign_id="a", video_hash="b").turn is None


@pytest.mark.parametrize("rate", [1, 2, 50])
def test_no_video_is_submitted_later_than_was_expected(ports: FakePorts, rate: int) -> None:
    """The giver pauses for five seconds of each minute."""
    ports.rates = {DEFAULT_MODEL: rate}
    create(ports, rate)
    deliver(ports)
    waiting = create(ports, 3 * rate)
    deliver(ports)
    give_round(ports, DEFAULT_MODEL)
    expected = estimates_of(ports, waiting)

    began = ports.now()
    for second in range(0, 240, 2):
        if second % 60 < 55:
            give_round(ports, DEFAULT_MODEL)
            deliver(ports)
        ports.clock.advance(GIVE_EVERY)

    for video in waiting:
        moment = expected[video.id].expected_submission_at
        assert moment is not None
        early = moment - stored(ports, video).attempt.submitted_at
        assert timedelta() <= early <= timedelta(seconds=30), (video.id, moment - began)


def test_a_hundred_new_videos_write_the_pace_twice_and_the_first_has_its_turn_at_once(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports.rates = {DEFAULT_MODEL: 50}
    videos = create(ports, 100)
    writes: list[Pace] = []
    commit_pace = ports.turns.commit_pace

    def counted(pace: Pace) -> Pace:
        writes.append(pace)
        return commit_pace(pace)

    monkeypatch.setattr(ports.turns, "commit_pace", counted)
    deliver(ports)

    assert videos[0].campaign_id == submitted(ports)[0]
    assert 50 == len(set(submitted(ports))) == len(submitted(ports))
    assert len(writes) == 2
    assert pace_of(ports).waiting_since is not None


def test_a_request_publishes_no_more_messages_than_there_are_turns(ports: FakePorts) -> None:
    create_videos(ports, a_request("A kite", "A boat", "A leaf", "A cup"))

    assert len(ports.queue.messages) == RATE
    deliver(ports)
    ports.clock.advance(TURN_WINDOW)
    give(ports, ROUNDS_OF_A_MINUTE)
    assert len(submitted(ports)) == 4


def test_a_turn_that_was_not_used_is_given_again_without_a_free_one(ports: FakePorts) -> None:
    """Else each lost message costs a part of the rate."""
    queue_up(ports, 3)
    ports.clock.advance(TURN_WINDOW)
    give_round(ports, DEFAULT_MODEL)
    ports.clock.advance(GIVE_EVERY)
    give_round(ports, DEFAULT_MODEL)
    lose_messages(ports)
    assert free_turns(pace_of(ports), RATE, ports.now()) == 0
    ports.clock.advance(GIVE_AGAIN_AFTER)

    give(ports, 2)

    assert len(submitted(ports)) == 2 * RATE
    assert sum(each.count for each in pace_of(ports).turns) == RATE


def test_a_used_turn_that_comes_again_asks_the_generator_nothing(ports: FakePorts) -> None:
    (video,) = queue_up(ports, 1)
    message = replace(message_for(video), turn=ports.now())
    generate_video(ports, message)
    calls: list[str] = []

    generate_video(watched(ports, Hooks(before_effect=lambda: calls.append(""))), message)

    assert calls == []


def test_a_step_waits_for_the_moment_of_its_turn(ports: FakePorts, pauses: Pauses) -> None:
    """Messages are not equally fast: a turn is given ahead."""
    queue_up(ports, 1)
    ports.clock.advance(TURN_WINDOW - TURN_LEAD)
    give_round(ports, DEFAULT_MODEL, lead=TURN_LEAD)
    ports.clock.advance(timedelta(seconds=1))

    deliver(ports)

    assert TURN_LEAD.total_seconds() - 1 in pauses.lengths
    assert len(ports.generator.submissions) == RATE + 1


@pytest.mark.parametrize("is_overtaken", [False, True])
def test_late_turns_count_from_their_use_on_with_one_write(
    ports: FakePorts, *, is_overtaken: bool
) -> None:
    """Also if the giver writes the pace meanwhile."""
    queue_up(ports, 3)
    ports.clock.advance(TURN_WINDOW)
    for _ in range(RATE):
        give_round(ports, DEFAULT_MODEL)
        ports.clock.advance(GIVE_EVERY)
    ports.clock.advance(timedelta(seconds=7))
    overtake = Once(lambda: ports.turns.commit_pace(replace(pace_of(ports), since_bulk=1)), at=0)
    acting = watched(ports, Hooks(before_effect=overtake)) if is_overtaken else ports
    before = int(pace_of(ports).revision)

    for message in [each for each in ports.queue.messages if each.turn]:
        generate_video(acting, message)

    assert len(ports.generator.submissions) == 2 * RATE
    assert [(ports.now(), RATE)] == [(each.at, each.count) for each in pace_of(ports).turns]
    assert 1 + is_overtaken == int(pace_of(ports).revision) - before


def test_a_video_takes_its_own_turn_once_its_process_is_prepared(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(ports, 1)
    slow = Once(lambda: ports.clock.advance(timedelta(seconds=5)), at=0)
    monkeypatch.setattr(ports.storage_probe, "require", lambda _size: slow())

    deliver(ports)

    assert [ports.now()] == [each.at for each in pace_of(ports).turns]


def test_a_refusal_stops_the_videos_that_have_turns(ports: FakePorts) -> None:
    queue_up(ports, 1)
    ports.clock.advance(TURN_WINDOW)
    give_round(ports, DEFAULT_MODEL, lead=TURN_LEAD)
    ports.turns.commit_pace(refused(pace_of(ports), retry_after=WAIT, now=ports.now()))

    deliver(ports)
    assert len(ports.generator.submissions) == RATE

    ports.clock.advance(GIVE_AGAIN_AFTER + TURN_LEAD)
    give(ports)
    assert len(ports.generator.submissions) == RATE + 1
