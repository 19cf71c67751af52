"""Store: verify a clip, put it under its name, make it current, tidy up."""

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest

from shared.domain.errors import RetryLaterError, StorageError, UnavailableError
from shared.domain.schedule import STORE_LEASE
from shared.domain.storage_layout import attempt_prefix, clip_path, thumbnail_path
from shared.domain.video import AttemptOutcome, Phase, VersionState, Video
from shared.use_cases.change_versions import cancel_video
from tests.fakes.ports import A_JPEG, CLIP_FACTS, POLICY, FakePorts
from tests.fakes.video_generator import A_CLIP, Script
from tests.unit.use_cases.rules import Witness, assert_agreement
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    give_up,
    make,
    pass_life_of_names,
    remake,
    reserve,
    settle,
    stored,
    submit,
    wake,
)
from tests.unit.use_cases.watching import Hooks, Once, watched

ANOTHER_CLIP = b"another clip"


def clip_of(video: Video, *, current: bool) -> str:
    return clip_path(video.campaign_id, video.video_hash, video.index, current=current)


def thumbnail_of(video: Video) -> str:
    return thumbnail_path(video.campaign_id, video.video_hash, video.index)


def make_clip_of(ports: FakePorts, seconds: float) -> Video:
    """Make a video whose clip is as long as this."""
    ports.inspector.known[ANOTHER_CLIP] = replace(CLIP_FACTS, duration_seconds=seconds)
    ports.generator.will(Script(ending=ANOTHER_CLIP))
    return make(ports)


def test_a_stored_video_has_its_clip_and_thumbnail_under_their_names(ports: FakePorts) -> None:
    video = make(ports)

    objects = ports.objects.objects
    assert {clip_of(video, current=True), thumbnail_of(video)} == set(objects)
    assert A_CLIP == objects[clip_of(video, current=True)].content
    assert ("image/jpeg", A_JPEG) == (
        objects[thumbnail_of(video)].content_type,
        objects[thumbnail_of(video)].content,
    )


def test_stored_objects_say_whose_they_are(ports: FakePorts) -> None:
    video = make(ports)

    objects = ports.objects.objects
    described = objects[clip_of(video, current=True)].metadata
    assert described == objects[thumbnail_of(video)].metadata
    assert described == {
        "campaign_id": CAMPAIGN_ID,
        "video_hash": video.video_hash,
        "index": "0",
        "fingerprint": video.fingerprint,
        "model": video.parameters.model,
    }


def test_a_stored_video_knows_its_clip_its_cost_and_its_end(ports: FakePorts) -> None:
    video = make(ports)

    assert (Phase.DONE, VersionState.CURRENT) == (video.phase, video.version_state)
    assert (CLIP_FACTS, PRICE) == (video.clip, video.cost.actual)
    assert AttemptOutcome.BILLED is video.attempt.outcome
    assert (ports.campaigns.get_campaign(CAMPAIGN_ID).updated_at, None) == (
        video.completed_at,
        video.due_at,
    )


def test_what_a_synthetic_generator_makes_is_marked_as_simulated() -> None:
    ports = FakePorts(policy=replace(POLICY, simulated=True))

    video = make(ports)

    money = ports.campaigns.get_campaign(CAMPAIGN_ID).money
    assert video.cost.simulated
    assert (PRICE, PRICE) == (money.spent, money.simulated)


def test_the_replaced_video_gets_its_historical_name(ports: FakePorts) -> None:
    old = make(ports)

    new = remake(ports, old)
    pass_life_of_names(ports)

    assert {
        clip_of(old, current=False),
        thumbnail_of(old),
        clip_of(new, current=True),
        thumbnail_of(new),
    } == set(ports.objects.objects)
    assert VersionState.HISTORICAL is stored(ports, old).version_state


