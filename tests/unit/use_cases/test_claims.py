"""Under a claim videos are made once, whatever becomes of them and however often they are asked."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from shared.domain.errors import CampaignVideoLimitError
from shared.domain.values import replace
from shared.domain.video import Outcome, Phase
from shared.ports import Ports
from shared.ports.video_generator import Failed
from shared.use_cases.change_versions import cancel_video, delete_video
from shared.use_cases.claims import Claim, new_video_hash
from shared.use_cases.create_videos import create_videos
from shared.use_cases.regenerate_videos import regenerate_campaign, regenerate_video
from shared.use_cases.reserving import CreatedVideo
from tests.fakes.ports import POLICY, FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    a_request,
    make,
    message_for,
    remake,
    settle,
    stored,
)
from tests.unit.use_cases.watching import (
    DiedError,
    Hooks,
    Once,
    at_every_call,
    die,
    watched,
)

CLAIM = Claim(name="claim", digest="", claimed_at="2026-11-07T12:00:00+00:00")
OTHER = replace(CLAIM, name="another claim")
FILTERED = Script(ending=Failed(code="content_filtered", message="A policy."))

Ask = Callable[[Ports], tuple[CreatedVideo, ...]]


def create(ports: Ports) -> tuple[CreatedVideo, ...]:
    return create_videos(ports, a_request("One", "Two", claim=CLAIM))


def regenerate(ports: Ports) -> tuple[CreatedVideo, ...]:
    (source,) = ports.campaigns.get_campaign(CAMPAIGN_ID).slots
    assert source.current is not None
    hashes = (CAMPAIGN_ID, source.current.video_hash)
    return (regenerate_video(ports, *hashes, claim=CLAIM),)


def regenerate_all(ports: Ports) -> tuple[CreatedVideo, ...]:
    return regenerate_campaign(ports, CAMPAIGN_ID, claim=CLAIM)


def empty() -> FakePorts:
    return FakePorts()


def with_one() -> FakePorts:
    ports = FakePorts()
    make(ports)
    return ports


def with_two() -> FakePorts:
    ports = FakePorts()
    create_videos(ports, a_request("One", "Two"))
    settle(ports)
    return ports


REQUESTS = pytest.mark.parametrize(
    ("scene", "ask"),
    [(empty, create), (with_one, regenerate), (with_two, regenerate_all)],
    ids=["create", "regenerate", "regenerate all"],
)
Scene = Callable[[], FakePorts]


def videos(ports: FakePorts) -> set[str]:
    return {video.video_hash for video in ports.campaigns.videos.values()}


def hashes(answers: tuple[CreatedVideo, ...]) -> list[str]:
    return [each.video.video_hash for each in answers]


def cancel_all(ports: FakePorts) -> None:
    for video in tuple(ports.campaigns.videos.values()):
        if not video.has_ended:
            cancel_video(ports, CAMPAIGN_ID, video.video_hash)


@REQUESTS
@pytest.mark.parametrize("end", [lambda _: None, settle, cancel_all], ids=["", "done", "cancelled"])
def test_a_repeat_returns_the_claims_videos_as_created(
    scene: Scene, ask: Ask, end: Callable[[FakePorts], None]
) -> None:
    ports = scene()
    first = ask(ports)
    end(ports)
    before = videos(ports)

    again = ask(ports)

    assert hashes(first) == hashes(again)
    assert {each.outcome for each in (*first, *again)} == {Outcome.CREATED}
    assert videos(ports) == before


@REQUESTS
@pytest.mark.parametrize("end", [lambda _: None, cancel_all], ids=["", "cancelled"])
def test_a_request_that_crashes_at_any_call_is_carried_out_once(
    scene: Scene, ask: Ask, end: Callable[[FakePorts], None]
) -> None:
    def simulate(at: int) -> bool:
        ports = scene()
        before = videos(ports)
        hook = Once(die, at=at)
        try:
            ask(watched(ports, Hooks(before_call=hook)))
        except DiedError:
            end(ports)
        made = ask(ports)
        assert set(hashes(made)) == videos(ports) - before
        return hook.has_acted

    at_every_call(simulate)


@REQUESTS
@pytest.mark.parametrize("end", [lambda _: None, cancel_all], ids=["", "cancelled"])
def test_concurrent_duplicates_are_carried_out_once(
    scene: Scene, ask: Ask, end: Callable[[FakePorts], None]
) -> None:
    """Also where what the faster one made has ended before the slower one is at it."""

    def simulate(at: int) -> bool:
        ports = scene()
        before = videos(ports)
        twins: list[tuple[CreatedVideo, ...]] = []

        def act() -> None:
            twins.append(ask(ports))
            end(ports)

        hook = Once(act, at=at)
        answers = ask(watched(ports, Hooks(before_call=hook)))
        assert set(hashes(answers)) == videos(ports) - before
        assert all(hashes(answers) == hashes(twin) for twin in twins)
        assert {each.outcome for each in answers} == {Outcome.CREATED}
        return hook.has_acted

    at_every_call(simulate)


def test_another_claim_creates_its_own_videos(ports: FakePorts) -> None:
    old = make(ports)
    first = regenerate_video(ports, CAMPAIGN_ID, old.video_hash, claim=CLAIM)
    settle(ports)

    second = regenerate_video(ports, CAMPAIGN_ID, old.video_hash, claim=OTHER)

    assert (first.outcome, second.outcome) == (Outcome.CREATED, Outcome.CREATED)
    assert first.video.video_hash != second.video.video_hash


def test_another_claim_attaches_to_a_pending_video(ports: FakePorts) -> None:
    old = make(ports)
    first = regenerate_video(ports, CAMPAIGN_ID, old.video_hash, claim=CLAIM)

    second = regenerate_video(ports, CAMPAIGN_ID, old.video_hash, claim=OTHER)

    assert (Outcome.ATTACHED, first.video) == (second.outcome, second.video)


def test_equal_prompts_of_one_claim_share_a_video_that_has_failed(ports: FakePorts) -> None:
    request = a_request("One", "One", claim=CLAIM)
    ports.generator.will(FILTERED)
    create_videos(ports, request)
    settle(ports)

    first, second = create_videos(ports, request)

    assert first.video.phase is Phase.FAILED
    assert first.video == second.video


def test_a_repeat_generates_a_found_video_that_was_deleted_meanwhile(ports: FakePorts) -> None:
    """It had cost nothing, and no caller got the answer."""
    found = make(ports, "One")
    create(ports)
    settle(ports)
    delete_video(ports, CAMPAIGN_ID, found.video_hash)

    first, second = create(ports)

    assert (first.video.phase, second.video.phase) == (Phase.RESERVED, Phase.DONE)
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.reserved == PRICE


def test_a_repeat_costs_nothing_and_so_keeps_within_any_limit(ports: FakePorts) -> None:
    request = a_request("One", claim=CLAIM, max_cost=PRICE)
    (first,) = create_videos(ports, request)

    (again,) = create_videos(ports, replace(request, max_cost=Decimal("0.01")))

    assert first.video == again.video


def test_a_repeat_in_a_full_campaign_returns_the_claims_videos() -> None:
    ports = FakePorts(policy=replace(POLICY, max_videos_per_campaign=1))
    request = a_request("One", claim=CLAIM)
    (first,) = create_videos(ports, request)
    settle(ports)
    remake(ports, first.video)

    assert [first.video.video_hash] == hashes(create_videos(ports, request))
    with pytest.raises(CampaignVideoLimitError):
        create_videos(ports, a_request("One", "Two", claim=OTHER))


def test_a_repeated_regeneration_is_answered_after_its_source_was_deleted(ports: FakePorts) -> None:
    old = make(ports)
    new = regenerate_video(ports, CAMPAIGN_ID, old.video_hash, claim=CLAIM).video
    settle(ports)
    delete_video(ports, CAMPAIGN_ID, old.video_hash)

    again = regenerate_video(ports, CAMPAIGN_ID, old.video_hash, claim=CLAIM)

    assert (Outcome.CREATED, stored(ports, new)) == (again.outcome, again.video)


def test_a_repeated_campaign_regeneration_ignores_videos_that_became_current_since(
    ports: FakePorts,
) -> None:
    make(ports)
    (first,) = regenerate_campaign(ports, CAMPAIGN_ID, claim=CLAIM)
    settle(ports)
    create_videos(ports, a_request("A red bicycle", "A later one"))
    settle(ports)

    assert [first.video.video_hash] == hashes(regenerate_campaign(ports, CAMPAIGN_ID, claim=CLAIM))


def test_a_repeat_publishes_the_messages_of_waiting_videos_again(ports: FakePorts) -> None:
    """The process may have died before it published the message."""
    first, second = create(ports)
    ports.queue._waiting.clear()

    create(ports)

    assert (message_for(first.video), message_for(second.video)) == ports.queue.messages


def test_a_name_is_a_video_hash_and_differs_by_claim_and_position() -> None:
    names = [
        new_video_hash(claim, position) for claim in (CLAIM, OTHER, None) for position in (0, 1)
    ]

    assert len(set(names)) == 6
    assert all(len(name) == 16 and set(name) <= set("0123456789abcdef") for name in names)
    assert new_video_hash(CLAIM, 0) == names[0]
