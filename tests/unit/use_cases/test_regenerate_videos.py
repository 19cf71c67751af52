"""Regenerate: paid once, and the old video stays until the new one is there."""

from decimal import Decimal

import pytest

from shared.domain.campaign import Change
from shared.domain.errors import CampaignNotFoundError, ModelRetiredError, VideoNotFoundError
from shared.domain.values import replace
from shared.domain.video import Outcome, Phase, VersionState, Video
from shared.ports.video_generator import Failed
from shared.use_cases.change_versions import delete_video
from shared.use_cases.claims import Claim
from shared.use_cases.create_videos import Draft, create_videos
from shared.use_cases.regenerate_videos import regenerate_campaign, regenerate_video
from tests.fakes.ports import POLICY, FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    a_request,
    deliver,
    make,
    message_for,
    remake,
    reserve,
    settle,
    stored,
)
from tests.unit.use_cases.watching import Hooks, Once, watched
from tools.in_memory.clip import A_CLIP


def test_a_new_version_has_the_input_of_the_old_one(ports: FakePorts) -> None:
    old = make(ports, business_context={"tone": "calm"}, metadata={"order": "7"})

    created = regenerate_video(ports, CAMPAIGN_ID, old.video_hash)

    new = created.video
    assert created.outcome == Outcome.CREATED
    assert old.video_hash != new.video_hash
    assert (old.index, old.prompt, old.enhanced_prompt, old.parameters, old.fingerprint) == (
        new.index,
        new.prompt,
        new.enhanced_prompt,
        new.parameters,
        new.fingerprint,
    )
    assert (old.business_context, old.metadata) == (new.business_context, new.metadata)
    assert (message_for(new),) == ports.queue.messages


def test_the_old_video_stays_current_until_the_new_one_is_stored(ports: FakePorts) -> None:
    old = make(ports)
    new = regenerate_video(ports, CAMPAIGN_ID, old.video_hash).video

    deliver(ports)
    assert stored(ports, new).phase is Phase.GENERATING
    assert stored(ports, old).is_current

    settle(ports)
    assert stored(ports, new).is_current
    assert stored(ports, old).version_state is VersionState.HISTORICAL


def test_a_second_regenerate_attaches_to_the_first(ports: FakePorts) -> None:
    old = make(ports)

    first = regenerate_video(ports, CAMPAIGN_ID, old.video_hash)
    second = regenerate_video(ports, CAMPAIGN_ID, old.video_hash)

    assert (Outcome.ATTACHED, first.video) == (second.outcome, second.video)
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.reserved == PRICE


def test_a_double_click_in_two_processes_pays_once(ports: FakePorts) -> None:
    old = make(ports)
    first: list[Video] = []
    meanwhile = Once(
        lambda: first.append(regenerate_video(ports, CAMPAIGN_ID, old.video_hash).video), at=0
    )

    second = regenerate_video(
        watched(ports, Hooks(before_effect=meanwhile)), CAMPAIGN_ID, old.video_hash
    )

    assert (Outcome.ATTACHED, first) == (second.outcome, [second.video])


def test_a_failed_regeneration_changes_nothing_that_is_shown(ports: FakePorts) -> None:
    old = make(ports)
    objects = dict(ports.objects.objects)
    ports.generator.will(Script(ending=Failed(code="content_filtered", message="A policy.")))

    failed = remake(ports, old)

    assert failed.phase is Phase.FAILED
    assert stored(ports, old) == old
    assert objects == ports.objects.objects
    money = ports.campaigns.get_campaign(CAMPAIGN_ID).money
    assert (money.spent, money.reserved) == (PRICE, Decimal(0))


def test_a_failed_video_can_be_regenerated(ports: FakePorts) -> None:
    ports.generator.will(Script(ending=b"no clip"))
    failed = make(ports)

    assert remake(ports, failed).is_current


def test_a_historical_video_is_regenerated_into_its_slot(ports: FakePorts) -> None:
    red = make(ports, "A red bicycle")
    blue = make(ports, "A blue bicycle")

    new = remake(ports, red)

    assert (new.index, new.prompt, new.is_current) == (0, "A red bicycle", True)
    assert stored(ports, blue).version_state is VersionState.HISTORICAL


