"""Clips that come damaged, late, or unannounced: none is paid for twice, and none is lost."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from google.genai.types import HttpRetryOptions

from shared.adapters.google import veo_generator
from shared.domain.money import Money
from shared.domain.schedule import DEADLINE, LATE_CHECK, OUTCOME_WINDOW
from shared.domain.video import Phase, Video
from tests.cloud.veo import a_generator, into
from tests.cloud.whole_way import PRICE, Showreel, in_bucket
from tests.eventually import eventually
from tools.emulated_cloud.vertex.answers import (
    DROPPED_AFTER,
    DROPPED_BEFORE,
    LATE,
    NOT_JSON,
    UNAUTHENTICATED,
    UNAVAILABLE,
    Fault,
    Json,
    page,
)
from tools.emulated_cloud.vertex.clips import plain_clip
from tools.emulated_cloud.vertex.endings import Ending
from tools.emulated_cloud.vertex.server import POLL, SUBMIT

A_FEW_MINUTES = timedelta(minutes=2)
FIVE_MINUTES = timedelta(minutes=5)
IMPATIENCE = timedelta(seconds=0.3)
MANY = 10_000

ACCEPTED_WITH_503 = Fault(answer=page(503, "<html>Try again</html>"), accepted=True)


def let_clip_appear(showreel: Showreel) -> None:
    """Write it where Veo was asked to, whatever is known of its operation."""
    [submission] = showreel.veo.vertex.asked(SUBMIT)
    parameters = submission.body["parameters"]
    clip = plain_clip("", parameters)
    into(showreel.objects)(f"{parameters['storageUri'].rstrip('/')}/7/sample_0.mp4", clip)


def assert_stored_and_paid_once(showreel: Showreel, video: Video) -> None:
    latest = showreel.latest(video)
    assert (latest.phase, latest.is_current) == (Phase.DONE, True)
    assert showreel.money == Money(spent=PRICE)
    assert showreel.veo.vertex.submissions == 1
    assert len(showreel.veo.vertex.asked(SUBMIT)) == 1


@pytest.mark.parametrize(
    "fault",
    [LATE, ACCEPTED_WITH_503, DROPPED_AFTER, NOT_JSON],
    ids=["time-out", "503", "dropped", "no JSON"],
)
def test_a_submission_accepted_with_an_error_is_not_repeated(
    bucket_showreel: Showreel, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    vertex = bucket_showreel.veo.vertex
    vertex.fail(SUBMIT, fault)
    video = bucket_showreel.create("A red bicycle")
    with closing(a_generator(vertex.url, submit_timeout=IMPATIENCE)) as impatient:
        bucket_showreel.veo = replace(bucket_showreel.veo, generator=impatient)
        bucket_showreel.deliver()
        # The clip may be there so early that the step that submitted has found and stored it.
        places = ("videos/attempts/", "videos/generated/")
        eventually(
            lambda: [each for place in places for each in bucket_showreel.objects.list(place)]
        )

        bucket_showreel.ended(video)

    assert caplog.messages.count("video.outcome_unknown") == 1
    assert_stored_and_paid_once(bucket_showreel, video)


@pytest.mark.parametrize(
    "fault",
    [UNAVAILABLE, DROPPED_BEFORE, UNAUTHENTICATED],
    ids=["503", "dropped", "401"],
)
def test_five_minutes_of_checks_that_fail_only_delay_a_video(
    showreel: Showreel, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = HttpRetryOptions(attempts=2, initial_delay=0.001, jitter=0)
    monkeypatch.setattr(veo_generator, "_CHECK_RETRIES", at_once)
    video = showreel.create("A red bicycle")
    showreel.deliver()
    showreel.veo.vertex.fail(POLL, fault, times=MANY)

    showreel.pass_time(FIVE_MINUTES)

    assert showreel.latest(video).phase is Phase.GENERATING
    assert len(showreel.veo.vertex.asked(POLL)) > 10
    showreel.veo.vertex.forget_faults()
    showreel.ended(video)
    assert_stored_and_paid_once(showreel, video)


def truncated(clip: bytes) -> bytes:
    return clip[: len(clip) // 2]


def empty(clip: bytes) -> bytes:
    return b""


def replaced_by_a_page(clip: bytes) -> bytes:
    return b"<!doctype html><title>Sign in to the hotel's network</title>"


def without_its_end(clip: bytes) -> bytes:
    return clip[:-1000]


@pytest.mark.parametrize("showreel", [in_bucket], indirect=True, ids=["bucket"])
@pytest.mark.parametrize("damage", [truncated, empty, replaced_by_a_page, without_its_end])
def test_a_damaged_clip_is_billed_and_never_shown(
    showreel: Showreel, damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(prompt: str, parameters: Json) -> bytes:
        return damage(plain_clip(prompt, parameters))

    monkeypatch.setattr(showreel.veo.vertex.operations, "_make_clip", damaged)

    video = showreel.ended(showreel.create("A red bicycle"))

    assert video.failure is not None
    assert video.failure.code == "invalid_output"
    assert list(showreel.objects.list("videos/generated/")) == []
    assert showreel.money == Money(spent=PRICE)
    assert showreel.veo.vertex.submissions == 1


def test_a_clip_that_appears_after_its_operation_was_lost_is_adopted(
    bucket_showreel: Showreel,
) -> None:
    video = bucket_showreel.create(f"A red bicycle [{Ending.FORGOTTEN}]")
    bucket_showreel.pass_time(A_FEW_MINUTES)
    assert bucket_showreel.latest(video).phase is Phase.OUTCOME_UNKNOWN

    let_clip_appear(bucket_showreel)
    bucket_showreel.ended(video)

    assert_stored_and_paid_once(bucket_showreel, video)


def test_a_clip_that_appears_after_its_video_failed_is_stored(
    bucket_showreel: Showreel,
) -> None:
    video = bucket_showreel.create(f"A red bicycle [{Ending.FORGOTTEN}]")
    bucket_showreel.pass_time(OUTCOME_WINDOW + A_FEW_MINUTES)
    assert bucket_showreel.latest(video).phase is Phase.FAILED
    assert bucket_showreel.money.possibly_spent == PRICE

    let_clip_appear(bucket_showreel)
    bucket_showreel.pass_time(LATE_CHECK + A_FEW_MINUTES)

    assert_stored_and_paid_once(bucket_showreel, video)


def test_a_success_after_the_deadline_is_stored_and_settled(showreel: Showreel) -> None:
    video = showreel.create(f"A red bicycle [{Ending.NEVER}]")
    showreel.pass_time(DEADLINE + A_FEW_MINUTES)
    failure = showreel.latest(video).failure
    assert failure is not None
    assert failure.code == "provider_timeout"

    showreel.veo.vertex.operations.end_now()
    showreel.pass_time(LATE_CHECK + A_FEW_MINUTES)

    assert_stored_and_paid_once(showreel, video)
