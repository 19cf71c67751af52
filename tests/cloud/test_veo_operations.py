"""Every answer to a check, through the real SDK: what it means, and that it is never paid again."""

from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

import pytest
from google.genai.types import GenerateVideosOperation

from shared.adapters.google.generator_answers import first_fitting
from shared.adapters.google.veo_answers import OPERATION_ANSWERS
from shared.domain.errors import StorageError, UnavailableError
from shared.domain.storage_layout import is_clip
from shared.ports.video_generator import Failed, Gone, OperationState, Running, Succeeded
from tests.cloud.veo import Veo, a_submission, veo_in_bucket, veo_inline
from tests.contract.video_generator_contract import ended
from tools.emulated_cloud.vertex.answers import (
    DROPPED_AFTER,
    DROPPED_BEFORE,
    INTERNAL,
    NO_QUOTA,
    NOT_JSON,
    UNAUTHENTICATED,
    UNAVAILABLE,
    Fault,
    error,
    page,
    permission_denied,
)
from tools.emulated_cloud.vertex.endings import Ending, Script, failed
from tools.emulated_cloud.vertex.server import POLL
from tools.in_memory.object_store import InMemoryObjectStore

POLICY_ERROR = "an error with support codes, or about Google's policies"
OUTPUT_ERROR = "an error about the storage of its output"
INVALID = "error 3, 9 or 11: invalid"
DENIED = "error 7 or 16: not permitted"
BROKEN = "any other error, such as 13: internal"
CLIP = "a clip, as URI or bytes"
FILTERED = "no clip, and filtered ones counted or reasons given"
NOTHING = "no clip, and no word why"


@dataclass(frozen=True, kw_only=True)
class End:
    """`rule` is the documented ending that `script` is an example of."""

    rule: str
    script: Script
    state: type[OperationState]
    code: str = ""
    says: str = ""

    @property
    def is_free(self) -> bool:
        """Whether Google documents that it is not charged: filtered clips only."""
        return self.code == "content_filtered"


def fails(rule: str, script: Script, code: str, says: str = "") -> End:
    return End(rule=rule, script=script, state=Failed, code=code, says=says)


ENDS = [
    End(rule="not done", script=Ending.NEVER, state=Running),
    fails(
        POLICY_ERROR,
        failed(3, "The prompt might violate it. Support codes: 15236754"),
        "content_filtered",
        "celebrity",
    ),
    fails(POLICY_ERROR, failed(3, "It might violate our policies."), "content_filtered"),
    fails(
        OUTPUT_ERROR,
        failed(3, "Generated video is large, an output storage uri is required."),
        "storage_error",
    ),
    fails(
        OUTPUT_ERROR,
        failed(7, "The service agent does not have storage.objects.create access."),
        "storage_error",
        "storage.objects.create",
    ),
    *(fails(INVALID, failed(code, "No."), "invalid_request", "No.") for code in (3, 9, 11)),
    *(fails(DENIED, failed(code, "No."), "permission_denied", "No.") for code in (7, 16)),
    fails("error 8: overloaded", failed(8, "High load."), "provider_quota", "High load."),
    fails(BROKEN, failed(13, "Internal."), "provider_error", "error 13"),
    fails(BROKEN, failed(4, ""), "provider_error", "error 4"),
    fails(BROKEN, {"error": {"message": "What?"}}, "provider_error", "What?"),
    End(rule=CLIP, script=Ending.CLIP, state=Succeeded),
    End(rule=CLIP, script=Ending.CLIP_WITHOUT_FOLDER, state=Succeeded),
    End(rule=CLIP, script=Ending.PARTLY_FILTERED, state=Succeeded),
    fails(FILTERED, Ending.FILTERED, "content_filtered", "video safety"),
    fails(FILTERED, Ending.AUDIO_FILTERED, "content_filtered", "generate_audio=false"),
    fails(
        FILTERED,
        {"response": {"raiMediaFilteredCount": 1}},
        "content_filtered",
        "a category that Veo does not name",
    ),
    End(rule=NOTHING, script=Ending.EMPTY, state=Gone),
    End(rule=NOTHING, script={}, state=Gone),
    End(rule=NOTHING, script={"response": {"videos": [{}]}}, state=Gone),
]
UNANSWERED = [
    Fault(answer=error(400, "INVALID_ARGUMENT", "The Operation ID must be a Long.")),
    Fault(answer=page(404, "<html>There is no such page</html>")),
    Fault(answer=error(500, "INTERNAL", "Internal error.")),
    INTERNAL,
    NO_QUOTA,
    UNAVAILABLE,
    UNAUTHENTICATED,
    NOT_JSON,
    DROPPED_BEFORE,
    DROPPED_AFTER,
]


class FullObjectStore(InMemoryObjectStore):
    """Has no room until there `is_room`."""

    is_room = False

    def put(self, path: str, content: BinaryIO, **options: object) -> None:
        if not self.is_room:
            raise StorageError("There is no space left.")
        super().put(path, content, **options)  # type: ignore[arg-type]