@pytest.mark.parametrize("keep", [0, 1, 2])
def test_history_beyond_what_is_kept_goes_with_all_its_objects(keep: int) -> None:
    ports = FakePorts(policy=replace(POLICY, keep_historical=keep))
    videos = [make(ports)]
    for _ in range(3):
        videos.append(remake(ports, videos[-1]))

    kept = videos[3 - keep :]
    assert {video.video_hash for video in kept} == {each for _, each in ports.campaigns.videos}
    assert_agreement(ports)
    pass_life_of_names(ports)
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).delayed == ()
    assert_agreement(ports)


@pytest.mark.parametrize("seconds", [8 + 3 / 24, 8 - 3 / 24, 0.0])
def test_a_clip_of_another_length_fails_its_video(ports: FakePorts, seconds: float) -> None:
    failed = make_clip_of(ports, seconds)

    assert failed.failure is not None
    assert (Phase.FAILED, "invalid_output") == (failed.phase, failed.failure.code)


@pytest.mark.parametrize("seconds", [8 + 2 / 24, 8 - 2 / 24])
def test_a_clip_may_be_two_frames_longer_or_shorter(ports: FakePorts, seconds: float) -> None:
    video = make_clip_of(ports, seconds)

    assert video.is_current
    assert video.clip is not None
    assert seconds == video.clip.duration_seconds


def test_what_is_no_clip_fails_its_video_which_is_billed(ports: FakePorts) -> None:
    ports.generator.will(Script(ending=b"half a clip"))
    failed = make(ports)

    assert failed.failure is not None
    assert ("invalid_output", PRICE) == (failed.failure.code, failed.cost.actual)
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    assert ((), PRICE, Decimal(0)) == (
        campaign.slots,
        campaign.money.spent,
        campaign.money.reserved,
    )


def test_a_bad_replacement_changes_nothing_that_is_shown(ports: FakePorts) -> None:
    old = make(ports)
    before = {name for name in ports.objects.objects if "generated" in name}
    ports.generator.will(Script(ending=b"half a clip"))

    remake(ports, old)

    assert old == stored(ports, old)
    assert before == {name for name in ports.objects.objects if "generated" in name}


def test_a_store_without_room_fails_the_video_with_the_reason(ports: FakePorts) -> None:
    video = submit(ports)

    def fail() -> None:
        raise StorageError("The disk is full.")

    # The claims of the check and of the store come first, and then the thumbnail.
    wake(watched(ports, Hooks(before_effect=Once(fail, at=3))), video)

    failed = stored(ports, video)
    assert failed.failure is not None
    assert ("storage_error", "The disk is full.") == (failed.failure.code, failed.failure.message)
    assert_agreement(ports)


def test_a_store_out_of_reach_is_tried_again(ports: FakePorts) -> None:
    video = submit(ports)

    def fail() -> None:
        raise UnavailableError("The store is down.")

    with pytest.raises(RetryLaterError):
        wake(watched(ports, Hooks(before_effect=Once(fail, at=3))), video)
    settle(ports)

    assert stored(ports, video).is_current


def test_a_cancelled_video_is_stored_as_history(ports: FakePorts) -> None:
    old = make(ports)
    video = submit(ports, "A blue bicycle")
    cancel_video(ports, CAMPAIGN_ID, video.video_hash)

    settle(ports)

    assert VersionState.HISTORICAL is stored(ports, video).version_state
    assert stored(ports, old).is_current
    assert 2 * PRICE == ports.campaigns.get_campaign(CAMPAIGN_ID).money.spent
    assert_agreement(ports)


def test_a_cancellation_while_it_is_stored_still_counts(ports: FakePorts) -> None:
    video = submit(ports)
    # After the clip got its current name, and before the commit.
    cancelling = Once(lambda: cancel_video(ports, CAMPAIGN_ID, video.video_hash), at=5)

    wake(watched(ports, Hooks(before_effect=cancelling)), video)

    assert VersionState.HISTORICAL is stored(ports, video).version_state
    assert clip_of(video, current=False) in ports.objects.objects
    assert_agreement(ports)


