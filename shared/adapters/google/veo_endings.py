"""What an operation says of itself, and what that means. In docs/veo-answers.md, too."""

import re
from collections.abc import Callable, Sequence

from google.genai.types import GenerateVideosOperation

from shared.adapters.google.veo_filters import explain, is_about_policy
from shared.adapters.google.veo_rules import Rule, Then, anything
from shared.ports.video_generator import FILTERED

# A prompt that Google quotes may be about a bucket of paint, or about cold storage.
_OUTPUT = re.compile(
    r"gs://|storage[ _]?uri|storage\.(?:objects|buckets)|cloud storage"
    r"|(?:output|storage|gcs|destination) bucket|bucket (?:does not exist|not found)",
    re.IGNORECASE,
)


def _words(operation: GenerateVideosOperation) -> str:
    return str((operation.error or {}).get("message", ""))


def _failed(*codes: int) -> Callable[[GenerateVideosOperation], bool]:
    """The codes are those of google.rpc.Code."""
    return lambda operation: (operation.error or {}).get("code") in codes


def _failed_about_policy(operation: GenerateVideosOperation) -> bool:
    return bool(operation.error) and is_about_policy(_words(operation))


def _failed_to_deliver(operation: GenerateVideosOperation) -> bool:
    return bool(operation.error) and _OUTPUT.search(_words(operation)) is not None


def _has_video(operation: GenerateVideosOperation) -> bool:
    generated = (operation.response and operation.response.generated_videos) or []
    return any(each.video and (each.video.uri or each.video.video_bytes) for each in generated)


def _is_filtered(operation: GenerateVideosOperation) -> bool:
    response = operation.response
    return response is not None and bool(
        response.rai_media_filtered_count or response.rai_media_filtered_reasons
    )


OPERATION_ANSWERS: Sequence[Rule[GenerateVideosOperation]] = (
    Rule(answer="not done", fits=lambda operation: not operation.done, then=Then.WAIT),
    Rule(
        answer="an error with support codes, or about Google's policies",
        fits=_failed_about_policy,
        then=Then.FAIL,
        code=FILTERED,
    ),
    Rule(
        answer="an error about the storage of its output",
        fits=_failed_to_deliver,
        then=Then.FAIL_HELD,
        code="storage_error",
    ),
    Rule(
        answer="error 3, 9 or 11: invalid",
        fits=_failed(3, 9, 11),
        then=Then.FAIL_HELD,
        code="invalid_request",
    ),
    Rule(
        answer="error 7 or 16: not permitted",
        fits=_failed(7, 16),
        then=Then.FAIL_HELD,
        code="permission_denied",
    ),
    Rule(
        answer="error 8: overloaded",
        fits=_failed(8),
        then=Then.FAIL_HELD,
        code="provider_quota",
    ),
    Rule(
        answer="any other error, such as 13: internal",
        fits=lambda operation: bool(operation.error),
        then=Then.FAIL_HELD,
        code="provider_error",
    ),
    Rule(answer="a clip, as URI or bytes", fits=_has_video, then=Then.STORE),
    Rule(
        answer="no clip, and filtered ones counted or reasons given",
        fits=_is_filtered,
        then=Then.FAIL,
        code=FILTERED,
    ),
    Rule(answer="no clip, and no word why", fits=anything, then=Then.LOOK_FOR_CLIP),
)


def failure_message(operation: GenerateVideosOperation) -> str:
    """Say why an operation ended without a clip."""
    words = _words(operation)
    if is_about_policy(words):
        return explain((words,))
    if operation.error:
        return f"Veo ended with error {operation.error.get('code')}: {words}"
    response = operation.response
    return explain((response and response.rai_media_filtered_reasons) or ())
