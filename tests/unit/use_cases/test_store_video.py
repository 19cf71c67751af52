"""Store: verify a clip, put it under its name, make it current, tidy up."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from math import inf
from types import SimpleNamespace
from typing import cast

import pytest
from werkzeug.test import create_environ
from werkzeug.wrappers import Request

from shared.domain.campaign import Change
from shared.domain.errors import (
    ConflictError,
    RetryLaterError,
    ShowreelError,
    StorageError,
    UnavailableError,
)
from shared.domain.schedule import (
    CLOUD_LEASES,
    CONTENTION,
    CONTENTION_RETRY,
    DEADLINE,
    LATE_CHECK,
    STORE_TRIES,
)
from shared.domain.storage_layout import attempt_prefix, clip_path, picture_paths
from shared.domain.values import replace
from shared.domain.video import AttemptOutcome, Phase, VersionState, Video
from shared.http.calls import Call
from shared.http.resources import video_resource
from shared.ports import Ports
from shared.ports.campaign_repository import VideoPage, VideoQuery
from shared.use_cases.change_versions import cancel_video
from shared.use_cases.create_videos import create_videos
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.regenerate_videos import regenerate_video
from tests.fakes.ports import POLICY, FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.conftest import Pauses
from tests.unit.use_cases.rules import Witness, assert_agreement, assert_ends_have_events
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    a_request,
    deliver,
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
from tools.in_memory.campaign_repository import InMemoryCampaignRepository
from tools.in_memory.clip import A_CLIP, CLIP_FACTS, PICTURES
from tools.in_memory.object_store import InMemoryObjectStore

ANOTHER_CLIP = b"another clip"


def clip_of(video: Video, *, current: bool) -> str:
    return clip_path(video.campaign_id, video.video_hash, video.index, current=current)


def pictures_of(video: Video) -> tuple[str, ...]:
    return picture_paths(video.campaign_id, video.video_hash, video.index)


def make_clip_of(ports: FakePorts, seconds: float) -> Video:
    """Make a video whose clip is as long as this."""
    ports.inspector.known[ANOTHER_CLIP] = replace(CLIP_FACTS, duration_seconds=seconds)
    ports.generator.will(Script(ending=ANOTHER_CLIP))
    return make(ports)


def test_a_stored_video_has_its_clip_and_pictures_under_their_names(ports: FakePorts) -> None:
    video = make(ports)

    objects = ports.objects.objects
    assert {clip_of(video, current=True), *pictures_of(video)} == set(objects)
    assert objects[clip_of(video, current=True)].content == A_CLIP
    stored_as = [(objects[path].content_type, objects[path].content) for path in pictures_of(video)]
    assert stored_as == list(
        zip(("image/jpeg", "image/jpeg", "image/webp"), PICTURES.values(), strict=True)
    )


def test_stored_objects_say_whose_they_are(ports: FakePorts) -> None:
    video = make(ports)

    objects = ports.objects.objects
    described = objects[clip_of(video, current=True)].metadata
    assert all(described == objects[path].metadata for path in pictures_of(video))
    assert described == {
        "campaign_id": CAMPAIGN_ID,
        "video_hash": video.video_hash,
        "index": "0",
        "fingerprint": video.fingerprint,
        "model": video.parameters.model,
        "ai_generated": "true",
    }


def test_a_stored_video_records_its_clip_its_cost_and_its_end(ports: FakePorts) -> None:
    video = make(ports)

    assert (video.phase, video.version_state) == (Phase.DONE, VersionState.CURRENT)
    assert (video.clip, video.cost.actual) == (CLIP_FACTS, PRICE)
    assert video.attempt.outcome is AttemptOutcome.BILLED
    assert (ports.campaigns.get_campaign(CAMPAIGN_ID).updated_at, None) == (
        video.completed_at,
        video.due_at,
    )


def test_a_video_of_the_synthetic_generator_is_marked_as_simulated() -> None:
    ports = FakePorts(policy=replace(POLICY, simulated=True))

    video = make(ports)

    money = ports.campaigns.get_campaign(CAMPAIGN_ID).money
    assert video.cost.simulated
    assert (money.spent, money.simulated) == (PRICE, PRICE)


def test_the_replaced_video_gets_its_historical_name(ports: FakePorts) -> None:
    old = make(ports)

    new = remake(ports, old)
    pass_life_of_names(ports)

    assert {
        clip_of(old, current=False),
        *pictures_of(old),
        clip_of(new, current=True),
        *pictures_of(new),
    } == set(ports.objects.objects)
    assert stored(ports, old).version_state is VersionState.HISTORICAL


@pytest.mark.parametrize("keep", [0, 1, 2])
def test_surplus_historical_videos_are_removed_with_all_objects(keep: int) -> None:
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
    assert (failed.phase, failed.failure.code) == (Phase.FAILED, "invalid_output")


@pytest.mark.parametrize("seconds", [7.9, 8.029, 8.1])
def test_a_clip_may_differ_by_a_tenth_of_a_second(ports: FakePorts, seconds: float) -> None:
    video = make_clip_of(ports, seconds)

    assert video.is_current
    assert video.clip is not None
    assert seconds == video.clip.duration_seconds


def test_an_invalid_clip_fails_its_video_which_is_billed(ports: FakePorts) -> None:
    ports.generator.will(Script(ending=b"half a clip"))
    failed = make(ports)

    assert failed.failure is not None
    assert (failed.failure.code, failed.cost.actual) == ("invalid_output", PRICE)
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    assert (
        campaign.slots,
        campaign.money.spent,
        campaign.money.reserved,
    ) == ((), PRICE, Decimal(0))


def test_a_clip_of_another_shape_is_kept_and_does_not_replace_a_good_one(ports: FakePorts) -> None:
    good = make(ports)
    ports.inspector.known[ANOTHER_CLIP] = replace(CLIP_FACTS, width=720, height=1280)
    ports.generator.will(Script(ending=ANOTHER_CLIP))

    lying = remake(ports, good)

    assert (lying.phase, lying.version_state) == (Phase.DONE, VersionState.HISTORICAL)
    assert lying.cost.actual == PRICE
    assert stored(ports, good).is_current
    pass_life_of_names(ports)
    objects = {name for name in ports.objects.objects if name.endswith(".mp4")}
    assert {clip_of(good, current=True), clip_of(lying, current=False)} == objects
    assert_agreement(ports)


def test_a_clip_of_another_shape_is_shown_where_there_is_no_other(ports: FakePorts) -> None:
    ports.inspector.known[ANOTHER_CLIP] = replace(CLIP_FACTS, width=720, height=1280)
    ports.generator.will(Script(ending=ANOTHER_CLIP))

    assert make(ports).is_current


def test_a_bad_replacement_changes_nothing_that_is_shown(ports: FakePorts) -> None:
    old = make(ports)
    before = {name for name in ports.objects.objects if "generated" in name}
    ports.generator.will(Script(ending=b"half a clip"))

    remake(ports, old)

    assert stored(ports, old) == old
    assert {name for name in ports.objects.objects if "generated" in name} == before


class Losing:
    """Loses the races for the campaign's record, so many `times`; what it commits, it notes."""

    def __init__(self, repository: InMemoryCampaignRepository, times: float) -> None:
        self._repository = repository
        self._left = times
        self.commits: list[Change] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._repository, name)

    def commit(self, change: Change) -> Change:
        if self._left > 0:
            self._left -= 1
            raise ConflictError("Another process was faster.")
        self.commits.append(change)
        return self._repository.commit(change)


