"""What is Gemini Omni's alone; the contract has the rest."""

import logging
from collections.abc import Iterator
from decimal import Decimal
from urllib.request import Request, urlopen

import pytest

from shared.adapters.media.clip_inspector import PyAVClipInspector
from shared.domain.errors import (
    GenerationRefusedError,
    SubmissionUnknownError,
    UnavailableError,
)
from shared.ports.video_generator import Failed, Gone, Running, Succeeded
from tests.cloud.omni import MODEL, Omni, omni_in_bucket, omni_submission
from tests.cloud.veo import BUCKET
from tests.contract.video_generator_contract import ended
from tools.emulated_cloud.vertex.answers import (
    NOT_JSON,
    UNAVAILABLE,
    Fault,
    Json,
    error,
    invalid_argument,
)
from tools.emulated_cloud.vertex.endings import Ending, Script
from tools.emulated_cloud.vertex.server import INTERACTIONS


@pytest.fixture
def omni() -> Iterator[Omni]:
    with omni_in_bucket() as running:
        yield running


def test_a_submission_is_a_stored_background_interaction_with_its_own_prefix(omni: Omni) -> None:
    submission = omni_submission(seed=7, resolution="1080p", aspect_ratio="9:16")

    omni.generator.submit(submission)

    [request] = omni.vertex.asked(INTERACTIONS)
    assert request.path.endswith("/locations/global/interactions")
    expected: Json = {
        "model": MODEL,
        "input": submission.enhanced_prompt,
        "background": True,
        "store": True,
        "generation_config": {"video_config": {"task": "text_to_video"}, "seed": 7},
        "response_format": {
            "type": "video",
            "aspect_ratio": "9:16",
            "duration": "3s",
            "resolution": "1080p",
            "delivery": "uri",
            "gcs_uri": f"gs://{BUCKET}/{submission.output_prefix}",
        },
        "labels": {
            "application": "showreel",
            "campaign": "spring_2026",
            "video": "0123456789abcdef",
            "attempt": "1",
        },
    }
    assert request.body == expected


@pytest.mark.parametrize(
    "fault",
    [UNAVAILABLE, Fault(answer=error(409, "ABORTED", "Try again.")), NOT_JSON],
    ids=["503", "409", "not JSON"],
)
def test_an_ambiguous_answer_is_not_submitted_again(omni: Omni, fault: Fault) -> None:
    """By default the SDK would repeat a 503 and a 409 four times."""
    omni.vertex.fail(INTERACTIONS, fault)

    with pytest.raises(SubmissionUnknownError):
        omni.generator.submit(omni_submission())

    assert len(omni.vertex.asked(INTERACTIONS)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        error(400, "SAFETY", "The request was not accepted."),
        invalid_argument("The prompt was blocked for safety reasons."),
    ],
    ids=["code", "words"],
)
def test_a_prompt_that_is_refused_at_once_was_filtered(omni: Omni, answer: object) -> None:
    omni.vertex.fail(INTERACTIONS, Fault(answer=answer))  # type: ignore[arg-type]

    with pytest.raises(GenerationRefusedError) as raised:
        omni.generator.submit(omni_submission())

    assert raised.value.code == "content_filtered"


@pytest.mark.parametrize(
    ("script", "code", "is_held", "words"),
    [
        (Ending.FILTERED, "content_filtered", False, "I can't make this video"),
        (Ending.EMPTY, "provider_error", True, "tokens of a video"),
        (Ending.INTERNAL_ERROR, "provider_error", True, "Internal error encountered."),
        (Ending.INVALID, "provider_error", True, "could not be read"),
        ({"status": "cancelled"}, "cancelled", True, "was cancelled"),
        (
            {"status": "completed", "usage": {"total_output_tokens": 0}},
            "content_filtered",
            False,
            "EEA, Switzerland and the UK",
        ),
        ({"status": "budget_exceeded"}, "provider_error", True, "budget_exceeded"),
        ({"status": "has_expired"}, "provider_error", True, "has_expired"),
    ],
    ids=str,
)
def test_an_interaction_without_a_clip_fails(
    omni: Omni, script: Script, code: str, words: str, *, is_held: bool
) -> None:
    omni.vertex.interactions_will_end(script)

    state = ended(omni.generator, omni.generator.submit(omni_submission()).operation)

    assert isinstance(state, Failed)
    assert (state.code, state.possibly_billed) == (code, is_held)
    assert words in state.message


