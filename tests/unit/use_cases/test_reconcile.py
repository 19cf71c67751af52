"""Reconcile: find disagreements, repair what is safe to repair, and lose nothing paid for."""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest

from shared.domain.agreement import Disagreement, Finding
from shared.domain.campaign import Change
from shared.domain.money import Money
from shared.domain.schedule import DEADLINE, RECONCILE_ROUND, TICK
from shared.domain.storage_layout import CURSOR, attempts_prefix, clip_path, picture_path
from shared.domain.values import replace
from shared.domain.video import Phase, VersionState, Video
from shared.ports.inspectors import InspectedClip
from shared.ports.record_mirror import MirrorListing
from shared.ports.video_generator import Gone
from shared.use_cases.create_videos import Draft
from shared.use_cases.maintain_campaigns import take_tick
from shared.use_cases.mirroring import mirror_campaign
from shared.use_cases.reconcile import (
    find_disagreements,
    find_lost_operations,
    find_without_campaign,
    reconcile_campaigns,
    repair_disagreements,
)
from shared.use_cases.reconcile_next import LATE_CAMPAIGNS, reconcile_next
from shared.use_cases.repairing import delete_without_record
from tests.fakes.ports import FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.rules import assert_agreement
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    deliver,
    lose_messages,
    make,
    remake,
    reserve,
    settle,
    stored,
    submit,
    wake,
)
from tools.in_memory.clip import A_CLIP, CLIP_FACTS, PICTURES

D = Disagreement
ANOTHER = "00ff00ff00ff00ff"


def clip_name(video: Video, *, current: bool = True) -> str:
    return clip_path(video.campaign_id, video.video_hash, video.index, current=current)


def thumbnail_name(video: Video) -> str:
    return picture_path(video.campaign_id, video.video_hash, video.index, "thumbnail")


def put(ports: FakePorts, path: str, content: bytes = A_CLIP) -> None:
    ports.objects.put(path, BytesIO(content), content_type="video/mp4")


def kinds(findings: Iterable[Finding]) -> list[Disagreement]:
    return [finding.kind for finding in findings]


def find(ports: FakePorts) -> list[Disagreement]:
    before = dict(ports.objects.objects), dict(ports.campaigns.campaigns)
    found = kinds(find_disagreements(ports, CAMPAIGN_ID))
    assert (ports.objects.objects, ports.campaigns.campaigns) == before
    return found


def repair(ports: FakePorts) -> dict[Disagreement, bool]:
    return {each.kind: each.repaired for each in repair_disagreements(ports, CAMPAIGN_ID)}


def test_consistent_campaigns_have_no_finding(ports: FakePorts) -> None:
    remake(ports, make(ports))
    ports.generator.will(Script(running_checks=9))
    reserve(ports, drafts=(Draft(prompt="Another", index=1),))
    deliver(ports)
    reserve(ports, drafts=(Draft(prompt="A third", index=2),))

    assert find(ports) == []
    assert repair(ports) == {}


def forget_the_clip(ports: FakePorts, video: Video) -> None:
    ports.objects.delete(clip_name(video))


def forget_the_thumbnail(ports: FakePorts, video: Video) -> None:
    ports.objects.delete(thumbnail_name(video))


def name_it_historical(ports: FakePorts, video: Video) -> None:
    ports.objects.rename(clip_name(video), clip_name(video, current=False))


def name_it_twice(ports: FakePorts, video: Video) -> None:
    put(ports, clip_name(video, current=False))


def lose_money(ports: FakePorts, video: Video) -> None:
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    ports.campaigns.commit(Change(campaign=replace(campaign, money=Money(spent=Decimal(1)))))


def empty_the_slot(ports: FakePorts, video: Video) -> None:
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    ports.campaigns.commit(Change(campaign=replace(campaign, slots=())))


def call_it_historical(ports: FakePorts, video: Video) -> None:
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    former = replace(stored(ports, video), version_state=VersionState.HISTORICAL)
    slots = campaign.slot(video.index)
    history = (slots.current,) if slots.current else ()
    slot = replace(slots, current=None, historical=history)
    ports.campaigns.commit(Change(campaign=campaign.with_slot(slot), videos=(former,)))


def leave_a_clip(ports: FakePorts, video: Video) -> None:
    put(ports, clip_path(CAMPAIGN_ID, ANOTHER, 0, current=False))


def leave_a_clip_of_an_attempt(ports: FakePorts, video: Video) -> None:
    put(ports, f"videos/attempts/{CAMPAIGN_ID}/{ANOTHER}/1/sample_0.mp4")