def but_with(ports: FakePorts, **others: object) -> Ports:
    return cast("Ports", SimpleNamespace(**{**vars(ports), "now": ports.now, **others}))


def lose_every_race(ports: FakePorts, video: Video) -> timedelta:
    """Deliver a message for a clip that is there. Return after what time the video is due."""
    wake(but_with(ports, campaigns=Losing(ports.campaigns, inf)), video)
    due_at = stored(ports, video).due_at
    assert due_at is not None
    return due_at - ports.now()


def submit_all(ports: FakePorts, *prompts: str) -> list[Video]:
    """Create videos whose clips are all there."""
    created = create_videos(ports, a_request(*prompts))
    deliver(ports)
    ports.generator.let_clips_appear()
    return [each.video for each in created]


@dataclass
class Unwritable:
    """Takes no object."""

    objects: InMemoryObjectStore
    error: ShowreelError

    def __getattr__(self, name: str) -> object:
        return getattr(self.objects, name)

    def put(self, *_args: object, **_options: object) -> None:
        raise self.error


FULL = StorageError("The disk is full.")


@pytest.mark.parametrize("error", [FULL, UnavailableError("The store is down.")], ids=repr)
def test_a_clip_that_cannot_be_stored_for_now_is_stored_later(
    ports: FakePorts, error: ShowreelError
) -> None:
    (video,) = submit_all(ports, "A red bicycle")
    acting = but_with(ports, objects=Unwritable(ports.objects, error))

    for _ in range(2 * STORE_TRIES):
        with pytest.raises(RetryLaterError):
            wake(acting, video)
        assert not stored(ports, video).is_leased(ports.now())
    settle(ports)

    assert stored(ports, video).is_current
    assert_agreement(ports)


