"""A batch: each line once, in order, whatever dies and however often a message is delivered."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.batch import (
    Batch,
    BatchStatus,
    decode_results,
)
from shared.domain.campaign import Campaign
from shared.domain.errors import (
    BatchNotFoundError,
    BudgetExceededError,
    ConflictError,
    InvalidBatchError,
    MaxCostExceededError,
    RetryLaterError,
    UnavailableError,
    WrongStateError,
)
from shared.domain.schedule import BATCH_RETRY, USUAL_GENERATION
from shared.domain.storage_layout import batch_request_path, batch_results_prefix
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import Lane, Outcome, Phase
from shared.use_cases import run_batch as run_batch_module
from shared.use_cases.cancel_batch import cancel_batch
from shared.use_cases.change_versions import cancel_video, delete_video
from shared.use_cases.delete_campaign import delete_campaign
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.read_batch import view_of
from tests.fakes.ports import POLICY, FakePorts
from tests.unit.use_cases.batches import (
    BATCH_ID,
    a_line,
    carry_out,
    create,
    deliver_batches,
    file_of,
    lines,
    outcomes,
    prompts,
    results,
    run,
    status,
)
from tests.unit.use_cases.scenes import PRICE, deliver, make, reserve, settle
from tests.unit.use_cases.watching import (
    DiedError,
    Hooks,
    Once,
    at_every_call,
    die,
    watched,
)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a chunk have three prompts, so that few lines are several chunks."""
    monkeypatch.setattr(run_batch_module, "_AT_ONCE", 3)


def test_each_line_creates_its_videos(ports: FakePorts) -> None:
    content = file_of(
        {"campaign_id": "spring", "prompts": ["A kite", "A boat"]},
        {"campaign_id": "autumn", "prompt": "A leaf", "index": 3},
        {"campaign_id": "autumn", "prompt": "A pear"},
    )

    batch, is_new = create(ports, content)
    run(ports)

    assert (batch.lines, batch.estimated, is_new) == (3, 4 * PRICE, True)
    made = {(each.campaign_id, each.index, each.prompt) for each in ports.campaigns.videos.values()}
    assert made == {
        ("spring", 0, "A kite"),
        ("spring", 1, "A boat"),
        ("autumn", 3, "A leaf"),
        ("autumn", 0, "A pear"),
    }
    assert {each.batch_id for each in ports.campaigns.videos.values()} == {BATCH_ID}
    assert outcomes(ports) == ["created created", "created", "created"]
    assert [each.line for each in results(ports)] == [1, 2, 3]


def test_a_batch_is_completed_with_its_last_video(ports: FakePorts) -> None:
    create(ports, lines(3))
    run(ports)
    assert status(ports) is BatchStatus.IN_PROGRESS

    carry_out(ports)

    batch = ports.batches.get(BATCH_ID)
    assert status(ports) is BatchStatus.COMPLETED
    assert batch.ended[Phase.DONE].videos == 3
    assert batch.ended[Phase.DONE].usd == 3 * PRICE
    assert batch.due_at is None