def test_a_clip_costs_its_tokens(omni: Omni) -> None:
    """Three seconds of 5,792 tokens, with 20 of text, 30 of thoughts and 12 of input."""
    state = ended(omni.generator, omni.generator.submit(omni_submission()).operation)

    assert isinstance(state, Succeeded)
    assert state.usd == (17_376 * 12 + 50 * 9 + 12 * Decimal("1.5")) / 1_000_000


def test_a_clip_whose_tokens_are_not_counted_has_no_cost(omni: Omni) -> None:
    video = {"type": "video", "uri": f"gs://{BUCKET}/clip.mp4", "mime_type": "video/mp4"}
    steps = [{"type": "model_output", "content": [video]}]
    omni.vertex.interactions_will_end({"status": "completed", "steps": steps})

    state = ended(omni.generator, omni.generator.submit(omni_submission()).operation)

    assert state == Succeeded(clip_path="clip.mp4")


def test_tokens_of_a_video_without_a_clip_are_an_alarm(
    omni: Omni, caplog: pytest.LogCaptureFixture
) -> None:
    omni.vertex.interactions_will_end(Ending.EMPTY)

    ended(omni.generator, omni.generator.submit(omni_submission()).operation)

    assert [each.msg for each in caplog.records if each.levelno == logging.ERROR]


def test_the_echo_of_an_input_is_not_the_clip(omni: Omni) -> None:
    video = {"type": "video", "uri": f"gs://{BUCKET}/input.mp4", "mime_type": "video/mp4"}
    steps = [{"type": "user_input", "content": [video]}]
    omni.vertex.interactions_will_end({"status": "completed", "steps": steps})

    operation = omni.generator.submit(omni_submission()).operation

    assert ended(omni.generator, operation) == Gone()


def test_an_unknown_status_is_asked_again(omni: Omni) -> None:
    omni.vertex.interactions_will_end({"status": "thinking_hard"})

    operation = omni.generator.submit(omni_submission()).operation

    assert isinstance(omni.generator.check(operation), Running)


def test_a_400_to_a_check_may_pass(omni: Omni) -> None:
    operation = omni.generator.submit(omni_submission()).operation
    omni.vertex.fail(INTERACTIONS, Fault(answer=invalid_argument("Try again later.")))

    with pytest.raises(UnavailableError):
        omni.generator.check(operation)

    assert not isinstance(ended(omni.generator, operation), Gone)


def test_a_refusal_names_the_permission_that_is_missing(omni: Omni) -> None:
    denied = Fault(answer=error(403, "PERMISSION_DENIED", "The caller does not have permission."))
    operation = omni.generator.submit(omni_submission()).operation

    omni.vertex.fail(INTERACTIONS, denied)
    with pytest.raises(GenerationRefusedError, match=r"aiplatform\.interactions\.create"):
        omni.generator.submit(omni_submission())

    omni.vertex.fail(INTERACTIONS, denied)
    with pytest.raises(UnavailableError, match=r"aiplatform\.interactions\.get"):
        omni.generator.check(operation)


def test_a_deleted_interaction_is_gone(omni: Omni) -> None:
    operation = omni.generator.submit(omni_submission()).operation
    deleted = f"{omni.vertex.url}/v1beta1/{operation.rpartition('#')[2]}"

    with urlopen(Request(deleted, method="DELETE", headers={"Authorization": "Bearer token"})):
        found = omni.generator.check(operation)

    assert isinstance(found, Gone)


def test_a_clip_may_be_longer_than_its_seconds_by_the_end_of_its_sound(omni: Omni) -> None:
    """Clips of 3 s have been measured as 3.029 s."""
    state = ended(omni.generator, omni.generator.submit(omni_submission()).operation)

    assert isinstance(state, Succeeded)
    with omni.objects.open(state.clip_path) as clip:
        facts = PyAVClipInspector().inspect(clip).facts
    assert facts.audio_seconds == pytest.approx(3.02, abs=0.01)