def test_where_no_history_is_kept_a_cancelled_video_is_gone_when_it_is_done() -> None:
    ports = FakePorts(policy=replace(POLICY, keep_historical=0))
    video = submit(ports)
    cancel_video(ports, CAMPAIGN_ID, video.video_hash)

    settle(ports)
    pass_life_of_names(ports)

    assert {} == ports.campaigns.videos
    assert {} == ports.objects.objects
    assert PRICE == ports.campaigns.get_campaign(CAMPAIGN_ID).money.spent


def test_a_late_success_becomes_current_in_a_slot_that_is_free(ports: FakePorts) -> None:
    video = give_up(ports)

    ports.generator.let_clips_appear()
    wake(ports, video)

    assert stored(ports, video).is_current
    money = ports.campaigns.get_campaign(CAMPAIGN_ID).money
    assert (PRICE, Decimal(0)) == (money.spent, money.possibly_spent)
    assert_agreement(ports)


def test_a_late_success_becomes_history_in_a_slot_that_has_gone_on(ports: FakePorts) -> None:
    video = give_up(ports)
    other = make(ports, "A blue bicycle")

    wake(ports, video)

    assert VersionState.HISTORICAL is stored(ports, video).version_state
    assert stored(ports, other).is_current
    assert_agreement(ports)


def test_a_late_success_that_becomes_current_while_it_is_stored_has_its_current_name(
    ports: FakePorts,
) -> None:
    video = give_up(ports)
    ports.generator.let_clips_appear()
    other = reserve(ports, "A blue bicycle")
    # After the clip got its historical name, and before the commit.
    freeing = Once(lambda: cancel_video(ports, CAMPAIGN_ID, other.video_hash), at=3)

    wake(watched(ports, Hooks(before_effect=freeing)), video)

    assert stored(ports, video).is_current
    assert clip_of(video, current=True) in ports.objects.objects


def test_what_the_generator_wrote_beside_the_clip_is_removed(ports: FakePorts) -> None:
    video = submit(ports)
    beside = f"{attempt_prefix(CAMPAIGN_ID, video.video_hash, 1)}operation.json"
    ports.objects.put(beside, BytesIO(b"{}"), content_type="application/json")

    settle(ports)

    assert {clip_of(video, current=True), thumbnail_of(video)} == set(ports.objects.objects)


def test_while_one_delivery_stores_no_other_does(ports: FakePorts) -> None:
    video = submit(ports)
    effects: list[Phase] = []
    idle = watched(ports, Hooks(before_effect=lambda: effects.append(stored(ports, video).phase)))
    meanwhile = Once(lambda: wake(idle, video), at=3)

    wake(watched(ports, Hooks(before_effect=meanwhile)), video)

    assert [] == effects
    assert stored(ports, video).is_current


def test_a_slow_delivery_that_fails_does_not_end_what_another_took_over(
    ports: FakePorts,
) -> None:
    video = submit(ports)

    def interrupt() -> None:
        raise KeyboardInterrupt

    def be_taken_over_and_fail() -> None:
        ports.clock.advance(STORE_LEASE)
        with pytest.raises(KeyboardInterrupt):
            wake(watched(ports, Hooks(before_effect=Once(interrupt, at=1))), video)
        raise StorageError("The disk is full.")

    wake(watched(ports, Hooks(before_effect=Once(be_taken_over_and_fail, at=3))), video)
    settle(ports)

    assert stored(ports, video).is_current


@pytest.mark.parametrize("at", range(6))
def test_a_slow_delivery_and_the_one_that_took_over_store_one_video(
    ports: FakePorts, at: int
) -> None:
    video = submit(ports)
    witness = Witness(ports)

    def take_over() -> None:
        ports.clock.advance(STORE_LEASE)
        wake(ports, video)

    slow = watched(ports, Hooks(before_effect=Once(take_over, at=at), after_effect=witness))
    with suppress(RetryLaterError):
        wake(slow, video)
    settle(ports)

    assert stored(ports, video).is_current
    witness.testify()
