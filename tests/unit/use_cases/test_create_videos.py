"""Create: from the cache, by attaching to what is being made, or by reserving."""

from decimal import Decimal

import pytest

from shared.domain.campaign import Change
from shared.domain.errors import (
    CampaignVideoLimitError,
    MaxCostExceededError,
    ModelRetiredError,
    ShowreelError,
    SlotBusyError,
    UnavailableError,
    UnsupportedParameterError,
)
from shared.domain.fingerprint import compose
from shared.domain.models import MAX_SEED
from shared.domain.money import Savings
from shared.domain.prompt import lines_of
from shared.domain.slot import Version
from shared.domain.values import replace
from shared.domain.video import Outcome, Phase, VersionState, Video
from shared.use_cases.change_versions import cancel_video, delete_video
from shared.use_cases.create_videos import CreateVideos, Draft, create_videos
from shared.use_cases.regenerate_videos import regenerate_campaign
from shared.use_cases.storage_probe import ObjectStoreProbe
from tests.fakes.ports import FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PARAMETERS,
    PRICE,
    a_request,
    make,
    message_for,
    reserve,
    settle,
    stored,
    submit,
)
from tests.unit.use_cases.watching import Hooks, Once, watched


def outcomes(ports: FakePorts, request: CreateVideos) -> list[Outcome]:
    return [created.outcome for created in create_videos(ports, request)]


def assert_nothing_is_kept(ports: FakePorts) -> None:
    assert ports.campaigns.campaigns == {}
    assert ports.campaigns.videos == {}
    assert ports.queue.messages == ()


def test_a_batch_reserves_one_slot_for_each_prompt_by_position(ports: FakePorts) -> None:
    created = create_videos(ports, a_request("One", "Two", "Three", "Four"))

    assert [(each.video.prompt, each.video.index) for each in created] == [
        ("One", 0),
        ("Two", 1),
        ("Three", 2),
        ("Four", 3),
    ]
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    assert [each.video.video_hash for each in created] == [
        slot.pending and slot.pending.video_hash for slot in campaign.slots
    ]
    assert campaign.money.reserved == 4 * PRICE


def test_a_new_video_waits_for_its_submission(ports: FakePorts) -> None:
    video = reserve(ports)

    assert stored(ports, video) == video
    assert (video.phase, video.version_state) == (Phase.RESERVED, VersionState.PENDING)
    assert (message_for(video),) == ports.queue.messages
    assert ports.generator.submissions == []


def test_the_composed_prompt_is_stored_beside_the_callers_own(ports: FakePorts) -> None:
    context = {"brand": "Tidewater Cycles", "tone": "calm"}

    video = reserve(ports, business_context=context, metadata={"order": "7"})

    assert video.prompt == "A red bicycle"
    assert video.enhanced_prompt == f"A red bicycle{lines_of(context)}"
    assert (context, {"order": "7"}) == (video.business_context, video.metadata)


def takes(number: int, **changes: object) -> CreateVideos:
    drafts = tuple(Draft(prompt="A red bicycle", take=take) for take in range(number))
    return a_request(drafts=drafts, **changes)


def test_takes_of_a_prompt_differ_in_their_seeds_and_more_of_them_keep_the_first(
    ports: FakePorts,
) -> None:
    with pytest.raises(MaxCostExceededError):
        create_videos(ports, takes(2, max_cost=2 * PRICE - 1))
    assert_nothing_is_kept(ports)

    first = create_videos(ports, takes(2))

    assert [(each.video.index, each.video.parameters.seed) for each in first] == [(0, None), (1, 1)]
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.reserved == 2 * PRICE
    more = create_videos(ports, takes(4))
    assert [each.video.id for each in first] == [each.video.id for each in more[:2]]
    assert [each.video.parameters.seed for each in more[2:]] == [2, 3]
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.reserved == 4 * PRICE


def test_the_seeds_of_takes_go_on_from_zero_after_the_largest(ports: FakePorts) -> None:
    parameters = replace(PARAMETERS, seed=MAX_SEED)

    created = create_videos(ports, takes(3, parameters=parameters))

    assert [each.video.parameters.seed for each in created] == [MAX_SEED, 0, 1]


def test_a_prompt_without_an_index_goes_to_the_next_free_slot(ports: FakePorts) -> None:
    create_videos(ports, a_request("One", "Two"))

    video = reserve(ports, drafts=(Draft(prompt="Three"),))

    assert video.index == 2


def test_a_current_video_is_a_cache_hit_that_saves_its_price(ports: FakePorts) -> None:
    video = make(ports)

    (created,) = create_videos(ports, a_request("A red bicycle"))

    assert (Outcome.CACHE_HIT, video) == (created.outcome, created.video)
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    assert campaign.saved == Savings(amount=PRICE, hits=1)
    assert (campaign.money.spent, campaign.money.reserved) == (PRICE, Decimal(0))
    assert len(ports.generator.submissions) == 1