def test_a_chunk_is_one_commit(ports: FakePorts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commits of a batch do not grow with its lines."""
    create(ports, lines(250))
    commits: list[int] = []
    commit = ports.batches.commit

    def counted(batch: Batch, changes: Any = ()) -> Batch:  # noqa: ANN401
        commits.append(len(changes))
        return commit(batch, changes)

    monkeypatch.setattr(ports.batches, "commit", counted)
    run(ports)

    assert commits == [100, 100, 50, 0]
    assert len(ports.queue.messages) == 250
    assert len(results(ports)) == 250


def test_an_existing_video_is_not_paid_again(ports: FakePorts) -> None:
    make(ports, "Kite 0", campaign_id="c0")
    reserve(ports, "Kite 1", campaign_id="c1")

    batch, _ = create(ports, file_of(a_line(0), a_line(1), a_line(2), a_line(2)))
    run(ports)

    assert batch.estimated == PRICE
    assert outcomes(ports) == ["cache_hit", "attached", "created", "attached"]
    stored = ports.batches.get(BATCH_ID)
    assert (stored.created, stored.attached, stored.cached, stored.refused) == (1, 2, 1, 0)


def test_a_batch_that_crashes_at_any_call_creates_each_video_once(
    no_log: None,
    small_chunks: None,
) -> None:
    """Also where a video is cancelled or deleted before the message is delivered again."""

    def simulate(at: int) -> bool:
        ports = FakePorts()
        create(ports, lines(7))
        hook = Once(die, at=at)
        try:
            run(ports, watched(ports, Hooks(before_call=hook, after_effect=hook)))
        except DiedError:
            for video in list(ports.campaigns.videos.values())[:2]:
                cancel_video(ports, video.campaign_id, video.video_hash)
        run(ports)
        assert prompts(ports) == sorted(f"Kite {number}" for number in range(7))
        assert [each.line for each in results(ports)] == list(range(1, 8))
        assert set(outcomes(ports)) == {"created"}
        stored = ports.batches.get(BATCH_ID)
        assert (stored.created, stored.refused) == (7, 0)
        return hook.has_acted

    at_every_call(simulate)


def test_concurrent_deliveries_create_each_video_once(no_log: None, small_chunks: None) -> None:
    def simulate(at: int) -> bool:
        ports = FakePorts()
        create(ports, lines(7))
        hook = Once(lambda: run(ports), at=at)
        run(ports, watched(ports, Hooks(before_call=hook)))
        assert prompts(ports) == sorted(f"Kite {number}" for number in range(7))
        assert [each.line for each in results(ports)] == list(range(1, 8))
        assert ports.batches.get(BATCH_ID).created == 7
        return hook.has_acted

    at_every_call(simulate)


def test_the_same_batch_twice_at_once_is_one(no_log: None) -> None:
    def simulate(at: int) -> bool:
        ports = FakePorts()
        hook = Once(lambda: create(ports, lines(3)), at=at)
        batch, is_new = create(ports, lines(3), acting=watched(ports, Hooks(before_call=hook)))
        assert is_new is not hook.has_acted or ports.batches.batches == {BATCH_ID: batch}
        assert list(ports.batches.batches) == [BATCH_ID]
        carry_out(ports)
        assert len(ports.campaigns.videos) == 3
        return hook.has_acted

    at_every_call(simulate)


def test_a_crash_while_a_batch_is_accepted_stores_all_or_none_of_it() -> None:
    def simulate(at: int) -> bool:
        ports = FakePorts()
        hook = Once(die, at=at)
        try:
            create(ports, lines(3), acting=watched(ports, Hooks(before_call=hook)))
        except DiedError:
            assert ports.batches.batches == {} or ports.objects.objects
        create(ports, lines(3))
        ports.queue.batches.clear()
        ports.clock.advance(BATCH_RETRY)
        maintain_campaigns(ports)
        carry_out(ports)
        assert len(ports.campaigns.videos) == 3
        return hook.has_acted

    at_every_call(simulate)


def test_a_batch_whose_message_was_lost_is_carried_on_by_the_tick(ports: FakePorts) -> None:
    create(ports, lines(2))
    ports.queue.batches.clear()

    maintain_campaigns(ports)
    assert ports.queue.batches == []
    ports.clock.advance(BATCH_RETRY)
    maintain_campaigns(ports)

    assert ports.queue.batches == [BATCH_ID]


def test_a_turn_is_bounded_and_the_next_message_continues(ports: FakePorts) -> None:
    create(ports, lines(250))
    ports.queue.batches.clear()
    slow = Hooks(before_effect=lambda: ports.clock.advance(timedelta(seconds=8)))

    run(ports, watched(ports, slow))

    assert 0 < ports.batches.get(BATCH_ID).next_line < 250
    assert ports.queue.batches == [BATCH_ID]


def test_a_busy_slot_is_the_error_of_its_line(ports: FakePorts) -> None:
    create(ports, file_of(a_line(0), a_line(1, index=0), a_line(2)))
    reserve(ports, "Another", campaign_id="c1")

    run(ports)

    assert outcomes(ports) == ["created", "slot_busy", "created"]
    assert ports.batches.get(BATCH_ID).refused == 1


def test_the_campaign_of_a_line_that_was_deleted_meanwhile_stays_deleted(ports: FakePorts) -> None:
    make(ports, "Another", campaign_id="c1")
    create(ports, lines(3))
    ports.clock.advance(timedelta(minutes=1))
    delete_campaign(ports, "c1")

    run(ports)

    assert outcomes(ports) == ["created", "campaign_deleted", "created"]


def test_what_is_deleted_for_good_stays_in_the_counts_of_its_batch(ports: FakePorts) -> None:
    create(ports, lines(3))
    run(ports)
    made, cancelled, _ = ports.campaigns.videos.values()
    cancel_video(ports, cancelled.campaign_id, cancelled.video_hash)
    settle(ports)
    before = view_of(ports, ports.batches.get(BATCH_ID)).totals

    for each in (made, cancelled):
        delete_video(ports, each.campaign_id, each.video_hash, purge=True)

    assert not ports.batches.get(BATCH_ID).has_ended
    assert view_of(ports, ports.batches.get(BATCH_ID)).totals == before
    run(ports)
    assert ports.batches.get(BATCH_ID).ended == before
    assert (before[Phase.DONE].usd, before[Phase.CANCELLED].videos) == (2 * PRICE, 1)


def test_a_deleted_video_of_a_done_line_is_not_made_again(ports: FakePorts) -> None:
    create(ports, lines(2))
    run(ports)
    (first, _) = ports.campaigns.videos.values()
    delete_video(ports, first.campaign_id, first.video_hash)

    run(ports)
    create(ports, lines(2))
    run(ports)

    assert prompts(ports) == ["Kite 1"]


def test_a_damaged_record_is_the_error_of_its_lines(ports: FakePorts) -> None:
    create(ports, lines(3))
    make(ports, "Another", campaign_id="c1")
    ports.campaigns.damage("c1", None)

    run(ports)

    assert outcomes(ports) == ["created", "record_unreadable", "created"]


@pytest.mark.parametrize("left", [0, 1, 2])
def test_the_day_s_budget_holds_for_each_line(left: int) -> None:
    ports = FakePorts(policy=replace(POLICY, daily_budget_usd=4 * PRICE))
    create(ports, lines(4))
    for number in range(4 - left):
        reserve(ports, "Another", campaign_id=f"other{number}")

    run(ports)

    assert outcomes(ports) == ["created"] * left + ["budget_exceeded"] * (4 - left)
    (day,) = ports.campaigns.days.values()
    assert day.committed == 4 * PRICE


def test_a_cancelled_batch_gives_the_day_its_dollars_back(ports: FakePorts) -> None:
    ports.policy = replace(POLICY, daily_budget_usd=Decimal(1000))
    create(ports, lines(12))
    run(ports)
    ports.queue._waiting.clear()

    cancel_batch(ports, BATCH_ID)
    run(ports)

    (day,) = ports.campaigns.days.values()
    assert day.committed == 0
    assert status(ports) is BatchStatus.CANCELLED
    assert {each.phase for each in ports.campaigns.videos.values()} == {Phase.CANCELLED}


def test_a_turn_that_comes_after_the_cancellation_submits_nothing(ports: FakePorts) -> None:
    """Also if the process that cancels the videos has died."""
    ports.rates = {ports.policy.default_model: 60}
    create(ports, lines(3))
    run(ports)

    cancel_batch(ports, BATCH_ID)
    deliver(ports)

    assert ports.generator.submissions == []
    deliver_batches(ports)
    assert {each.phase for each in ports.campaigns.videos.values()} == {Phase.CANCELLED}
    assert status(ports) is BatchStatus.CANCELLED


def test_a_batch_that_is_cancelled_while_it_is_read_makes_no_more_videos(
    no_log: None, small_chunks: None
) -> None:
    def simulate(at: int) -> bool:
        ports = FakePorts()
        create(ports, lines(7))
        hook = Once(lambda: cancel_batch(ports, BATCH_ID), at=at)
        run(ports, watched(ports, Hooks(before_call=hook)))
        ports.queue._waiting.clear()
        deliver_batches(ports)
        if hook.has_acted:
            assert {each.phase for each in ports.campaigns.videos.values()} <= {Phase.CANCELLED}
            assert status(ports) is BatchStatus.CANCELLED
            assert [each.line for each in results(ports)] == list(range(1, 8))
            made = outcomes(ports).count("created")
            assert made == len(ports.campaigns.videos)
            assert outcomes(ports).count("cancelled") == 7 - made
        return hook.has_acted

    at_every_call(simulate)


def test_a_submitted_video_of_a_cancelled_batch_is_finished(ports: FakePorts) -> None:
    create(ports, lines(2))
    run(ports)
    deliver(ports)
    assert len(ports.generator.submissions) == 2

    cancel_batch(ports, BATCH_ID)
    settle(ports)
    run(ports)

    assert {each.phase for each in ports.campaigns.videos.values()} == {Phase.DONE}
    assert status(ports) is BatchStatus.CANCELLED


def test_a_completed_batch_cannot_be_cancelled(ports: FakePorts) -> None:
    create(ports, lines(1))
    carry_out(ports)

    with pytest.raises(WrongStateError):
        cancel_batch(ports, BATCH_ID)


def test_a_batch_whose_videos_have_ended_cannot_be_cancelled(ports: FakePorts) -> None:
    """Although its own end is committed later."""
    create(ports, lines(1))
    run(ports)
    (video,) = ports.campaigns.videos.values()
    cancel_video(ports, video.campaign_id, video.video_hash)
    assert status(ports) is BatchStatus.COMPLETED

    with pytest.raises(WrongStateError):
        cancel_batch(ports, BATCH_ID)


def test_a_batch_is_cancelled_once(ports: FakePorts) -> None:
    create(ports, lines(1))
    first = cancel_batch(ports, BATCH_ID)
    ports.clock.advance(timedelta(minutes=1))

    assert cancel_batch(ports, BATCH_ID).cancelled_at == first.cancelled_at


def test_an_unresponsive_store_is_retried(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(ports, lines(2))

    def unavailable(*_: object) -> None:
        raise UnavailableError("The database does not answer.")

    with monkeypatch.context() as fault:
        fault.setattr(ports.batches, "commit", unavailable)
        with pytest.raises(RetryLaterError):
            run(ports)
    run(ports)

    assert outcomes(ports) == ["created"] * 2


def test_a_missing_file_is_looked_for_again_later(ports: FakePorts) -> None:
    create(ports, lines(2))
    kept = ports.objects.objects.pop(batch_request_path(BATCH_ID, "jsonl"))

    run(ports)
    due_at = ports.batches.get(BATCH_ID).due_at
    assert due_at is not None
    assert due_at > ports.now() + BATCH_RETRY

    ports.objects.objects[batch_request_path(BATCH_ID, "jsonl")] = kept
    run(ports)
    assert outcomes(ports) == ["created"] * 2


def test_a_message_of_an_unknown_batch_is_ignored(ports: FakePorts) -> None:
    run(ports)

    with pytest.raises(BatchNotFoundError):
        ports.batches.get(BATCH_ID)


def test_a_conflict_is_met_with_a_smaller_chunk(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(ports, lines(100))
    commit = ports.batches.commit
    sizes: list[int] = []

    def contended(batch: Batch, changes: Any = ()) -> Batch:  # noqa: ANN401
        sizes.append(len(changes))
        if len(changes) > 30:
            raise ConflictError("Another request was first.")
        return commit(batch, changes)

    monkeypatch.setattr(ports.batches, "commit", contended)
    run(ports)

    assert sizes[:3] == [100, 50, 25]
    assert len(ports.campaigns.videos) == 100


def refused(ports: FakePorts, content: bytes) -> list[tuple[int, str, str | None]]:
    with pytest.raises(InvalidBatchError) as refusal:
        create(ports, content)
    assert ports.batches.batches == {}
    assert ports.objects.objects == {}
    assert ports.campaigns.campaigns == {}
    return [(each.line, each.code, each.param) for each in refusal.value.problems]


BAD_LINES: list[tuple[dict[str, Any], str, str | None]] = [
    ({"campaign_id": "../x", "prompt": "Kite"}, "invalid_request", "campaign_id"),
    ({"prompt": "Kite"}, "invalid_request", "campaign_id"),
    (a_line(1, colour="red"), "invalid_request", "colour"),
    (a_line(1, model="veo-2.0-generate-001"), "model_retired", None),
    (a_line(1, seconds=5), "unsupported_parameter", "seconds"),
    (a_line(1, index=4), "campaign_video_limit", None),
    (a_line(1, prompts=["A"]), "invalid_request", "prompt"),
    (a_line(1, max_cost_usd=1), "max_cost_exceeded", None),
    ({"campaign_id": "c1", "prompts": list("abcde")}, "campaign_video_limit", None),
    ({"campaign_id": "c1", "prompts": ["A"], "index": 1}, "invalid_request", "index"),
    ({"campaign_id": "c1", "prompts": []}, "invalid_request", "prompts"),
]


@pytest.mark.parametrize(("bad", "code", "param"), BAD_LINES)
def test_a_bad_line_refuses_the_whole_batch(
    ports: FakePorts, bad: dict[str, Any], code: str, param: str | None
) -> None:
    content = file_of(a_line(0), bad, a_line(2))

    ((line, found, named),) = refused(ports, content)

    assert (line, found) == (2, code)
    assert param is None or named == param


def test_two_lines_for_one_slot_are_refused(ports: FakePorts) -> None:
    content = file_of(a_line(0, index=1), a_line(0, prompt="Another", index=1))

    assert refused(ports, content) == [(2, "slot_busy", None)]


def test_more_lines_than_a_campaign_has_slots_are_refused(ports: FakePorts) -> None:
    content = file_of(*[a_line(0, prompt=f"Kite {number}") for number in range(6)])

    assert [line for line, _, _ in refused(ports, content)] == [5, 6]


def test_the_first_twenty_bad_lines_are_named(ports: FakePorts) -> None:
    content = file_of(*[a_line(number, seconds=5) for number in range(30)])

    assert [line for line, _, _ in refused(ports, content)] == list(range(1, 21))


@pytest.mark.parametrize("cents", [0, 1])
def test_the_limit_of_the_batch_holds_to_the_cent(ports: FakePorts, cents: int) -> None:
    most = 3 * PRICE - Decimal(cents) / 100
    if not cents:
        assert create(ports, lines(3), max_cost=most)[1]
        return

    with pytest.raises(MaxCostExceededError):
        create(ports, lines(3), max_cost=most)
    assert ports.batches.batches == {}


def test_the_budget_of_the_day_is_checked_for_all_lines(ports: FakePorts) -> None:
    ports.policy = replace(POLICY, daily_budget_usd=3 * PRICE - Decimal("0.01"))

    with pytest.raises(BudgetExceededError):
        create(ports, lines(3))
    assert ports.batches.batches == {}


def test_the_budget_of_a_campaign_is_checked_for_all_its_lines(ports: FakePorts) -> None:
    ports.policy = replace(POLICY, campaign_budget_usd=2 * PRICE - Decimal("0.01"))
    content = file_of(a_line(0), a_line(1), a_line(0, prompt="Another"))

    assert refused(ports, content) == [(3, "budget_exceeded", None)]


def test_results_are_stored_before_the_next_chunk(ports: FakePorts) -> None:
    create(ports, lines(230))
    run(ports)

    stored = sorted(ports.objects.list(batch_results_prefix(BATCH_ID)), key=lambda each: each.path)
    chunks = [decode_results(ports.objects.open(each.path).read()) for each in stored]
    assert [len(chunk) for chunk in chunks] == [100, 100, 30]
    assert all(
        video.outcome is Outcome.CREATED
        for chunk in chunks
        for each in chunk
        for video in each.videos
    )


def test_the_lines_of_a_batch_take_places_of_their_own_flow(ports: FakePorts) -> None:
    """They are spaced by the model's rate from the batch on, whatever their campaigns wait for."""
    ports.rates = {ports.policy.default_model: 60}
    create(ports, file_of(a_line(0), a_line(1), a_line(0, prompt="Another"), a_line(2)))
    ports.clock.advance(timedelta(minutes=1))

    run(ports)

    placed = sorted(
        (each.queue.order - ports.batches.get(BATCH_ID).created_at, each.queue.lane, each.prompt)
        for each in ports.campaigns.videos.values()
        if each.queue
    )
    assert placed == [
        (timedelta(seconds=0), Lane.BULK, "Kite 0"),
        (timedelta(seconds=1), Lane.BULK, "Kite 1"),
        (timedelta(seconds=2), Lane.BULK, "Another"),
        (timedelta(seconds=3), Lane.BULK, "Kite 2"),
    ]


def test_the_places_go_on_in_the_next_chunk(ports: FakePorts, small_chunks: None) -> None:
    ports.rates = {ports.policy.default_model: 60}
    create(ports, lines(7))

    run(ports)

    orders = sorted(each.queue.order for each in ports.campaigns.videos.values() if each.queue)
    began = ports.batches.get(BATCH_ID).created_at
    assert [(order - began).total_seconds() for order in orders] == list(range(7))


@pytest.mark.parametrize("is_read", [False, True])
def test_the_end_of_a_batch_is_estimated_before_the_first_tick(
    ports: FakePorts, small_chunks: None, *, is_read: bool
) -> None:
    """The second line has two prompts, and the last one is cached."""
    ports.rates = {ports.policy.default_model: 2}
    make(ports, "Kite 4", campaign_id="c4")
    two = {"campaign_id": "c1", "prompts": ["A boat", "A leaf"]}
    create(ports, file_of(a_line(0), two, a_line(2), a_line(3), a_line(4)))
    if is_read:
        run(ports)
        deliver(ports)
    reads: list[str] = []
    acting = watched(ports, Hooks(before_call=lambda: reads.append("")))

    view = view_of(acting, ports.batches.get(BATCH_ID))

    # Five videos, two a minute; the totals, with what waits, and the pace.
    assert view.expected_done_at is not None
    minutes = (view.expected_done_at - USUAL_GENERATION - ports.now()) / timedelta(minutes=1)
    assert 2 <= minutes <= 3.5
    assert len(reads) == (3 if is_read else 2)


def test_a_store_that_ignores_case_is_read_once_for_all_lines(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It requires the names of all campaigns for each new one."""
    make(ports, campaign_id="Kite")
    monkeypatch.setattr(ports.objects, "is_case_sensitive", lambda: False)
    listed, reads = ports.campaigns.list_campaigns, Counter[str | None]()

    def counted(*, after: str | None, limit: int) -> tuple[Campaign | Unreadable, ...]:
        reads[after] += 1
        return listed(after=after, limit=limit)

    monkeypatch.setattr(ports.campaigns, "list_campaigns", counted)

    create(ports, lines(20))
    assert reads[None] == 1

    with pytest.raises(InvalidBatchError):
        create(ports, file_of(a_line(1, campaign_id="kite")), batch_id=f"{BATCH_ID[:-1]}0")
