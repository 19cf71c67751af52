"""What each answer of Veo means. docs/veo-answers.md shows the same tables; a test compares them.

In each table the first rule that fits decides. The last rule fits every answer and is the safe
one: a submission that may have been accepted is never submitted again.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Generic, TypeVar

import httpx2
from google.auth.exceptions import GoogleAuthError
from google.genai.errors import APIError
from google.genai.types import GenerateVideosOperation

from shared.adapters.google.veo_filters import is_about_policy
from shared.ports.video_generator import FILTERED

T = TypeVar("T")


class Then(StrEnum):
    SUBMIT_AGAIN = "submitted again later"
    REFUSE = "failed; nothing was submitted"
    UNKNOWN = "never submitted again; its clip is looked for"
    ASK_AGAIN = "asked again later"
    LOOK_FOR_CLIP = "its clip is looked for"
    WAIT = "asked again after 20 s"
    STORE = "its clip is verified and stored"
    FAIL = "failed; nothing is billed"
    FAIL_HELD = "failed; its price is held as possibly spent"


@dataclass(frozen=True)
class Rule(Generic[T]):
    """`answer` and `then` are the words of the documentation; a caller gets `sentence`."""

    answer: str
    fits: Callable[[T], bool]
    then: Then
    code: str = ""
    sentence: str = ""
    retry_after: timedelta = timedelta(seconds=15)


def first_fitting(rules: Sequence[Rule[T]], answer: T) -> Rule[T]:
    return next(rule for rule in rules if rule.fits(answer))


def anything(_answer: object) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What the SDK raised. `model_is_retired`, as far as Showreel's own registry knows."""

    error: Exception
    model_is_retired: bool = False


def google_words(error: Exception) -> str:
    """Return Google's own sentence, or nothing for an answer in another form than Google's."""
    details = error.details if isinstance(error, APIError) else None
    content = details.get("error") if isinstance(details, dict) else None
    words = content.get("message") if isinstance(content, dict) else None
    return words if isinstance(words, str) else ""


def _status(*statuses: int) -> Callable[[Refusal], bool]:
    return lambda refusal: isinstance(refusal.error, APIError) and refusal.error.code in statuses


def _raised(*kinds: type[Exception]) -> Callable[[Refusal], bool]:
    return lambda refusal: isinstance(refusal.error, kinds)


def _held_back_at_once(refusal: Refusal) -> bool:
    return _status(400)(refusal) and is_about_policy(google_words(refusal.error))


def _retired(refusal: Refusal) -> bool:
    return refusal.model_is_retired and _status(404)(refusal)


def _forgotten(refusal: Refusal) -> bool:
    """A proxy or a wrong host answers 404 too, but not in Google's form."""
    return _status(404)(refusal) and bool(google_words(refusal.error))


# Raised before the first byte of a request is sent.
_NEVER_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)

SUBMISSION_ANSWERS: Sequence[Rule[Refusal]] = (
    Rule(
        "400 with support codes, or about Google's policies",
        _held_back_at_once,
        Then.REFUSE,
        code=FILTERED,
    ),
    Rule(
        "401",
        _status(401),
        Then.SUBMIT_AGAIN,
        sentence="Vertex AI did not accept the token; a new one is fetched.",
        retry_after=timedelta(seconds=5),
    ),
    Rule("403", _status(403), Then.REFUSE, code="permission_denied"),
    Rule(
        "404, and the model is past its date in Showreel's registry",
        _retired,
        Then.REFUSE,
        code="model_retired",
        sentence="Google has retired this model. Choose another one.",
    ),
    Rule(
        "any other 404",
        _status(404),
        Then.REFUSE,
        code="model_not_found",
        sentence="There is no such model in this location, or the project has no access to it.",
    ),
    Rule(
        "429",
        _status(429),
        Then.SUBMIT_AGAIN,
        sentence="Veo has no quota left at the moment.",
        retry_after=timedelta(seconds=60),
    ),
    Rule("408, 409, 499", _status(408, 409, 499), Then.UNKNOWN),
    Rule(
        "400, and any other 4xx",
        _status(*range(400, 500)),
        Then.REFUSE,
        code="invalid_request",
        sentence="Veo calls the request invalid.",
    ),
    Rule(
        "no connection: refused, unknown host, TLS, proxy",
        _raised(*_NEVER_SENT),
        Then.SUBMIT_AGAIN,
        sentence="Vertex AI could not be reached.",
    ),
    Rule("no credentials, or no token for them", _raised(GoogleAuthError), Then.SUBMIT_AGAIN),
    Rule(
        "anything else: 3xx, 5xx, no answer in time, a connection that was lost, "
        "an answer that is no JSON or names no operation",
        anything,
        Then.UNKNOWN,
    ),
)

CHECK_ANSWERS: Sequence[Rule[Refusal]] = (
    Rule("404 in Google's form", _forgotten, Then.LOOK_FOR_CLIP),
    Rule(
        "401",
        _status(401),
        Then.ASK_AGAIN,
        sentence="Vertex AI did not accept the token; a new one is fetched.",
    ),
    Rule(
        "anything else: any other status, no token, no connection, no JSON",
        anything,
        Then.ASK_AGAIN,
    ),
)

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