def test_another_spelling_of_a_text_is_a_cache_hit(ports: FakePorts) -> None:
    video = make(ports, "Caf\u00e9\r\nat dawn", business_context={"tone": "calm\u200b"})

    (again,) = create_videos(
        ports, a_request("Cafe\u0301\nat dawn", business_context={"tone": "calm"})
    )

    assert (Outcome.CACHE_HIT, video.id) == (again.outcome, again.video.id)
    assert (
        ports.generator.submissions[0].enhanced_prompt == "Caf\u00e9\r\nat dawn\n\nTone: calm\u200b"
    )
    assert len(ports.generator.submissions) == 1


def test_two_spellings_in_one_request_make_one_video(ports: FakePorts) -> None:
    assert outcomes(ports, a_request("a\nb", "a\r\nb")) == [Outcome.CREATED, Outcome.ATTACHED]


@pytest.mark.parametrize("prompt", ["A red bicycle\r\nat dawn", "A red bicycle"])
def test_a_video_from_before_canonical_forms_is_a_cache_hit(ports: FakePorts, prompt: str) -> None:
    former = make_as_before(ports, CAMPAIGN_ID, prompt)

    (again,) = create_videos(ports, a_request(prompt))

    assert (Outcome.CACHE_HIT, former.id) == (again.outcome, again.video.id)


def test_a_video_of_the_former_shared_campaign_is_a_cache_hit_without_campaign_id(
    ports: FakePorts,
) -> None:
    former = make_as_before(ports, "default", "A red bicycle")
    request = a_request("A red bicycle", campaign_id="single-1", former_campaign_id="default")

    (again,) = create_videos(ports, request)
    (other,) = create_videos(ports, replace(request, drafts=(Draft(prompt="Another"),)))

    assert (Outcome.CACHE_HIT, former.id) == (again.outcome, again.video.id)
    assert ports.campaigns.get_campaign("default").saved.hits == 1
    assert (other.outcome, other.video.campaign_id) == (Outcome.CREATED, "single-1")


def make_as_before(ports: FakePorts, campaign_id: str, prompt: str) -> Video:
    """Store a video as the release before did, with the fingerprint of its text as written."""
    composed = compose(
        campaign_id=campaign_id, prompt=prompt, business_context={}, parameters=PARAMETERS
    )
    video = make(ports, prompt, campaign_id=campaign_id)
    video = replace(video, fingerprint=composed.as_written)
    campaign = ports.campaigns.get_campaign(campaign_id)
    slot = replace(campaign.slot(0), current=Version.of(video))
    change = Change(campaign=campaign.with_slot(slot), videos=(video,))
    return ports.campaigns.commit(change).videos[0]


def test_attaching_to_a_late_cancelled_video_withdraws_the_cancellation(ports: FakePorts) -> None:
    video = submit(ports)
    cancel_video(ports, CAMPAIGN_ID, video.video_hash)

    (again,) = create_videos(ports, a_request(video.prompt))
    settle(ports)

    assert (again.outcome, again.video.cancel_requested) == (Outcome.ATTACHED, False)
    assert stored(ports, video).is_current
    assert len(ports.generator.submissions) == 1


def test_an_equal_request_attaches_to_the_pending_video(ports: FakePorts) -> None:
    video = reserve(ports)

    (created,) = create_videos(ports, a_request("A red bicycle"))

    assert (Outcome.ATTACHED, video) == (created.outcome, created.video)
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    assert (campaign.money.reserved, campaign.saved) == (PRICE, Savings())
    assert (message_for(video),) == ports.queue.messages


def test_a_cache_hit_may_be_in_any_slot(ports: FakePorts) -> None:
    create_videos(ports, a_request("One", "Two"))
    settle(ports)

    assert outcomes(ports, a_request("Two", "One")) == [Outcome.CACHE_HIT] * 2


def test_a_prompt_that_a_batch_repeats_is_paid_once(ports: FakePorts) -> None:
    created = create_videos(ports, a_request("Same", "Same"))

    assert [each.outcome for each in created] == [Outcome.CREATED, Outcome.ATTACHED]
    assert created[0].video == created[1].video
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.reserved == PRICE


@pytest.mark.parametrize(
    "changes",
    [
        {"business_context": {"tone": "loud"}},
        {"parameters": replace(PARAMETERS, duration_seconds=4)},
        {"parameters": replace(PARAMETERS, seed=7)},
        {"campaign_id": "autumn"},
    ],
    ids=["context", "length", "seed", "campaign"],
)
def test_a_parameter_that_changes_the_output_makes_another_video(
    ports: FakePorts, changes: dict[str, object]
) -> None:
    make(ports)

    assert outcomes(ports, a_request("A red bicycle", **changes)) == [Outcome.CREATED]


def test_metadata_changes_no_output(ports: FakePorts) -> None:
    make(ports)

    assert outcomes(ports, a_request("A red bicycle", metadata={"order": "7"})) == [
        Outcome.CACHE_HIT
    ]