def leave_a_note(ports: FakePorts, video: Video) -> None:
    put(ports, f"videos/generated/{CAMPAIGN_ID}/notes.txt")


Fault = Callable[[FakePorts, Video], None]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (forget_the_thumbnail, D.PICTURE_MISSING),
        (name_it_historical, D.CLIP_MISNAMED),
        (name_it_twice, D.CLIP_MISNAMED),
        (lose_money, D.MONEY_DISAGREES),
        (empty_the_slot, D.SLOTS_DISAGREE),
        (call_it_historical, D.CLIP_MISNAMED),
    ],
)
def test_safe_repairs_are_made(ports: FakePorts, fault: Fault, kind: D) -> None:
    video = make(ports)
    fault(ports, video)
    mirror_campaign(ports.mirror, ports.campaigns, CAMPAIGN_ID)
    assert [kind] == find(ports)

    assert {kind: True} == repair(ports)

    assert find(ports) == []
    assert_agreement(ports)
    assert (
        ports.objects.objects[clip_name(video, current=stored(ports, video).is_current)].content
        == A_CLIP
    )


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (forget_the_clip, D.CLIP_MISSING),
        (leave_a_clip, D.OBJECT_WITHOUT_RECORD),
        (leave_a_clip_of_an_attempt, D.OBJECT_WITHOUT_RECORD),
        (leave_a_note, D.UNKNOWN_OBJECT),
    ],
)
def test_undecidable_findings_are_reported_and_left_alone(
    ports: FakePorts, fault: Fault, kind: D
) -> None:
    fault(ports, make(ports))
    before = dict(ports.objects.objects)

    assert {kind: False} == repair(ports)

    assert ports.objects.objects == before


def test_a_missing_thumbnail_is_made_again_from_the_clip(ports: FakePorts) -> None:
    video = make(ports)
    forget_the_thumbnail(ports, video)

    repair(ports)

    assert PICTURES["thumbnail"] == ports.objects.objects[thumbnail_name(video)].content


def test_clips_without_a_record_are_deleted_on_request(ports: FakePorts) -> None:
    video = make(ports)
    leave_a_clip(ports, video)
    leave_a_note(ports, video)
    found = find_disagreements(ports, CAMPAIGN_ID)

    assert delete_without_record(ports, found) == 1

    assert find(ports) == [D.UNKNOWN_OBJECT]
    assert clip_name(video) in ports.objects.objects


def test_a_video_beyond_its_deadline_is_woken(ports: FakePorts) -> None:
    video = submit(ports, script=Script(running_checks=9))
    ports.queue._waiting.clear()
    ports.clock.advance(DEADLINE + timedelta(seconds=1))
    assert find(ports) == [D.OVERDUE]

    repair(ports)
    deliver(ports)

    assert stored(ports, video).phase is Phase.FAILED


def test_an_operation_that_the_generator_has_forgotten_is_found(ports: FakePorts) -> None:
    submit(ports, script=Script(ending=Gone()))
    assert find_lost_operations(ports, CAMPAIGN_ID) == ()

    ports.clock.advance(timedelta(minutes=2))

    assert kinds(find_lost_operations(ports, CAMPAIGN_ID)) == [D.OPERATION_LOST]


def put_at_risk(ports: FakePorts) -> Video:
    video = submit(ports, script=Script(running_checks=1, ending=Gone()))
    ports.clock.advance(DEADLINE)
    wake(ports, video)
    ports.queue._waiting.clear()
    return stored(ports, video)


def test_possibly_billed_money_is_reported_in_dollars(ports: FakePorts) -> None:
    video = put_at_risk(ports)

    (finding,) = find_disagreements(ports, CAMPAIGN_ID)

    assert (D.MONEY_AT_RISK, video.id, PRICE) == (finding.kind, finding.subject, finding.usd)


def test_possibly_billed_money_is_settled_when_its_clip_exists(ports: FakePorts) -> None:
    video = put_at_risk(ports)
    put(ports, f"{attempts_prefix(CAMPAIGN_ID, video.video_hash)}1/sample_0.mp4")

    assert repair(ports) == {D.MONEY_AT_RISK: False}
    deliver(ports)

    assert find(ports) == []
    assert stored(ports, video).phase is Phase.DONE


def test_possibly_billed_money_without_a_clip_is_left_to_the_late_check(ports: FakePorts) -> None:
    """Else a tick would ask the generator each minute, for good."""
    video = put_at_risk(ports)
    ports.clock.advance(timedelta(minutes=1))

    assert repair(ports) == {D.MONEY_AT_RISK: False}
    deliver(ports)

    assert stored(ports, video) == video


