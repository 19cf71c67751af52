"""What the state of one of Veo's operations means, in the table of docs/generator-answers.md."""

import re
from collections.abc import Callable, Sequence

from google.genai.types import GenerateVideosOperation

from shared.adapters.google.generator_answers import Rule, Then, anything
from shared.adapters.google.veo_filters import explain, is_about_policy
from shared.ports.video_generator import FILTERED

# A quoted prompt may be about a bucket of paint, or cold storage: the words alone prove nothing.
_OUTPUT = re.compile(
    r"gs://|storage[ _]?uri|storage\.(?:objects|buckets)|cloud storage"
    r"|(?:output|storage|gcs|destination) bucket|bucket (?:does not exist|not found)",
    re.IGNORECASE,
)


def operation_words(operation: GenerateVideosOperation) -> str:
    return str((operation.error or {}).get("message", ""))


def _failed(*codes: int) -> Callable[[GenerateVideosOperation], bool]:
    """The codes are those of google.rpc.Code."""
    return lambda operation: (operation.error or {}).get("code") in codes


def _failed_about_policy(operation: GenerateVideosOperation) -> bool:
    return bool(operation.error) and is_about_policy(operation_words(operation))


def _failed_to_deliver(operation: GenerateVideosOperation) -> bool:
    return bool(operation.error) and _OUTPUT.search(operation_words(operation)) is not None


def _has_video(operation: GenerateVideosOperation) -> bool:
    generated = (operation.response and operation.response.generated_videos) or []
    return any(each.video and (each.video.uri or each.video.video_bytes) for each in generated)


def _is_filtered(operation: GenerateVideosOperation) -> bool:
    response = operation.response
    return response is not None and bool(
        response.rai_media_filtered_count or response.rai_media_filtered_reasons
    )


OPERATION_ANSWERS: Sequence[Rule[GenerateVideosOperation]] = (
    Rule("not done", lambda operation: not operation.done, Then.WAIT),
    Rule(
        "an error with support codes, or about Google's policies",
        _failed_about_policy,
        Then.FAIL,
        code=FILTERED,
    ),
    Rule(
        "an error about the storage of its output",
        _failed_to_deliver,
        Then.FAIL_HELD,
        code="storage_error",
    ),
    Rule("error 3, 9 or 11: invalid", _failed(3, 9, 11), Then.FAIL_HELD, code="invalid_request"),
    Rule("error 7 or 16: not permitted", _failed(7, 16), Then.FAIL_HELD, code="permission_denied"),
    Rule("error 8: overloaded", _failed(8), Then.FAIL_HELD, code="provider_quota"),
    Rule(
        "any other error, such as 13: internal",
        lambda operation: bool(operation.error),
        Then.FAIL_HELD,
        code="provider_error",
    ),
    Rule("a clip, as URI or bytes", _has_video, Then.STORE),
    Rule(
        "no clip, and filtered ones counted or reasons given",
        _is_filtered,
        Then.FAIL,
        code=FILTERED,
    ),
    Rule("no clip, and no word why", anything, Then.LOOK_FOR_CLIP),
)


def failure_message(operation: GenerateVideosOperation) -> str:
    """Say why an operation ended without a clip."""
    words = operation_words(operation)
    if is_about_policy(words):
        return explain((words,))
    if operation.error:
        return f"Veo ended with error {operation.error.get('code')}: {words}"
    response = operation.response
    return explain((response and response.rai_media_filtered_reasons) or ())
