"""What Google's answers to a submission and to a check mean, whichever model is asked.

docs/generator-answers.md shows the same tables; a test compares them.

In each table the first rule that fits decides. The last rule fits every answer and is the safe
one: a submission that may have been accepted is never submitted again.
"""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

import httpx2
from google.auth.exceptions import GoogleAuthError
from google.genai.errors import APIError
from msgspec import Struct

from shared.adapters.google.veo_filters import is_about_policy
from shared.domain.schedule import RECHECK_AFTER
from shared.ports.video_generator import (
    FILTERED,
    INPUT_IS_LOST,
    INPUT_MISSING,
    Failed,
    Gone,
    OperationState,
    Running,
    Succeeded,
)

T = TypeVar("T")

# The codes and the sentence with which the Interactions API refuses a prompt.
_BLOCKING = frozenset({"SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII"})
_BLOCKED = re.compile(r"\bblocked\b.*\b(?:safety|polic(?:y|ies))\b", re.IGNORECASE)
# Its answer for an id that it does not know, seen on the Gemini API.
_UNKNOWN_ID = "invalid interaction name"


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


class Rule(Struct, Generic[T], frozen=True):
    """`answer` and `then` are for the documentation; `sentence` is the message for the caller."""

    answer: str
    fits: Callable[[T], bool]
    then: Then
    code: str = ""
    sentence: str = ""
    retry_after: timedelta = timedelta(seconds=15)


def first_fitting(rules: Sequence[Rule[T]], answer: T) -> Rule[T]:
    return next(rule for rule in rules if rule.fits(answer))


def state_after(
    rule: Rule[T], *, message: Callable[[], str], clip: Callable[[], str | None]
) -> OperationState:
    """Return the state that a rule for a check stands for.

    `message` gives that of a failure, and `clip` the path of a clip that is to be stored.
    """
    if rule.then is Then.WAIT:
        return Running(check_after=RECHECK_AFTER)
    if rule.then in (Then.FAIL, Then.FAIL_HELD):
        is_held = rule.then is Then.FAIL_HELD
        return Failed(code=rule.code, message=message(), possibly_billed=is_held)
    path = clip() if rule.then is Then.STORE else None
    return Gone() if path is None else Succeeded(clip_path=path)


def anything(_answer: object) -> bool:
    return True


class Refusal(Struct, frozen=True, kw_only=True):
    """What the SDK raised. `model_is_retired`, as far as Showreel's own registry knows."""

    error: Exception
    model_is_retired: bool = False


def status_of(error: Exception) -> int | None:
    """Return the HTTP status of an error answer.

    The SDK raises other classes for the Interactions API than for Veo, and they are not public:
    `status_code` and `body` are what they share in all of its versions.
    """
    found = error.code if isinstance(error, APIError) else getattr(error, "status_code", None)
    return found if isinstance(found, int) else None


def error_body(error: Exception) -> dict[str, Any]:
    """Return the `error` object of Google's answer, or nothing for an answer in another form."""
    body = error.details if isinstance(error, APIError) else getattr(error, "body", None)
    content = body.get("error") if isinstance(body, dict) else None
    return content if isinstance(content, dict) else {}


def google_words(error: Exception) -> str:
    """Return Google's own sentence, or nothing for an answer in another form than Google's."""
    words = error_body(error).get("message")
    return words if isinstance(words, str) else ""


def _status(*statuses: int) -> Callable[[Refusal], bool]:
    return lambda refusal: status_of(refusal.error) in statuses


def _raised(*kinds: type[Exception]) -> Callable[[Refusal], bool]:
    """The SDK raises an error of its own for the Interactions API, whose cause is the usual one."""
    return lambda refusal: (
        isinstance(refusal.error, kinds) or isinstance(refusal.error.__cause__, kinds)
    )


def _held_back_at_once(refusal: Refusal) -> bool:
    words = google_words(refusal.error)
    return _status(400)(refusal) and (
        is_about_policy(words)
        or _BLOCKED.search(words) is not None
        or not _BLOCKING.isdisjoint(map(str, error_body(refusal.error).values()))
    )


def _retired(refusal: Refusal) -> bool:
    return refusal.model_is_retired and _status(404)(refusal)


def _without_object(refusal: Refusal) -> bool:
    return _status(404)(refusal) and "gs://" in google_words(refusal.error)


def _forgotten(refusal: Refusal) -> bool:
    """A proxy or a wrong host answers 404 too, but not in Google's form."""
    words = google_words(refusal.error)
    return (_status(404)(refusal) and bool(words)) or (
        _status(400)(refusal) and _UNKNOWN_ID in words.lower()
    )


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
        "400 with support codes or a code such as SAFETY, or about Google's policies",
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
        "404 about an object of Cloud Storage",
        _without_object,
        Then.REFUSE,
        code=INPUT_MISSING,
        sentence=INPUT_IS_LOST,
    ),
    Rule(
        "404, and the model is past its date in Showreel's registry",
        _retired,
        Then.REFUSE,
        code="model_retired",
        sentence="Google has retired this model.",
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
        sentence="The model has no quota left at the moment.",
        retry_after=timedelta(seconds=60),
    ),
    Rule("408, 409, 499", _status(408, 409, 499), Then.UNKNOWN),
    Rule(
        "400, and any other 4xx",
        _status(*range(400, 500)),
        Then.REFUSE,
        code="invalid_request",
        sentence="Google calls the request invalid.",
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
    Rule("404 in Google's form, or 400: Invalid interaction name", _forgotten, Then.LOOK_FOR_CLIP),
    Rule(
        "401",
        _status(401),
        Then.ASK_AGAIN,
        sentence="Vertex AI did not accept the token; a new one is fetched.",
    ),
    Rule(
        "anything else: any other status, even 400, no token, no connection, no JSON",
        anything,
        Then.ASK_AGAIN,
    ),
)