def test_work_in_progress_is_no_finding(ports: FakePorts) -> None:
    """A clip may be renamed between two looks; only what both of them see is told."""
    video = make(ports)
    name_it_historical(ports, video)
    looks = iter(
        [None, lambda: ports.objects.rename(clip_name(video, current=False), clip_name(video))]
    )
    listing = ports.objects.list

    def list_and_change(prefix: str) -> object:
        if prefix.startswith("videos/generated/") and (change := next(looks, None)):
            change()
        return listing(prefix)

    ports.objects.list = list_and_change  # type: ignore[method-assign,assignment]

    assert find_disagreements(ports, CAMPAIGN_ID) == ()


def test_all_campaigns_are_compared_and_objects_without_a_campaign_found(ports: FakePorts) -> None:
    make(ports)
    forget_the_clip(ports, make(ports, campaign_id="autumn"))
    put(ports, clip_path("winter", ANOTHER, 0, current=True))
    put(ports, f"videos/attempts/winter/{ANOTHER}/1/sample_0.mp4")

    found = list(reconcile_campaigns(ports, lambda name: find_disagreements(ports, name)))

    assert [campaign.campaign_id for campaign, _ in found] == ["autumn", "spring"]
    assert [kinds(findings) for _, findings in found] == [[D.CLIP_MISSING], []]
    orphans = list(find_without_campaign(ports))
    assert kinds(orphans) == [D.OBJECT_WITHOUT_RECORD] * 2
    assert {finding.campaign_id for finding in orphans} == {"winter"}


def test_a_campaign_that_is_deleted_during_the_comparison_is_skipped(ports: FakePorts) -> None:
    for campaign_id in ("autumn", "spring", "winter"):
        make(ports, campaign_id=campaign_id)

    def compare(campaign_id: str) -> tuple[Finding, ...]:
        if campaign_id == "autumn":
            ports.campaigns.remove_campaign(ports.campaigns.get_campaign("spring"))
        return find_disagreements(ports, campaign_id)

    found = reconcile_campaigns(ports, compare)

    assert [(each.campaign_id, left) for each, left in found] == [("autumn", ()), ("winter", ())]