def test_another_prompt_makes_a_new_version_while_the_old_one_is_shown(ports: FakePorts) -> None:
    old = make(ports)

    new = reserve(ports, "A blue bicycle")

    slot = ports.campaigns.get_campaign(CAMPAIGN_ID).slot(0)
    assert slot.current is not None
    assert slot.pending is not None
    assert (old.video_hash, new.video_hash) == (slot.current.video_hash, slot.pending.video_hash)


def test_a_prompt_whose_video_is_historical_is_generated_again(ports: FakePorts) -> None:
    make(ports)
    make(ports, "A blue bicycle")

    assert outcomes(ports, a_request("A red bicycle")) == [Outcome.CREATED]


def test_a_prompt_whose_video_failed_is_generated_again(ports: FakePorts) -> None:
    ports.generator.will(Script(ending=b"no clip"))
    make(ports)

    assert outcomes(ports, a_request("A red bicycle")) == [Outcome.CREATED]


@pytest.mark.parametrize("prompts", ["12345", "11111"], ids=["different", "equal"])
def test_a_batch_longer_than_the_slots_is_refused_whole(ports: FakePorts, prompts: str) -> None:
    with pytest.raises(CampaignVideoLimitError):
        create_videos(ports, a_request(*prompts))

    assert_nothing_is_kept(ports)


def test_a_fifth_prompt_finds_no_slot(ports: FakePorts) -> None:
    create_videos(ports, a_request("One", "Two", "Three", "Four"))
    before = ports.campaigns.get_campaign(CAMPAIGN_ID)

    with pytest.raises(CampaignVideoLimitError):
        reserve(ports, drafts=(Draft(prompt="Five"),))

    assert ports.campaigns.get_campaign(CAMPAIGN_ID) == before


def test_a_slot_that_does_not_exist_is_refused(ports: FakePorts) -> None:
    with pytest.raises(CampaignVideoLimitError):
        reserve(ports, drafts=(Draft(prompt="Five", index=4),))

    assert_nothing_is_kept(ports)


def test_a_batch_with_one_busy_slot_is_refused_whole(ports: FakePorts) -> None:
    reserve(ports, drafts=(Draft(prompt="Two", index=1),))
    before = ports.campaigns.get_campaign(CAMPAIGN_ID)

    with pytest.raises(SlotBusyError):
        create_videos(ports, a_request("One", "Another"))

    assert ports.campaigns.get_campaign(CAMPAIGN_ID) == before
    assert len(ports.campaigns.videos) == 1


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        (replace(PARAMETERS, model="veo-2.0-generate-001"), ModelRetiredError),
        (replace(PARAMETERS, duration_seconds=7), UnsupportedParameterError),
    ],
    ids=["a retired model", "a length that the model cannot make"],
)
def test_an_unsupported_request_is_refused_before_the_reservation(
    ports: FakePorts, parameters: object, error: type[ShowreelError]
) -> None:
    with pytest.raises(error):
        reserve(ports, parameters=parameters)

    assert_nothing_is_kept(ports)


def test_a_video_whose_message_is_lost_is_generated(ports: FakePorts) -> None:
    def fail() -> None:
        raise UnavailableError("The queue is down.")

    publishing = Once(fail, at=1)
    video = reserve(watched(ports, Hooks(before_effect=publishing)))
    assert ports.queue.messages == ()

    settle(ports)

    assert stored(ports, video).is_current


def test_concurrent_equal_requests_get_the_same_video(ports: FakePorts) -> None:
    other: list[Video] = []
    meanwhile = Once(lambda: other.append(reserve(ports)), at=0)

    (created,) = create_videos(
        watched(ports, Hooks(before_effect=meanwhile)), a_request("A red bicycle")
    )

    assert (Outcome.ATTACHED, other) == (created.outcome, [created.video])


def test_a_cache_hit_that_is_deleted_before_it_is_read_is_generated_again(ports: FakePorts) -> None:
    video = make(ports)
    deleting = Once(lambda: delete_video(ports, CAMPAIGN_ID, video.video_hash), at=1)

    (created,) = create_videos(
        watched(ports, Hooks(before_call=deleting)), a_request("A red bicycle")
    )

    assert created.outcome == Outcome.CREATED


class UnreachableStore:
    """Knows what a bucket's adapter knows without a call. A test fails at any other method."""

    def is_case_sensitive(self) -> bool:
        return True

    def free_bytes(self) -> None:
        return None


def test_a_create_without_a_key_needs_nothing_of_the_object_store(ports: FakePorts) -> None:
    """A bucket that hangs delays no request that needs the records and the queue alone."""
    ports.objects = UnreachableStore()  # type: ignore[assignment]
    ports.storage_probe = ObjectStoreProbe(ports.objects, ports.clock)

    (created,) = create_videos(ports, a_request("A red bicycle"))
    (attached,) = create_videos(ports, a_request("A red bicycle"))
    regenerated = regenerate_campaign(ports, created.video.campaign_id)

    assert (
        created.outcome,
        attached.outcome,
        regenerated,
    ) == (Outcome.CREATED, Outcome.ATTACHED, ())