def test_a_clip_without_room_until_the_deadline_fails_its_video_and_is_checked_late(
    ports: FakePorts,
) -> None:
    (video,) = submit_all(ports, "A red bicycle")
    ports.clock.advance(DEADLINE)

    wake(but_with(ports, objects=Unwritable(ports.objects, FULL)), video)

    failed = stored(ports, video)
    assert failed.failure is not None
    assert (failed.failure.code, failed.failure.message) == ("storage_error", "The disk is full.")
    assert_agreement(ports)
    ports.clock.advance(LATE_CHECK)
    maintain_campaigns(ports)
    settle(ports)
    assert stored(ports, video).is_current
    assert_agreement(ports)


def test_a_lost_race_does_not_count_as_a_try_and_the_step_is_taken_again_soon(
    ports: FakePorts,
) -> None:
    """Five such deliveries ended a paid, verified, stored clip as invalid output."""
    (video,) = submit_all(ports, "A red bicycle")

    for _ in range(2 * STORE_TRIES):
        wait = lose_every_race(ports, video)
        waiting = stored(ports, video)
        assert (
            waiting.phase,
            waiting.store_tries,
            waiting.lease_expires_at,
        ) == (Phase.STORING, 0, None)
        assert wait <= CONTENTION_RETRY

    wake(ports, video)
    assert stored(ports, video).is_current


def test_steps_that_lose_a_race_together_retry_at_different_times(ports: FakePorts) -> None:
    videos = submit_all(ports, "One", "Two", "Three", "Four")

    waits = {lose_every_race(ports, video) for video in videos}

    assert len(waits) == 4


def test_a_step_that_lost_every_race_held_its_place_for_seconds_only(
    ports: FakePorts, pauses: Pauses
) -> None:
    (video,) = submit_all(ports, "A red bicycle")

    lose_every_race(ports, video)

    assert sum(pauses.lengths) <= CONTENTION.total_seconds()


def test_a_clip_that_was_verified_before_a_lost_race_is_not_looked_into_again(
    ports: FakePorts,
) -> None:
    (video,) = submit_all(ports, "A red bicycle")
    lose_every_race(ports, video)
    ports.inspector.known.clear()

    wake(ports, video)

    assert stored(ports, video).is_current
    assert stored(ports, video).clip == CLIP_FACTS


def test_a_clip_that_waits_for_its_commit_is_not_shown_yet(ports: FakePorts) -> None:
    (video,) = submit_all(ports, "A red bicycle")
    lose_every_race(ports, video)

    call = Call(Request(create_environ()), ports)
    shown = video_resource(call, stored(ports, video))

    assert (shown["clip"], shown["filename"]) == (None, None)


def test_a_step_that_lost_a_race_completes_all_that_wait_for_the_same_commit(
    ports: FakePorts, caplog: pytest.LogCaptureFixture
) -> None:
    *waiting, last = submit_all(ports, "One", "Two", "Three", "Four")
    for video in waiting:
        lose_every_race(ports, video)
    campaigns = Losing(ports.campaigns, times=1)

    with caplog.at_level("INFO"):
        wake(but_with(ports, campaigns=campaigns), last)

    assert [len(change.videos) for change in campaigns.commits] == [4]
    assert all(stored(ports, video).is_current for video in (*waiting, last))
    assert [each.message for each in caplog.records].count("video.completed") == 4
    assert_agreement(ports)


@pytest.mark.parametrize("keep", [0, 1])
def test_replacements_that_are_completed_together_replace_each_its_own(keep: int) -> None:
    ports = FakePorts(policy=replace(POLICY, keep_historical=keep))
    old = submit_all(ports, "One", "Two", "Three", "Four")
    settle(ports)
    new = [regenerate_video(ports, CAMPAIGN_ID, video.video_hash).video for video in old]
    deliver(ports)
    ports.generator.let_clips_appear()
    for video in new[:3]:
        lose_every_race(ports, video)

    wake(but_with(ports, campaigns=Losing(ports.campaigns, times=1)), new[3])

    assert all(stored(ports, video).is_current for video in new)
    assert 4 * (1 + keep) == len(ports.campaigns.videos)
    settle(ports)
    assert_agreement(ports)


def test_a_step_whose_video_another_step_completed_ends_well(ports: FakePorts) -> None:
    first, second = submit_all(ports, "One", "Two")

    class Beaten(Losing):
        def list_videos(self, query: VideoQuery) -> VideoPage:
            """Before the second try, the step of the other video completes both."""
            wake(but_with(ports, campaigns=Losing(ports.campaigns, times=1)), second)
            return ports.campaigns.list_videos(query)

    wake(but_with(ports, campaigns=Beaten(ports.campaigns, times=1)), first)

    assert stored(ports, first).is_current
    assert stored(ports, second).is_current
    assert_agreement(ports)