class TestTheTick:
    def test_takes_one_campaign_after_the_other_and_starts_over(self, ports: FakePorts) -> None:
        videos = [make(ports, campaign_id=name) for name in ("autumn", "spring", "winter")]
        for video in videos:
            forget_the_thumbnail(ports, video)

        has_thumbnail = []
        for _ in range(3):
            reconcile_next(ports)
            has_thumbnail.append([thumbnail_name(each) in ports.objects.objects for each in videos])

        assert has_thumbnail == [[True, False, False], [True, True, False], [True, True, True]]
        forget_the_thumbnail(ports, videos[0])
        reconcile_next(ports)
        reconcile_next(ports)
        assert thumbnail_name(videos[0]) in ports.objects.objects

    @pytest.mark.parametrize(
        "cursor",
        [
            b"",
            b"[]",
            b'{"after": "zebra"}',
            b'{"after": 7, "since": "2026-11-07T12:00:00+00:00"}',
            b'{"after": "zebra", "since": "2026-11-07T12:00:00"}',
            b'{"after": "zebra", "since": 7}',
            b"\xff",
        ],
    )
    def test_starts_over_if_its_cursor_is_damaged(self, ports: FakePorts, cursor: bytes) -> None:
        video = make(ports)
        forget_the_thumbnail(ports, video)
        put(ports, CURSOR, cursor)

        reconcile_next(ports)

        assert thumbnail_name(video) in ports.objects.objects

    def test_does_nothing_without_campaigns(self, ports: FakePorts) -> None:
        reconcile_next(ports)

        assert set(ports.objects.objects) == {CURSOR}
        settle(ports)

    def test_compares_many_campaigns_when_the_round_is_late(self, ports: FakePorts) -> None:
        videos = make_many(ports, LATE_CAMPAIGNS + 3)
        reconcile_next(ports)
        ports.clock.advance(RECONCILE_ROUND)
        reconcile_next(ports)
        assert repaired(ports, videos) == 2

        ports.clock.advance(timedelta(seconds=1))
        reconcile_next(ports)
        assert repaired(ports, videos) == LATE_CAMPAIGNS + 2
        reconcile_next(ports)
        assert len(videos) == repaired(ports, videos)

        for video in videos:
            forget_the_thumbnail(ports, video)
        reconcile_next(ports)
        reconcile_next(ports)
        assert repaired(ports, videos) == 1

    def test_continues_with_the_next_campaign_after_a_crash(
        self, ports: FakePorts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        videos = make_many(ports, 2)

        def crash(_: object) -> None:
            raise MemoryError

        with monkeypatch.context() as fault:
            fault.setattr(ports.inspector, "inspect", crash)
            with pytest.raises(MemoryError):
                reconcile_next(ports)
        reconcile_next(ports)

        assert [thumbnail_name(each) in ports.objects.objects for each in videos] == [False, True]

    def test_starts_no_campaign_after_its_deadline(
        self,
        ports: FakePorts,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        for campaign_id in ("autumn", "spring", "winter"):
            make(ports, campaign_id=campaign_id)
        let_the_round_be_late(ports)
        compared: list[str] = []

        def take_time(listing: MirrorListing, _: object) -> tuple[str, ...]:
            compared.append(listing.campaign_id)
            ports.clock.advance(TICK)
            return ()

        monkeypatch.setattr(ports.mirror, "stale", take_time)
        for _ in range(3):
            reconcile_next(ports)

        assert compared == ["autumn", "spring", "winter"]
        assert "reconcile.unfinished" not in caplog.messages

    def test_stops_within_a_campaign_and_continues_after_it(
        self,
        ports: FakePorts,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        views = [Draft(prompt=f"View {index}", index=index) for index in range(4)]
        large = [make(ports, campaign_id="autumn", drafts=(view,)) for view in views]
        small = make(ports, campaign_id="winter")
        for video in (*large, small):
            forget_the_thumbnail(ports, video)
        slow_thumbnails(ports, monkeypatch, TICK / 2)

        reconcile_next(ports)

        assert repaired(ports, large) == 2
        unfinished = [each for each in caplog.records if each.message == "reconcile.unfinished"]
        assert [vars(each)["campaign_id"] for each in unfinished] == ["autumn"]
        assert "reconcile.found" not in caplog.messages
        reconcile_next(ports)
        assert repaired(ports, [small]) == 1
        reconcile_next(ports)
        reconcile_next(ports)
        assert repaired(ports, large) == 4

    def test_takes_an_interrupted_campaign_first_in_the_next_tick(
        self, ports: FakePorts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        views = [Draft(prompt=f"View {index}", index=index) for index in range(4)]
        small = make(ports, campaign_id="autumn")
        large = [make(ports, campaign_id="winter", drafts=(view,)) for view in views]
        for video in (small, *large):
            forget_the_thumbnail(ports, video)
        let_the_round_be_late(ports)
        slow_thumbnails(ports, monkeypatch, TICK / 3)

        reconcile_next(ports)
        assert (repaired(ports, [small]), repaired(ports, large)) == (1, 2)

        reconcile_next(ports)
        assert repaired(ports, large) == 4

    def test_shares_its_time_with_due_work(
        self, ports: FakePorts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        video = make(ports, campaign_id="autumn")
        forget_the_thumbnail(ports, video)
        submit(ports)
        lose_messages(ports)
        ports.clock.advance(DEADLINE)

        with monkeypatch.context() as slow:
            slow.setattr(ports.queue, "publish", lambda _: ports.clock.advance(TICK))
            take_tick(ports)
        assert repaired(ports, [video]) == 0

        take_tick(ports)
        assert repaired(ports, [video]) == 1


def make_many(ports: FakePorts, number: int) -> list[Video]:
    """Return a video in each of `number` campaigns; none has its thumbnail."""
    videos = [make(ports, campaign_id=f"campaign-{index:02}") for index in range(number)]
    for video in videos:
        forget_the_thumbnail(ports, video)
    return videos


def repaired(ports: FakePorts, videos: list[Video]) -> int:
    return sum(thumbnail_name(each) in ports.objects.objects for each in videos)


def let_the_round_be_late(ports: FakePorts) -> None:
    since = ports.now() - 2 * RECONCILE_ROUND
    put(ports, CURSOR, json.dumps({"after": None, "since": since.isoformat()}).encode())


def slow_thumbnails(ports: FakePorts, monkeypatch: pytest.MonkeyPatch, each: timedelta) -> None:
    def take_time(_: object) -> InspectedClip:
        ports.clock.advance(each)
        return InspectedClip(facts=CLIP_FACTS, pictures=PICTURES)

    monkeypatch.setattr(ports.inspector, "inspect", take_time)
