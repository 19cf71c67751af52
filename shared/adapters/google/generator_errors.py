"""The errors that callers get when Google refuses a request to a model or does not answer."""

import re
from datetime import date, timedelta

from google.auth.exceptions import GoogleAuthError

from shared.adapters.google.credential_errors import credentials_failed, denied
from shared.adapters.google.generator_answers import (
    CHECK_ANSWERS,
    SUBMISSION_ANSWERS,
    Refusal,
    Rule,
    Then,
    error_body,
    first_fitting,
    google_words,
    status_of,
)
from shared.adapters.google.veo_filters import explain
from shared.domain.errors import (
    GenerationRefusedError,
    GeneratorBusyError,
    SubmissionError,
    SubmissionUnknownError,
    UnavailableError,
)
from shared.domain.model_registry import MODELS
from shared.ports.video_generator import FILTERED, Gone

SERVICE = "Vertex AI"
SHORTEST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(minutes=10)

_SECONDS = re.compile(r"(\d+(?:\.\d+)?)s?")
_LONGEST_QUOTE = 500


def submission_error(
    error: Exception, *, permission: str, model_id: str, today: date
) -> SubmissionError:
    """`permission` is the one that a submission needs."""
    retired = is_past_its_date(model_id, today)
    rule = first_fitting(SUBMISSION_ANSWERS, Refusal(error=error, model_is_retired=retired))
    sentence = _sentence(rule, error, permission)
    model = MODELS.get(model_id)
    if rule.code == "model_retired" and model is not None:
        sentence += f" Use {model.successor}."
    if rule.then is Then.SUBMIT_AGAIN:
        return GeneratorBusyError(sentence, retry_after=_retry_after(error) or rule.retry_after)
    if rule.then is Then.REFUSE:
        return GenerationRefusedError(sentence, code=rule.code)
    return SubmissionUnknownError(
        f"It is not known whether Google accepted the submission ({_kind(error)}).{_quoted(error)}"
    )


def check_error(error: Exception, *, permission: str) -> Gone | UnavailableError:
    rule = first_fitting(CHECK_ANSWERS, Refusal(error=error))
    if rule.then is Then.LOOK_FOR_CLIP:
        return Gone()
    return UnavailableError(_sentence(rule, error, permission))


def is_token_refused(error: Exception) -> bool:
    return status_of(error) == 401  # noqa: PLR2004


def is_past_its_date(model_id: str, today: date) -> bool:
    """Whether Google may have shut the model down."""
    model = MODELS.get(model_id)
    if model is None:
        return False
    last_day = model.retired_on or model.guaranteed_until
    return last_day is not None and last_day <= today


def _sentence(rule: Rule[Refusal], error: Exception, permission: str) -> str:
    if isinstance(error, GoogleAuthError):
        return credentials_failed(error, SERVICE, permission=permission).message
    if status_of(error) == 403:  # noqa: PLR2004
        return denied(SERVICE, google_words(error), permission=permission).message
    if rule.code == FILTERED:
        return explain((google_words(error),))
    sentence = rule.sentence or "Vertex AI did not return the state of the operation."
    return f"{sentence} ({_kind(error)}){_quoted(error)}"


def _kind(error: Exception) -> str:
    status = status_of(error)
    return type(error).__name__ if status is None else f"HTTP {status}"


def _quoted(error: Exception) -> str:
    words = google_words(error)
    return f" Google says: {_cut(words)}" if words else ""


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST_QUOTE else f"{words[:_LONGEST_QUOTE]}…"


def _retry_after(error: Exception) -> timedelta | None:
    """Return the wait that Google asks for, in RetryInfo or in a header."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    for text in (*_retry_delays(error), headers.get("Retry-After", "")):
        if match := _SECONDS.fullmatch(str(text)):
            asked = timedelta(seconds=float(match[1]))
            return min(max(asked, SHORTEST_RETRY), LONGEST_RETRY)
    return None


def _retry_delays(error: Exception) -> list[object]:
    details = error_body(error).get("details")
    entries = details if isinstance(details, list) else []
    return [
        each["retryDelay"] for each in entries if isinstance(each, dict) and "retryDelay" in each
    ]
