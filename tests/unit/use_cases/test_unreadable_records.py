"""Records that cannot be read: nothing is decided as if they did not exist, and nothing is lost."""

import json
import logging
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest

from shared.domain.agreement import Disagreement
from shared.domain.copying import CopyDecision
from shared.domain.errors import (
    InvalidRequestError,
    ObjectNotFoundError,
    UnreadableRecordError,
    WrongStateError,
)
from shared.domain.money import Money
from shared.domain.schedule import BROKEN_RETRY, DEADLINE
from shared.domain.storage_layout import GENERATED, answer_path, attempt_prefix, metadata_path
from shared.domain.values import replace
from shared.domain.video import Phase, VersionState, Video
from shared.use_cases.announcing import report_unreadable
from shared.use_cases.change_versions import delete_video, promote_video
from shared.use_cases.claims import Claim
from shared.use_cases.cleanup_campaign import cleanup_all, cleanup_campaign
from shared.use_cases.content import locate_clips
from shared.use_cases.copy_campaigns import Installation, copy_campaigns
from shared.use_cases.create_videos import Draft, create_videos
from shared.use_cases.damaged_records import discard_damaged, restore_record
from shared.use_cases.delete_campaign import delete_campaign
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.mirroring import mirror_campaign
from shared.use_cases.read_campaigns import read_campaign
from shared.use_cases.reconcile import (
    find_lost_operations,
    find_without_campaign,
    reconcile_campaigns,
    repair_disagreements,
)
from shared.use_cases.reconcile_next import reconcile_next
from shared.use_cases.regenerate_videos import regenerate_video
from shared.use_cases.repairing import delete_without_record
from shared.use_cases.request_videos import request_videos
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.rules import assert_agreement
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    QUEUE_LIMIT,
    a_request,
    budgeted_ports,
    deliver,
    make,
    pass_time,
    remake,
    reserve,
    settle,
    stored,
    submit,
    wake,
)
from tests.unit.use_cases.watching import Hooks, Once, watched
from tools.in_memory.clip import A_CLIP


@pytest.fixture(autouse=True)
def told_nothing_yet() -> Iterator[None]:
    report_unreadable.cache_clear()
    yield
    report_unreadable.cache_clear()


def damage(ports: FakePorts, video: Video, *, is_newer: bool = False) -> None:
    ports.campaigns.damage(video.campaign_id, video.video_hash, is_newer=is_newer)


def money(ports: FakePorts) -> Money:
    return ports.campaigns.get_campaign(CAMPAIGN_ID).money


def kept(ports: FakePorts) -> tuple[object, ...]:
    """All that there is."""
    campaigns = ports.campaigns
    return (
        dict(campaigns.campaigns),
        dict(campaigns.videos),
        dict(campaigns.unreadable),
        {path: each for path, each in ports.objects.objects.items() if "maintenance" not in path},
    )


@pytest.mark.parametrize("is_newer", [False, True])
def test_reconciling_reports_the_record_and_changes_nothing_of_its_campaign(
    ports: FakePorts, *, is_newer: bool
) -> None:
    video = make(ports)
    make(ports, drafts=(Draft(prompt="A kite", index=1),))
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    ports.campaigns.campaigns[CAMPAIGN_ID] = replace(campaign, money=Money(spent=PRICE * 5))
    damage(ports, video, is_newer=is_newer)
    before = kept(ports)

    (finding,) = repair_disagreements(ports, CAMPAIGN_ID)

    kind = Disagreement.RECORD_NEWER if is_newer else Disagreement.RECORD_DAMAGED
    assert (kind, video.id, False) == (finding.kind, finding.subject, finding.repaired)
    assert "It was damaged." in finding.detail
    assert kept(ports) == before


def test_reconciling_reports_a_campaign_that_cannot_be_read_and_goes_on(ports: FakePorts) -> None:
    make(ports)
    make(ports, campaign_id="summer")
    ports.campaigns.damage(CAMPAIGN_ID, None)
    before = kept(ports)

    compared = reconcile_campaigns(ports, lambda name: repair_disagreements(ports, name))
    found = {campaign.campaign_id: findings for campaign, findings in compared}

    assert [each.kind for each in found[CAMPAIGN_ID]] == [Disagreement.RECORD_DAMAGED]
    assert found["summer"] == ()
    assert find_lost_operations(ports, CAMPAIGN_ID) == ()
    assert kept(ports) == before


