"""Records of failed and cancelled videos are removed after a time; their dollars stay counted."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from typing import BinaryIO

import pytest

from shared.domain.campaign import MOST_REMOVED, Change
from shared.domain.errors import (
    ObjectExistsError,
    StorageError,
    UnavailableError,
    VideoNotFoundError,
)
from shared.domain.money import ZERO, Money
from shared.domain.removal import is_expired
from shared.domain.schedule import REQUEST_MEMORY, TICK
from shared.domain.settlement import recomputed
from shared.domain.storage_layout import CURSOR, attempt_prefix, metadata_path
from shared.domain.values import replace
from shared.domain.video import AttemptOutcome, Phase, Video
from shared.ports.object_store import PutMode
from shared.ports.video_generator import Failed
from shared.use_cases.answer_once import answer_once
from shared.use_cases.change_versions import cancel_video
from shared.use_cases.claims import Claim
from shared.use_cases.create_videos import create_videos
from shared.use_cases.damaged_records import discard_damaged
from shared.use_cases.reconcile_next import reconcile_next
from shared.use_cases.retire_failed import retire_failed
from tests.fakes.ports import POLICY, FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.rules import assert_agreement
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    a_request,
    budgeted_ports,
    end_late_checks,
    give_up,
    lose_messages,
    make,
    remake,
    reserve,
    settle,
    stored,
)
from tests.unit.use_cases.watching import Hooks, Once, watched

KEPT = timedelta(days=POLICY.keep_failed_days)
A_SECOND = timedelta(seconds=1)
FILTERED = Script(ending=Failed(code="content_filtered", message="A policy."))
GARBAGE = Script(ending=b"half a cl")


def failed(ports: FakePorts, script: Script = FILTERED) -> Video:
    ports.generator.will(script)
    return make(ports, "A failure")


def cancelled(ports: FakePorts) -> Video:
    video = reserve(ports, "A whim")
    cancel_video(ports, CAMPAIGN_ID, video.video_hash)
    lose_messages(ports)
    return stored(ports, video)


def many_failed(
    ports: FakePorts, number: int, *, first: int = 0, script: Script = FILTERED
) -> None:
    """Store so many videos that failed as one did; their hashes count from `first`."""
    one = failed(ports, script)
    campaign = ports.campaigns.get_campaign(one.campaign_id)
    numbers = range(first, first + number - 1)
    videos = [replace(one, video_hash=f"{each:016x}", revision="") for each in numbers]
    ports.campaigns.commit(Change(campaign=campaign, videos=tuple(videos)))


def retire(ports: FakePorts, after: timedelta = KEPT + A_SECOND) -> int:
    ports.clock.advance(after)
    return retire_failed(ports, CAMPAIGN_ID, end=ports.now() + TICK)


def money(ports: FakePorts) -> Money:
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    videos = ports.campaigns.get_all_videos(CAMPAIGN_ID).videos
    assert recomputed(campaign, videos) == campaign.money
    return campaign.money


def is_there(ports: FakePorts, video: Video) -> bool:
    return (video.campaign_id, video.video_hash) in ports.campaigns.videos


@pytest.mark.parametrize("end", [failed, cancelled])
def test_a_record_is_removed_after_keep_failed_days_and_not_before(
    ports: FakePorts, end: Callable[[FakePorts], Video]
) -> None:
    shown = remake(ports, make(ports))
    video = end(ports)
    assert video.completed_at is not None
    before = money(ports)

    assert retire(ports, after=video.completed_at + KEPT - ports.now()) == 0
    assert retire(ports, after=A_SECOND) == 1

    with pytest.raises(VideoNotFoundError):
        stored(ports, video)
    assert money(ports) == before
    assert stored(ports, shown).is_current
    assert len(ports.campaigns.videos) == 2
    assert_agreement(ports)


def test_possibly_spent_dollars_stay_counted_everywhere() -> None:
    ports = budgeted_ports()
    video = give_up(ports)
    end_late_checks(ports)
    days = ports.campaigns.days.copy()

    assert retire(ports) == 1

    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    assert not is_there(ports, video)
    assert PRICE == money(ports).possibly_spent == campaign.removed_money.possibly_spent
    assert days == ports.campaigns.days


def test_a_video_stays_as_long_as_it_is_checked(ports: FakePorts) -> None:
    video = give_up(ports)

    assert retire(ports, after=2 * KEPT) == 0

    end_late_checks(ports)
    assert retire(ports) == 1
    assert not is_there(ports, video)


def test_a_clip_that_was_paid_for_keeps_its_record(ports: FakePorts) -> None:
    video = failed(ports, GARBAGE)
    assert video.attempt.outcome is AttemptOutcome.BILLED
    others = [failed(ports) for _ in range(2)]

    assert retire(ports) == 2
    assert is_there(ports, video)
    assert not any(is_there(ports, each) for each in others)

    for path in [path for path in ports.objects.objects if video.video_hash in path]:
        ports.objects.delete(path)
    assert retire(ports) == 1
    assert money(ports).spent == PRICE


def test_records_that_stay_do_not_hold_up_later_ones(ports: FakePorts) -> None:
    many_failed(ports, 45, script=GARBAGE)
    for _, video_hash in ports.campaigns.videos:
        path = f"{attempt_prefix(CAMPAIGN_ID, video_hash, 1)}sample_0.mp4"
        with suppress(ObjectExistsError):
            ports.objects.put(path, BytesIO(b"half a cl"), content_type="video/mp4")
    ports.clock.advance(A_SECOND)
    later = failed(ports)

    assert retire(ports) == 1

    assert not is_there(ports, later)
    assert len(ports.campaigns.videos) == 45


def test_attempts_and_json_are_removed_with_the_record(ports: FakePorts) -> None:
    video = failed(ports)
    path = f"{attempt_prefix(CAMPAIGN_ID, video.video_hash, 1)}left.tmp"
    ports.objects.put(path, BytesIO(b"left"), content_type="text/plain")
    json = metadata_path(CAMPAIGN_ID, video.video_hash, current=False)
    ports.objects.put(json, BytesIO(b"{}"), content_type="application/json")

    assert retire(ports) == 1

    assert not [path for path in ports.objects.objects if video.video_hash in path]


def test_an_unreadable_record_stays_and_others_are_removed(ports: FakePorts) -> None:
    damaged, other = failed(ports), give_up(ports)
    end_late_checks(ports)
    before = ports.campaigns.get_campaign(CAMPAIGN_ID).money
    ports.campaigns.damage(CAMPAIGN_ID, damaged.video_hash)

    assert retire(ports) == 1

    assert not is_there(ports, other)
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money == before
    discard_damaged(ports, CAMPAIGN_ID, damaged.video_hash)
    assert money(ports) == before


def test_a_clip_that_arrives_during_the_retirement_is_not_lost(ports: FakePorts) -> None:
    video = give_up(ports)
    end_late_checks(ports)
    ports.clock.advance(KEPT + A_SECOND)
    latest = stored(ports, video)

    def begin_to_store() -> None:
        ports.campaigns.commit_video(replace(latest, phase=Phase.STORING, due_at=ports.now()))

    # Before the commit: the list, the look for the clip, and the campaign with the videos.
    acting = watched(ports, Hooks(before_effect=Once(begin_to_store, at=1)))

    assert retire_failed(acting, CAMPAIGN_ID, end=ports.now() + TICK) == 0
    assert stored(ports, video).phase is Phase.STORING


def test_a_repeated_request_finds_its_failed_video_as_long_as_its_key_is_known() -> None:
    least = REQUEST_MEMORY.days + 1
    ports = FakePorts(policy=replace(POLICY, keep_failed_days=least))
    claim = Claim(name="claim", digest="", claimed_at=ports.now().isoformat())
    ports.generator.will(FILTERED)
    (first,) = create_videos(ports, a_request("A failure", claim=claim))
    settle(ports)

    assert retire(ports, after=REQUEST_MEMORY) == 0
    (again,) = create_videos(ports, a_request("A failure", claim=claim))

    assert first.video.id == again.video.id
    assert 1 == len(ports.generator.submissions) == len(ports.campaigns.videos)


def test_a_stored_answer_outlives_the_record(ports: FakePorts) -> None:
    claim = Claim(name="claim", digest="", claimed_at=ports.now().isoformat())

    def ask() -> bytes:
        def act(claim: Claim) -> bytes:
            (created,) = create_videos(ports, a_request("A failure", claim=claim))
            return created.video.id.encode()

        return answer_once(ports, "key", claim, act).content

    ports.generator.will(FILTERED)
    first = ask()
    settle(ports)
    assert retire(ports) == 1

    assert first == ask()
    assert ports.campaigns.videos == {}


def test_a_tick_retires_as_many_as_the_campaign_remembers_and_the_next_one_continues(
    ports: FakePorts,
) -> None:
    many_failed(ports, MOST_REMOVED + 30)
    other = make(ports, campaign_id="summer")
    ports.clock.advance(KEPT + A_SECOND)

    reconcile_next(ports)
    assert len(ports.campaigns.videos) == 30 + 1

    reconcile_next(ports)
    assert {other.video_hash} == {video_hash for _, video_hash in ports.campaigns.videos}
    assert money(ports).committed == ZERO

    reconcile_next(ports)
    assert b"summer" in ports.objects.objects[CURSOR].content


def test_a_bucket_that_refuses_the_second_write_of_the_cursor_does_not_end_the_tick(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    many_failed(ports, MOST_REMOVED + 30)
    ports.clock.advance(KEPT + A_SECOND)
    put, places = ports.objects.put, []

    def put_one_place(path: str, content: BinaryIO, *, content_type: str, mode: PutMode) -> None:
        places.append(path)
        if places.count(CURSOR) == 2:
            raise UnavailableError("Cloud Storage is busy.")
        put(path, content, content_type=content_type, mode=mode)

    monkeypatch.setattr(ports.objects, "put", put_one_place)
    with caplog.at_level(logging.WARNING):
        reconcile_next(ports)
    assert "reconcile.place_unchanged" in [record.message for record in caplog.records]

    reconcile_next(ports)
    reconcile_next(ports)
    assert ports.campaigns.videos == {}


def test_a_portion_begins_only_while_there_is_time(ports: FakePorts) -> None:
    many_failed(ports, 50)
    ports.clock.advance(KEPT + A_SECOND)

    assert retire_failed(ports, CAMPAIGN_ID, end=ports.now()) == 20


def test_the_cost_does_not_grow_with_the_records_that_stay(ports: FakePorts) -> None:
    def calls() -> int:
        made: list[None] = []
        acting = watched(ports, Hooks(before_call=lambda: made.append(None)))
        retire_failed(acting, CAMPAIGN_ID, end=ports.now() + TICK)
        return len(made)

    many_failed(ports, 10)
    few = calls()
    many_failed(ports, 300, first=10)

    assert 1 == few == calls()


def test_a_campaign_whose_records_cannot_be_retired_is_still_compared(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    video = make(ports)
    failed(ports)
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    wrong = replace(campaign, money=replace(campaign.money, spent=9 * PRICE))
    ports.campaigns.commit(Change(campaign=wrong))
    ports.clock.advance(KEPT + A_SECOND)

    def refuse(_: object) -> None:
        raise StorageError("There is no index.")

    monkeypatch.setattr(ports.campaigns, "list_videos", refuse)
    with caplog.at_level(logging.ERROR):
        reconcile_next(ports)

    assert [record.message for record in caplog.records] == ["retire.failed"]
    assert money(ports).spent == PRICE
    assert is_there(ports, video)


def test_the_earliest_records_are_removed_first(ports: FakePorts) -> None:
    old = failed(ports)
    ports.clock.advance(KEPT)
    many_failed(ports, 50)

    assert retire(ports, after=A_SECOND) == 1
    assert not is_there(ports, old)


def test_half_of_the_time_is_left_for_comparing(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_failed(ports, 100)
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    wrong = replace(campaign, money=replace(campaign.money, spent=9 * PRICE))
    ports.campaigns.commit(Change(campaign=wrong))
    ports.clock.advance(KEPT + A_SECOND)
    let_it_take_time(ports, monkeypatch, "list_videos", TICK / 3)

    reconcile_next(ports)

    assert len(ports.campaigns.videos) == 60
    assert money(ports).spent == ZERO


def test_a_campaign_that_was_interrupted_is_continued_if_it_has_more_to_retire(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_failed(ports, MOST_REMOVED + 30)
    make(ports, campaign_id="summer")
    ports.clock.advance(KEPT + A_SECOND)

    with monkeypatch.context() as slow:
        let_it_take_time(ports, slow, "get_all_videos", TICK)
        reconcile_next(ports)
    reconcile_next(ports)

    assert len(ports.campaigns.videos) == 1


def let_it_take_time(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch, name: str, time: timedelta
) -> None:
    method = getattr(ports.campaigns, name)

    def slow(argument: object) -> object:
        ports.clock.advance(time)
        return method(argument)

    monkeypatch.setattr(ports.campaigns, name, slow)


@pytest.mark.parametrize("phase", sorted({*Phase} - {Phase.FAILED, Phase.CANCELLED}))
def test_no_other_video_expires(ports: FakePorts, phase: Phase) -> None:
    video = replace(failed(ports), phase=phase)

    assert not is_expired(video, before=ports.now() + 9 * KEPT)