def test_a_campaign_is_regenerated_slot_by_slot(ports: FakePorts) -> None:
    create_videos(ports, a_request("One", "Two"))
    settle(ports)
    reserve(ports, drafts=(Draft(prompt="Three", index=2),))

    answers = regenerate_campaign(ports, CAMPAIGN_ID)

    assert [(each.video.index, each.outcome) for each in answers] == [
        (0, Outcome.CREATED),
        (1, Outcome.CREATED),
    ]
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.reserved == 3 * PRICE


def test_a_slot_with_a_pending_version_returns_it(ports: FakePorts) -> None:
    create_videos(ports, a_request("One", "Two"))
    settle(ports)
    pending = reserve(ports, "Another one")

    first, second = regenerate_campaign(ports, CAMPAIGN_ID)

    assert (Outcome.ATTACHED, pending) == (first.outcome, first.video)
    assert second.outcome == Outcome.CREATED


@pytest.mark.parametrize("ending", [None, b"no clip", A_CLIP], ids=["runs", "fails", "succeeds"])
def test_a_repeated_request_answers_with_the_same_videos_for_every_slot(
    ports: FakePorts, ending: bytes | None
) -> None:
    """One was in progress before the first request, and one slot showed nothing at that time."""
    create_videos(ports, a_request("One", "Two", "Three"))
    settle(ports)
    ports.generator.will(Script(ending=ending or A_CLIP))
    pending = reserve(ports, "Another one")
    reserve(ports, drafts=(Draft(prompt="Four", index=3),))
    claim = Claim(name="key", digest="", claimed_at=ports.now().isoformat())
    first = regenerate_campaign(ports, CAMPAIGN_ID, claim=claim)
    if ending is not None:
        settle(ports)
    spent = ports.campaigns.get_campaign(CAMPAIGN_ID).money.committed

    again = regenerate_campaign(ports, CAMPAIGN_ID, claim=claim)

    assert pending.video_hash == first[0].video.video_hash
    assert [(each.video.index, each.outcome) for each in again] == [
        (0, Outcome.ATTACHED),
        (1, Outcome.CREATED),
        (2, Outcome.CREATED),
    ]
    assert [each.video.video_hash for each in first] == [each.video.video_hash for each in again]
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.committed == spent


def test_a_repeated_request_leaves_out_a_slot_that_showed_nothing() -> None:
    ports = FakePorts(policy=replace(POLICY, keep_historical=2))
    latest = remake(ports, remake(ports, make(ports)))
    delete_video(ports, CAMPAIGN_ID, latest.video_hash)
    reserve(ports, drafts=(Draft(prompt="Two", index=1),))
    settle(ports)
    claim = Claim(name="key", digest="", claimed_at=ports.now().isoformat())

    first, again = (regenerate_campaign(ports, CAMPAIGN_ID, claim=claim) for _ in range(2))

    assert [each.video.index for each in first] == [1]
    assert [each.video.index for each in again] == [1]


def test_a_campaign_with_one_retired_model_is_refused_whole(ports: FakePorts) -> None:
    create_videos(ports, a_request("One", "Two"))
    settle(ports)
    let_its_model_retire(ports, index=1)
    before = ports.campaigns.get_campaign(CAMPAIGN_ID)

    with pytest.raises(ModelRetiredError) as refused:
        regenerate_campaign(ports, CAMPAIGN_ID)

    # The request has no model.
    assert refused.value.param is None
    assert ports.campaigns.get_campaign(CAMPAIGN_ID) == before


def let_its_model_retire(ports: FakePorts, *, index: int) -> None:
    video = next(each for each in ports.campaigns.videos.values() if each.index == index)
    parameters = replace(video.parameters, model="veo-3.0-generate-001")
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    old = replace(video, parameters=parameters)
    ports.campaigns.commit(Change(campaign=campaign, videos=(old,)))


def test_an_unknown_video_cannot_be_regenerated(ports: FakePorts) -> None:
    with pytest.raises(CampaignNotFoundError):
        regenerate_campaign(ports, CAMPAIGN_ID)
    make(ports)
    with pytest.raises(VideoNotFoundError):
        regenerate_video(ports, CAMPAIGN_ID, "0" * 16)