def test_a_video_with_a_record_is_no_orphan_even_if_its_campaign_has_none(
    ports: FakePorts,
) -> None:
    video, other = make(ports), make(ports, drafts=(Draft(prompt="A kite", index=1),))
    damage(ports, video)
    del ports.campaigns.campaigns[CAMPAIGN_ID]
    before = kept(ports)

    findings = list(find_without_campaign(ports))
    delete_without_record(ports, findings)

    assert [each.kind for each in findings] == [Disagreement.CAMPAIGN_MISSING]
    assert kept(ports) == before
    assert stored(ports, other) == other


def test_the_tick_reports_an_unreadable_record_once_and_publishes_no_message(
    ports: FakePorts, caplog: pytest.LogCaptureFixture
) -> None:
    video = submit(ports)
    damage(ports, video)
    deliver(ports)
    waiting = ports.queue.messages
    caplog.clear()
    report_unreadable.cache_clear()

    for _ in range(3):
        ports.clock.advance(DEADLINE)
        ports_tick(ports)

    (record,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert (record.levelno, record.message) == (logging.ERROR, "record.unreadable")
    assert waiting == ports.queue.messages


def ports_tick(ports: FakePorts) -> None:
    maintain_campaigns(ports)
    reconcile_next(ports)


def test_a_message_for_an_unreadable_video_is_acknowledged(
    ports: FakePorts, caplog: pytest.LogCaptureFixture
) -> None:
    video = submit(ports)
    damage(ports, video)

    wake(ports, video)
    wake(ports, video)

    assert [each.message for each in caplog.records] == ["record.unreadable"]


def test_the_prompt_of_an_unreadable_video_is_not_paid_again(ports: FakePorts) -> None:
    video = submit(ports)
    damage(ports, video)

    for attempt in (
        lambda: reserve(ports),
        lambda: regenerate_video(ports, CAMPAIGN_ID, video.video_hash),
        lambda: reserve(ports, drafts=(Draft(prompt="A red bicycle", index=3),)),
    ):
        with pytest.raises(UnreadableRecordError):
            attempt()
    settle_what_can(ports)

    assert len(ports.generator.submissions) == 1
    assert money(ports).reserved == PRICE


def settle_what_can(ports: FakePorts) -> None:
    for _ in range(5):
        deliver(ports)
        pass_time(ports)
        ports_tick(ports)


def test_a_claim_whose_video_cannot_be_read_makes_no_other(ports: FakePorts) -> None:
    claim = Claim(name=uuid4().hex, digest="", claimed_at=ports.now().isoformat())
    (created,) = create_videos(ports, a_request("A kite", claim=claim))
    damage(ports, created.video)

    with pytest.raises(UnreadableRecordError):
        create_videos(ports, a_request("A kite", claim=claim))

    assert money(ports).reserved == PRICE


def test_a_slot_that_could_not_be_replaced_takes_no_new_video(ports: FakePorts) -> None:
    damage(ports, make(ports))

    with pytest.raises(UnreadableRecordError):
        reserve(ports, "A blue bicycle")

    assert money(ports).reserved == Decimal(0)
    assert make(ports, drafts=(Draft(prompt="A blue bicycle"),)).index == 1


def test_a_paid_clip_waits_for_the_record_that_it_replaces(ports: FakePorts) -> None:
    old = make(ports)
    new = regenerate_video(ports, CAMPAIGN_ID, old.video_hash).video
    deliver(ports)
    damage(ports, old)

    wake(ports, new)
    assert (stored(ports, new).phase, stored(ports, new).store_tries) == (Phase.STORING, 0)
    discard_damaged(ports, CAMPAIGN_ID, old.video_hash)
    ports.clock.advance(BROKEN_RETRY)
    settle_what_can(ports)

    assert stored(ports, new).is_current
    assert money(ports).spent == PRICE * 2


def test_a_paid_clip_that_has_waited_too_long_becomes_history(ports: FakePorts) -> None:
    old = make(ports)
    new = regenerate_video(ports, CAMPAIGN_ID, old.video_hash).video
    deliver(ports)
    damage(ports, old)

    while not stored(ports, new).has_ended:
        ports.clock.advance(BROKEN_RETRY)
        wake(ports, new)
    failure = stored(ports, new).failure
    assert failure is not None
    assert failure.code == "record_unreadable"
    assert money(ports).possibly_spent == PRICE

    wake(ports, new)

    assert stored(ports, new).version_state is VersionState.HISTORICAL
    assert money(ports).spent == PRICE * 2


def test_a_clip_is_stored_beside_history_that_cannot_be_read(ports: FakePorts) -> None:
    first = make(ports)
    second = remake(ports, first)
    damage(ports, first)

    third = remake(ports, second)

    assert stored(ports, third).is_current
    assert (CAMPAIGN_ID, first.video_hash) in ports.campaigns.unreadable


def test_cleanup_keeps_unreadable_records(ports: FakePorts) -> None:
    first = make(ports)
    second = remake(ports, first)
    make(ports, campaign_id="summer")
    damage(ports, first)
    ports.campaigns.damage("summer", None)
    before = kept(ports)

    assert cleanup_campaign(ports, CAMPAIGN_ID, keep=0).videos == ()
    assert all(not each.videos for each in cleanup_all(ports, keep=0))

    assert kept(ports) == before
    assert stored(ports, second).is_current


def test_a_campaign_lists_its_unreadable_videos(ports: FakePorts) -> None:
    first = make(ports)
    second = remake(ports, first)
    damage(ports, second)

    (slot,) = read_campaign(ports, CAMPAIGN_ID).slots

    assert (None, (first.video_hash,)) == (
        slot.current,
        tuple(each.video_hash for each in slot.historical),
    )
    assert [second.id] == [each.id for each in slot.unreadable]
    with pytest.raises(UnreadableRecordError):
        promote_video(ports, CAMPAIGN_ID, first.video_hash)


def test_clips_are_found_without_their_campaign(ports: FakePorts) -> None:
    video = make(ports)
    ports.campaigns.damage(CAMPAIGN_ID, None)

    (path,) = locate_clips(ports, (video,)).values()

    assert path.startswith(f"{GENERATED}/{CAMPAIGN_ID}/curr_")


def test_a_damaged_video_can_be_deleted_and_its_dollars_stay(ports: FakePorts) -> None:
    video = make(ports)
    other = make(ports, drafts=(Draft(prompt="A kite", index=1),))
    damage(ports, video)
    before = money(ports)

    delete_video(ports, CAMPAIGN_ID, video.video_hash, purge=True)

    assert money(ports) == before
    assert {other.video_hash} == {each.video_hash for each in ports.campaigns.videos.values()}
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).slot(0).is_free
    (event,) = (each for each in ports.campaigns.events.values() if each.unreadable)
    assert ("video.deleted", video.id) == (event.type, event.video_id)
    assert event in ports.queue.events
    assert_agreement(ports)
    assert repair_disagreements(ports, CAMPAIGN_ID) == ()