def test_a_cancelled_video_is_stored_as_history(ports: FakePorts) -> None:
    old = make(ports)
    video = submit(ports, "A blue bicycle")
    cancel_video(ports, CAMPAIGN_ID, video.video_hash)

    settle(ports)

    assert stored(ports, video).version_state is VersionState.HISTORICAL
    assert stored(ports, old).is_current
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.spent == 2 * PRICE
    assert_agreement(ports)


def test_a_cancellation_while_it_is_stored_still_counts(ports: FakePorts) -> None:
    video = submit(ports)
    # After the clip got its current name, and before the commit.
    cancelling = Once(lambda: cancel_video(ports, CAMPAIGN_ID, video.video_hash), at=5)

    wake(watched(ports, Hooks(before_effect=cancelling)), video)

    assert stored(ports, video).version_state is VersionState.HISTORICAL
    assert clip_of(video, current=False) in ports.objects.objects
    assert_agreement(ports)


def test_a_cancelled_video_takes_the_place_of_no_other(ports: FakePorts) -> None:
    """With room for one historical video, it leaves again, as the next replaced one does not."""
    old = make(ports)
    current = remake(ports, old)
    cancelled = regenerate_video(ports, CAMPAIGN_ID, current.video_hash).video
    deliver(ports)
    cancel_video(ports, CAMPAIGN_ID, cancelled.video_hash)

    settle(ports)

    assert {old.video_hash, current.video_hash} == {each for _, each in ports.campaigns.videos}
    assert_agreement(ports)


def test_with_keep_historical_0_a_cancelled_video_is_removed_when_it_completes() -> None:
    ports = FakePorts(policy=replace(POLICY, keep_historical=0))
    video = submit(ports)
    cancel_video(ports, CAMPAIGN_ID, video.video_hash)

    settle(ports)
    pass_life_of_names(ports)

    assert ports.campaigns.videos == {}
    assert ports.objects.objects == {}
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.spent == PRICE


def test_a_late_success_becomes_current_in_a_slot_that_is_free(ports: FakePorts) -> None:
    video = give_up(ports)

    ports.generator.let_clips_appear()
    wake(ports, video)

    assert stored(ports, video).is_current
    money = ports.campaigns.get_campaign(CAMPAIGN_ID).money
    assert (money.spent, money.possibly_spent) == (PRICE, Decimal(0))
    assert_agreement(ports)
    assert_ends_have_events(ports)


def test_a_late_success_becomes_history_in_a_slot_that_has_gone_on(ports: FakePorts) -> None:
    video = give_up(ports)
    other = make(ports, "A blue bicycle")

    wake(ports, video)

    assert stored(ports, video).version_state is VersionState.HISTORICAL
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


def test_other_objects_of_the_attempt_are_removed(ports: FakePorts) -> None:
    video = submit(ports)
    beside = f"{attempt_prefix(CAMPAIGN_ID, video.video_hash, 1)}operation.json"
    ports.objects.put(beside, BytesIO(b"{}"), content_type="application/json")

    settle(ports)

    assert {clip_of(video, current=True), *pictures_of(video)} == set(ports.objects.objects)


def test_while_one_delivery_stores_no_other_does(ports: FakePorts) -> None:
    video = submit(ports)
    effects: list[Phase] = []
    idle = watched(ports, Hooks(before_effect=lambda: effects.append(stored(ports, video).phase)))
    meanwhile = Once(lambda: wake(idle, video), at=3)

    wake(watched(ports, Hooks(before_effect=meanwhile)), video)

    assert effects == []
    assert stored(ports, video).is_current


def test_a_slow_delivery_that_fails_does_not_end_what_another_took_over(
    ports: FakePorts,
) -> None:
    video = submit(ports)

    def interrupt() -> None:
        raise KeyboardInterrupt

    def be_taken_over_and_fail() -> None:
        ports.clock.advance(CLOUD_LEASES.store)
        with pytest.raises(KeyboardInterrupt):
            wake(watched(ports, Hooks(before_effect=Once(interrupt, at=1))), video)
        raise StorageError("The disk is full.")

    with pytest.raises(RetryLaterError):
        wake(watched(ports, Hooks(before_effect=Once(be_taken_over_and_fail, at=3))), video)
    assert stored(ports, video).is_leased(ports.now())
    settle(ports)

    assert stored(ports, video).is_current


@pytest.mark.parametrize("at", range(6))
def test_a_slow_delivery_and_the_one_that_took_over_store_one_video(
    ports: FakePorts, at: int
) -> None:
    video = submit(ports)
    witness = Witness(ports)

    def take_over() -> None:
        ports.clock.advance(CLOUD_LEASES.store)
        wake(ports, video)

    slow = watched(ports, Hooks(before_effect=Once(take_over, at=at), after_effect=witness))
    with suppress(RetryLaterError):
        wake(slow, video)
    settle(ports)

    assert stored(ports, video).is_current
    witness.testify()
