"""Calls to Vertex AI with google-genai: the client, its errors, and the labels on the bill."""

import logging
import re
from contextlib import suppress
from datetime import date, timedelta

from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.genai import Client, types
from google.genai.client import DebugConfig

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
from shared.ports import Clock
from shared.ports.video_generator import FILTERED, Gone, Submission

logger = logging.getLogger(__name__)

_SHORTEST_RETRY = timedelta(seconds=1)
_LONGEST_RETRY = timedelta(minutes=10)

_SECONDS = re.compile(r"(\d+(?:\.\d+)?)s?")
_LONGEST_QUOTE = 500

_MULTI_REGIONS = ("eu", "us")
_NOT_IN_A_LABEL = re.compile(r"[^a-z0-9_-]")
_LONGEST_LABEL = 63

_SERVICE = "Vertex AI"


class VertexCalls:
    """All requests go to `base_url`, if it is given, else to the host of their location.

    `submits_by` and `checks_by` are the permissions that these calls need.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        submits_by: str,
        checks_by: str,
        base_url: str,
        now: Clock,
    ) -> None:
        self._credentials = credentials
        self._submits_by = submits_by
        self._checks_by = checks_by
        self._base_url = base_url
        self._now = now

    def client(
        self, *, project: str, location: str, api_version: str, timeout: timedelta
    ) -> Client:
        """Return a client that sends each request once.

        It ignores the environment, which could name another API, project or host.
        """
        return Client(
            vertexai=True,
            project=project,
            location=location,
            credentials=self._credentials,
            debug_config=DebugConfig(client_mode=None),
            http_options=types.HttpOptions(
                base_url=self.url(location),
                api_version=api_version,
                timeout=milliseconds(timeout),
                retry_options=types.HttpRetryOptions(attempts=1),
                client_args={"follow_redirects": False},
            ),
        )

    def url(self, location: str) -> str:
        return self._base_url or vertex_url(location)

    def not_accepted(self, error: Exception, submission: Submission) -> SubmissionError:
        """Return what to raise after an error of a submission, which is logged."""
        self._renew_token_after(error)
        found = _submission_error(
            error,
            permission=self._submits_by,
            model_id=submission.parameters.model,
            today=self._now().date(),
        )
        about = {"campaign_id": submission.campaign_id, "video_hash": submission.video_hash}
        logger.warning("generator.submission: %s", found.message, extra=about)
        return found

    def not_known(self, error: Exception) -> Gone:
        """Raise UnavailableError unless the error of a check says that the operation is gone."""
        self._renew_token_after(error)
        found = _check_error(error, permission=self._checks_by)
        if isinstance(found, UnavailableError):
            raise found from None
        return found

    def _renew_token_after(self, error: Exception) -> None:
        """Without this, the SDK would send a revoked token until the token expires."""
        if _is_token_refused(error):
            with suppress(GoogleAuthError):
                self._credentials.refresh(Request())  # type: ignore[no-untyped-call]


def labels(submission: Submission) -> dict[str, str]:
    """Return the labels that appear on the bill: they name the video that an item is for."""
    return {
        "application": "showreel",
        "campaign": _label(submission.campaign_id),
        "video": _label(submission.video_hash),
        "attempt": str(submission.attempt),
    }


def milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


def vertex_url(location: str) -> str:
    """Return the host that serves a location."""
    if location == "global":
        return "https://aiplatform.googleapis.com"
    if location in _MULTI_REGIONS:
        return f"https://aiplatform.{location}.rep.googleapis.com"
    return f"https://{location}-aiplatform.googleapis.com"


def _label(text: str) -> str:
    """Return `text` with only the characters that Google Cloud allows in a label."""
    return _NOT_IN_A_LABEL.sub("-", text.lower())[:_LONGEST_LABEL]


def _submission_error(
    error: Exception, *, permission: str, model_id: str, today: date
) -> SubmissionError:
    """`permission` is the one that a submission needs."""
    retired = _is_past_its_date(model_id, today)
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


def _check_error(error: Exception, *, permission: str) -> Gone | UnavailableError:
    rule = first_fitting(CHECK_ANSWERS, Refusal(error=error))
    if rule.then is Then.LOOK_FOR_CLIP:
        return Gone()
    return UnavailableError(_sentence(rule, error, permission))


def _is_token_refused(error: Exception) -> bool:
    return status_of(error) == 401  # noqa: PLR2004


def _is_past_its_date(model_id: str, today: date) -> bool:
    """Whether Google may have shut the model down."""
    model = MODELS.get(model_id)
    if model is None:
        return False
    last_day = model.retired_on or model.guaranteed_until
    return last_day is not None and last_day <= today


def _sentence(rule: Rule[Refusal], error: Exception, permission: str) -> str:
    if isinstance(error, GoogleAuthError):
        return credentials_failed(error, _SERVICE, permission=permission).message
    if status_of(error) == 403:  # noqa: PLR2004
        return denied(_SERVICE, google_words(error), permission=permission).message
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
            return min(max(asked, _SHORTEST_RETRY), _LONGEST_RETRY)
    return None


def _retry_delays(error: Exception) -> list[object]:
    details = error_body(error).get("details")
    entries = details if isinstance(details, list) else []
    return [
        each["retryDelay"] for each in entries if isinstance(each, dict) and "retryDelay" in each
    ]