def test_dollars_of_a_damaged_video_in_flight_are_possibly_spent(ports: FakePorts) -> None:
    video = submit(ports)
    put = ports.objects.put
    damage(ports, video)
    path = f"{attempt_prefix(CAMPAIGN_ID, video.video_hash, 1)}sample_0.mp4"
    put(path, BytesIO(A_CLIP), content_type="video/mp4")

    delete_video(ports, CAMPAIGN_ID, video.video_hash, purge=True)

    assert money(ports) == Money(possibly_spent=PRICE)
    assert ports.objects.objects == {}
    assert repair_disagreements(ports, CAMPAIGN_ID) == ()
    settle(ports)
    assert money(ports) == Money(possibly_spent=PRICE)


def test_of_several_damaged_videos_each_can_be_deleted(ports: FakePorts) -> None:
    videos = [make(ports, drafts=(Draft(prompt=f"{each}", index=each),)) for each in range(3)]
    for video in videos:
        damage(ports, video)

    for video in videos:
        delete_video(ports, CAMPAIGN_ID, video.video_hash, purge=True)
        assert money(ports).committed == PRICE * 3

    assert repair_disagreements(ports, CAMPAIGN_ID) == ()


def test_a_record_of_a_newer_release_is_not_deleted(ports: FakePorts) -> None:
    video = make(ports)
    damage(ports, video, is_newer=True)
    before = kept(ports)

    for decision in (delete_video, discard_damaged, restore_record):
        with pytest.raises(UnreadableRecordError):
            decision(ports, CAMPAIGN_ID, video.video_hash)

    assert kept(ports) == before