def test_every_documented_ending_is_tested() -> None:
    assert {rule.answer for rule in OPERATION_ANSWERS} == {end.rule for end in ENDS}


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("The prompt violates Google\u2019s usage guidelines.", POLICY_ERROR),
        ("It violated our content policy.", POLICY_ERROR),
        ("This goes against Vertex AI's usage guidelines.", POLICY_ERROR),
        ("Veo could not generate videos based on the prompt provided.", POLICY_ERROR),
        ("Try another prompt. You will not be charged for this request.", POLICY_ERROR),
        ("We encountered an issue with the audio for your prompt.", POLICY_ERROR),
        ("Invalid prompt: 'a bucket of paint in cold storage'", INVALID),
        ("The parameter violates a constraint: durationSeconds.", INVALID),
        ("The bucket does not exist.", OUTPUT_ERROR),
        ("Could not write to gs://my-videos/attempts.", OUTPUT_ERROR),
    ],
)
def test_a_safety_refusal_is_distinguished_from_an_invalid_request_by_its_message(
    words: str, rule: str
) -> None:
    operation = GenerateVideosOperation.model_validate(
        {"done": True, "error": {"code": 3, "message": words}}
    )

    assert first_fitting(OPERATION_ANSWERS, operation).answer == rule


@pytest.mark.parametrize("end", ENDS)
def test_each_ending_is_handled_as_documented(end: End) -> None:
    with veo_in_bucket(polls=0) as veo:
        veo.vertex.will_end(end.script)
        operation = veo.generator.submit(a_submission()).operation

        state = veo.generator.check(operation)

        assert isinstance(state, end.state)
        if isinstance(state, Failed):
            assert end.code == state.code
            assert end.says in state.message
            assert state.possibly_billed is not end.is_free
        assert veo.vertex.submissions == 1


@pytest.mark.parametrize("says_not_done", [True, False])
def test_both_forms_of_a_running_operation_are_understood(veo: Veo, says_not_done: bool) -> None:  # noqa: FBT001
    veo.vertex.operations.says_not_done = says_not_done
    veo.vertex.will_end(Ending.NEVER)

    state = veo.generator.check(veo.generator.submit(a_submission()).operation)

    assert state == Running(check_after=timedelta(seconds=20))


@pytest.mark.parametrize("fault", UNANSWERED)
def test_an_unanswered_check_raises_unavailable(veo: Veo, fault: Fault) -> None:
    operation = veo.generator.submit(a_submission()).operation
    veo.vertex.fail(POLL, fault, times=2)

    with pytest.raises(UnavailableError):
        veo.generator.check(operation)

    veo.vertex.forget_faults()
    assert isinstance(ended(veo.generator, operation), Succeeded)
    assert veo.vertex.submissions == 1


def test_a_check_is_tried_a_second_time(veo: Veo) -> None:
    operation = veo.generator.submit(a_submission()).operation
    veo.vertex.fail(POLL, UNAVAILABLE)

    assert isinstance(veo.generator.check(operation), Running | Succeeded)
    assert len(veo.vertex.asked(POLL)) == 2


def test_a_check_names_the_permission_that_is_missing(veo: Veo) -> None:
    operation = veo.generator.submit(a_submission()).operation
    veo.vertex.fail(POLL, Fault(answer=permission_denied(operation)))

    with pytest.raises(UnavailableError, match=r"aiplatform\.endpoints\.predict"):
        veo.generator.check(operation)


def test_a_token_that_is_not_accepted_is_renewed(veo: Veo) -> None:
    operation = veo.generator.submit(a_submission()).operation
    veo.vertex.fail(POLL, UNAUTHENTICATED)
    with pytest.raises(UnavailableError, match="token"):
        veo.generator.check(operation)

    veo.generator.check(operation)

    assert veo.vertex.asked(POLL)[-1].headers["authorization"] == "Bearer token-2"


@pytest.mark.parametrize("name", ["", "short", "operations/1", "#", "../..//operations/1"])
def test_an_invalid_operation_name_is_gone(veo: Veo, name: str) -> None:
    assert veo.generator.check(name) == Gone()
    assert veo.vertex.requests == []


def test_a_clip_in_another_bucket_is_not_used(veo: Veo) -> None:
    veo.vertex.will_end({"response": {"videos": [{"gcsUri": "gs://other/sample_0.mp4"}]}})
    operation = veo.generator.submit(a_submission()).operation

    assert ended(veo.generator, operation) == Gone()


def test_an_inline_clip_is_stored_under_the_prefix_of_its_attempt(inline_veo: Veo) -> None:
    submission = a_submission()

    state = ended(inline_veo.generator, inline_veo.generator.submit(submission).operation)

    assert Succeeded(clip_path=f"{submission.output_prefix}sample_0.mp4") == state
    assert [is_clip(each.path) for each in inline_veo.objects.list(submission.output_prefix)] == [
        True
    ]


def test_a_clip_that_finds_no_room_can_be_fetched_again() -> None:
    objects = FullObjectStore()
    with veo_inline(objects, polls=0) as veo:
        operation = veo.generator.submit(a_submission()).operation
        with pytest.raises(UnavailableError, match="no space left"):
            veo.generator.check(operation)

        objects.is_room = True

        assert isinstance(veo.generator.check(operation), Succeeded)
        assert veo.vertex.submissions == 1


def test_an_inline_clip_that_is_not_base64_is_refused(inline_veo: Veo) -> None:
    broken = {"response": {"videos": [{"bytesBase64Encoded": "%%%", "mimeType": "video/mp4"}]}}
    inline_veo.vertex.will_end(broken)
    operation = inline_veo.generator.submit(a_submission()).operation

    with pytest.raises(UnavailableError):
        ended(inline_veo.generator, operation)
