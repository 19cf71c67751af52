"""What every answer of Veo means. docs/veo-answers.md shows the same tables; a test compares them.

In each table the first rule that fits decides. The last rule fits whatever is left, and is the
safe one: what may have been accepted is never submitted again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx2
from google.auth.exceptions import GoogleAuthError
from google.genai.errors import APIError

from shared.adapters.google.veo_filters import is_about_policy
from shared.adapters.google.veo_rules import Rule, Then, anything
from shared.ports.video_generator import FILTERED


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
        answer="400 with support codes, or about Google's policies",
        fits=_held_back_at_once,
        then=Then.REFUSE,
        code=FILTERED,
    ),
    Rule(
        answer="401",
        fits=_status(401),
        then=Then.SUBMIT_AGAIN,
        sentence="Vertex AI did not accept the token; a new one is fetched.",
        retry_after=timedelta(seconds=5),
    ),
    Rule(answer="403", fits=_status(403), then=Then.REFUSE, code="permission_denied"),
    Rule(
        answer="404, and the model is past its date in Showreel's registry",
        fits=_retired,
        then=Then.REFUSE,
        code="model_retired",
        sentence="Google has retired this model. Choose another one.",
    ),
    Rule(
        answer="any other 404",
        fits=_status(404),
        then=Then.REFUSE,
        code="model_not_found",
        sentence="There is no such model in this location, or the project has no access to it.",
    ),
    Rule(
        answer="429",
        fits=_status(429),
        then=Then.SUBMIT_AGAIN,
        sentence="Veo has no quota left at the moment.",
        retry_after=timedelta(seconds=60),
    ),
    Rule(answer="408, 409, 499", fits=_status(408, 409, 499), then=Then.UNKNOWN),
    Rule(
        answer="400, and any other 4xx",
        fits=_status(*range(400, 500)),
        then=Then.REFUSE,
        code="invalid_request",
        sentence="Veo calls the request invalid.",
    ),
    Rule(
        answer="no connection: refused, unknown host, TLS, proxy",
        fits=_raised(*_NEVER_SENT),
        then=Then.SUBMIT_AGAIN,
        sentence="Vertex AI could not be reached.",
    ),
    Rule(
        answer="no credentials, or no token for them",
        fits=_raised(GoogleAuthError),
        then=Then.SUBMIT_AGAIN,
    ),
    Rule(
        answer="anything else: 3xx, 5xx, no answer in time, a connection that was lost, "
        "an answer that is no JSON or names no operation",
        fits=anything,
        then=Then.UNKNOWN,
    ),
)

CHECK_ANSWERS: Sequence[Rule[Refusal]] = (
    Rule(answer="404 in Google's form", fits=_forgotten, then=Then.LOOK_FOR_CLIP),
    Rule(
        answer="401",
        fits=_status(401),
        then=Then.ASK_AGAIN,
        sentence="Vertex AI did not accept the token; a new one is fetched.",
    ),
    Rule(
        answer="anything else: any other status, no token, no connection, no JSON",
        fits=anything,
        then=Then.ASK_AGAIN,
    ),
)