def test_a_good_record_is_not_discarded_as_damaged(ports: FakePorts) -> None:
    video = make(ports)

    for decision in (discard_damaged, restore_record):
        with pytest.raises(WrongStateError):
            decision(ports, CAMPAIGN_ID, video.video_hash)

    assert stored(ports, video) == video


def test_a_damaged_record_is_restored_from_its_json(ports: FakePorts) -> None:
    video = make(ports)
    mirror_campaign(ports.mirror, ports.campaigns, CAMPAIGN_ID)
    damage(ports, video)

    restored = restore_record(ports, CAMPAIGN_ID, video.video_hash)

    assert replace(video, revision=restored.revision) == stored(ports, video)
    assert_agreement(ports)


def test_a_record_without_good_json_is_not_restored(ports: FakePorts) -> None:
    video = make(ports)
    damage(ports, video)
    ports.json.objects.clear()

    with pytest.raises(ObjectNotFoundError):
        restore_record(ports, CAMPAIGN_ID, video.video_hash)


def test_json_from_before_the_submission_leads_to_no_second_one(ports: FakePorts) -> None:
    video = reserve(ports)
    mirror_campaign(ports.mirror, ports.campaigns, CAMPAIGN_ID)
    path = metadata_path(CAMPAIGN_ID, video.video_hash, current=False)
    old = ports.json.objects[path]
    deliver(ports)
    ports.json.objects[path] = old
    damage(ports, video)

    with pytest.raises(WrongStateError, match="Delete it instead"):
        restore_record(ports, CAMPAIGN_ID, video.video_hash)


def test_a_day_that_cannot_be_read_keeps_its_dollars_and_the_video_ends() -> None:
    ports = budgeted_ports()
    video = reserve(ports)

    def fail(*_: object) -> None:
        raise UnreadableRecordError("days/2026-11-20: It was damaged.")

    ports.campaigns.get_day = fail  # type: ignore[assignment,method-assign]
    ports.clock.advance(QUEUE_LIMIT)
    wake(ports, video)

    assert stored(ports, video).phase is Phase.FAILED
    assert money(ports).committed == Decimal(0)
    assert sum(day.committed for day in ports.campaigns.days.values()) == PRICE


def test_the_receipt_of_a_message_for_an_unreadable_record_has_the_reason(
    ports: FakePorts, caplog: pytest.LogCaptureFixture
) -> None:
    make(ports)
    ports.campaigns.damage(CAMPAIGN_ID, None)

    request_videos(ports, "17", lambda: a_request("A kite"))

    receipt = json.loads(ports.objects.objects[answer_path("17")].content)
    assert receipt["error"]["code"] == "record_unreadable"
    assert logging.ERROR in [each.levelno for each in caplog.records]


def test_a_claim_of_a_newer_version_is_understood(ports: FakePorts) -> None:
    with pytest.raises(ZeroDivisionError):
        request_videos(ports, "17", lambda: a_request("A kite") if 1 / 0 else a_request())
    path = next(path for path in ports.objects.objects if "claims" in path)
    claim = json.loads(ports.objects.objects[path].content)
    content = json.dumps({**claim, "asked_by": "Ana"}).encode()
    ports.objects.objects[path] = replace(ports.objects.objects[path], content=content)

    request_videos(ports, "17", lambda: a_request("A kite"))

    assert len(ports.campaigns.videos) == 1


def test_a_copy_includes_unreadable_records(ports: FakePorts) -> None:
    video, other = make(ports), make(ports, drafts=(Draft(prompt="A kite", index=1),))
    make(ports, campaign_id="summer")
    damage(ports, video)
    ports.campaigns.damage("summer", None)
    elsewhere = FakePorts()
    source = Installation(campaigns=ports.campaigns, objects=ports.objects, mirror=ports.mirror)
    target = Installation(
        campaigns=elsewhere.campaigns, objects=elsewhere.objects, mirror=elsewhere.mirror
    )

    spring, summer = copy_campaigns(source, target)
    again, _ = copy_campaigns(source, target)

    assert (spring.decision, spring.unreadable) == (CopyDecision.COPY, 1)
    assert (summer.decision, summer.unreadable) == (CopyDecision.UNREADABLE_IN_SOURCE, 1)
    assert again.decision is CopyDecision.UP_TO_DATE
    assert money(ports) == money(elsewhere)
    assert (CAMPAIGN_ID, video.video_hash) in elsewhere.campaigns.unreadable
    assert stored(elsewhere, other).prompt == other.prompt
    generated = {path for path in ports.objects.objects if f"{GENERATED}/{CAMPAIGN_ID}/" in path}
    assert generated == set(elsewhere.objects.objects)
    (slot, _) = elsewhere.campaigns.get_campaign(CAMPAIGN_ID).slots
    assert slot.current is not None
    assert video.video_hash == slot.current.video_hash


def test_a_copy_does_not_replace_unreadable_records_of_the_target(ports: FakePorts) -> None:
    video = make(ports)
    elsewhere = FakePorts()
    source = Installation(campaigns=ports.campaigns, objects=ports.objects, mirror=ports.mirror)
    target = Installation(
        campaigns=elsewhere.campaigns, objects=elsewhere.objects, mirror=elsewhere.mirror
    )
    list(copy_campaigns(source, target))
    damage(elsewhere, video)
    before = kept(elsewhere)

    (copied,) = copy_campaigns(source, target)
    elsewhere.campaigns.damage(CAMPAIGN_ID, None)
    (copied_again,) = copy_campaigns(source, target)

    assert CopyDecision.UNREADABLE_IN_TARGET is copied.decision is copied_again.decision
    assert before[3] == kept(elsewhere)[3]


def test_an_invalid_request_is_still_an_invalid_request(ports: FakePorts) -> None:
    with pytest.raises(InvalidRequestError):
        reserve(ports, parameters=replace(a_request().parameters, duration_seconds=5))


@pytest.mark.parametrize("is_newer", [False, True], ids=["damaged", "newer"])
def test_a_campaign_with_an_unreadable_record_is_not_deleted(
    ports: FakePorts, *, is_newer: bool
) -> None:
    make(ports)
    damage(ports, make(ports, "A blue bicycle", campaign_id="spring2"))
    damage(ports, remake(ports, make(ports)), is_newer=is_newer)
    before = kept(ports)

    with pytest.raises(UnreadableRecordError, match=r"is not deleted.*video_spring\.") as refused:
        delete_campaign(ports, CAMPAIGN_ID)

    assert is_newer is refused.value.is_newer
    assert ("delete the video first" in refused.value.message) is not is_newer
    settle(ports)
    assert kept(ports) == before


def test_a_newer_record_is_named_before_damaged_ones(ports: FakePorts) -> None:
    create_videos(ports, a_request("One", "Two", "Three"))
    settle(ports)
    for video in tuple(ports.campaigns.videos.values()):
        damage(ports, video, is_newer=video.index == 1)

    with pytest.raises(UnreadableRecordError) as refused:
        delete_campaign(ports, CAMPAIGN_ID)

    assert refused.value.is_newer


def test_a_campaign_whose_damaged_records_are_deleted_can_be_deleted(ports: FakePorts) -> None:
    video = make(ports)
    damage(ports, video)
    delete_video(ports, CAMPAIGN_ID, video.video_hash, purge=True)

    assert delete_campaign(ports, CAMPAIGN_ID)
    assert ports.campaigns.campaigns == {}


def test_a_deletion_stops_at_a_record_that_has_become_unreadable(
    ports: FakePorts, caplog: pytest.LogCaptureFixture
) -> None:
    """It is not removed with the rest, and the tick goes on once it has been deleted."""
    video = make(ports)
    damaging = Once(lambda: damage(ports, video), at=1)

    assert not delete_campaign(watched(ports, Hooks(before_effect=damaging)), CAMPAIGN_ID)

    errors = [each.message for each in caplog.records if each.levelno == logging.ERROR]
    assert errors == ["record.unreadable"]
    maintain_campaigns(ports)
    assert [(CAMPAIGN_ID, video.video_hash)] == list(ports.campaigns.unreadable)
    delete_video(ports, CAMPAIGN_ID, video.video_hash, purge=True)
    settle(ports)
    assert ports.campaigns.campaigns == {}
