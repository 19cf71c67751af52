"""Errors on the wire: problem details (RFC 9457) and the OpenAI error object in one body."""

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypedDict

import msgspec
from werkzeug.wrappers import Response

from shared.domain import errors

CONTENT_TYPE = "application/problem+json"


class ErrorObject(TypedDict):
    """The same for clients of OpenAI."""

    message: str
    type: str
    param: str | None
    code: str


class Problem(TypedDict):
    """Problem details (RFC 9457), and whether the same request may succeed later."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    retryable: bool
    request_id: str
    error: ErrorObject


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """How an error is answered. `retry_after_seconds` is set where a retry may succeed."""

    status: HTTPStatus
    error_type: str
    retry_after_seconds: int | None = None


_INVALID = "invalid_request_error"

_MEANINGS: dict[type[errors.ShowreelError], Meaning] = {
    errors.UnsupportedParameterError: Meaning(
        status=HTTPStatus.UNPROCESSABLE_ENTITY, error_type=_INVALID
    ),
    errors.ModelNotFoundError: Meaning(status=HTTPStatus.NOT_FOUND, error_type=_INVALID),
    errors.ModelRetiredError: Meaning(status=HTTPStatus.NOT_FOUND, error_type=_INVALID),
    errors.IdempotencyKeyReusedError: Meaning(
        status=HTTPStatus.UNPROCESSABLE_ENTITY, error_type=_INVALID
    ),
    errors.InvalidRequestError: Meaning(status=HTTPStatus.BAD_REQUEST, error_type=_INVALID),
    errors.NotFoundError: Meaning(status=HTTPStatus.NOT_FOUND, error_type="not_found_error"),
    # Not 409, which clients send again by themselves.
    errors.LimitError: Meaning(status=HTTPStatus.UNPROCESSABLE_ENTITY, error_type=_INVALID),
    errors.SlotBusyError: Meaning(
        status=HTTPStatus.CONFLICT, error_type="conflict_error", retry_after_seconds=5
    ),
    errors.RejectedError: Meaning(status=HTTPStatus.CONFLICT, error_type="conflict_error"),
    errors.HostNotAllowedError: Meaning(status=HTTPStatus.MISDIRECTED_REQUEST, error_type=_INVALID),
    errors.CrossSiteRequestError: Meaning(
        status=HTTPStatus.FORBIDDEN, error_type="permission_error"
    ),
    # As OpenAI answers it.
    errors.InvalidApiKeyError: Meaning(status=HTTPStatus.UNAUTHORIZED, error_type=_INVALID),
    errors.InvalidSignatureError: Meaning(
        status=HTTPStatus.FORBIDDEN, error_type="permission_error"
    ),
    errors.ConflictError: Meaning(
        status=HTTPStatus.SERVICE_UNAVAILABLE, error_type="server_error", retry_after_seconds=1
    ),
    errors.UnavailableError: Meaning(
        status=HTTPStatus.SERVICE_UNAVAILABLE, error_type="server_error", retry_after_seconds=5
    ),
    errors.StorageFullError: Meaning(
        status=HTTPStatus.SERVICE_UNAVAILABLE, error_type="server_error", retry_after_seconds=60
    ),
    errors.StorageError: Meaning(
        status=HTTPStatus.INTERNAL_SERVER_ERROR, error_type="server_error"
    ),
}
_UNEXPECTED = Meaning(status=HTTPStatus.INTERNAL_SERVER_ERROR, error_type="server_error")


def problem_of(error: errors.ShowreelError, *, instance: str) -> Response:
    """Answer an error that Showreel raised on purpose."""
    response = problem(
        meaning_of(type(error)),
        code=error.code,
        detail=error.message,
        instance=instance,
        param=getattr(error, "param", None),
    )
    if isinstance(error, errors.InvalidApiKeyError):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def problem(
    meaning: Meaning, *, code: str, detail: str, instance: str, param: str | None = None
) -> Response:
    """Answer with `detail`, a sentence for the caller. `x-should-retry` steers OpenAI's SDK."""
    retry_after = meaning.retry_after_seconds
    request_id = f"req_{secrets.token_hex(8)}"
    body: Problem = {
        "type": f"urn:showreel:error:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": meaning.status.value,
        "detail": detail,
        "instance": instance,
        "code": code,
        "retryable": retry_after is not None,
        "request_id": request_id,
        "error": {"message": detail, "type": meaning.error_type, "param": param, "code": code},
    }
    response = Response(
        msgspec.json.encode(body), status=meaning.status.value, content_type=CONTENT_TYPE
    )
    response.headers["X-Request-Id"] = request_id
    response.headers["X-Should-Retry"] = "false" if retry_after is None else "true"
    response.headers["Cache-Control"] = "no-store"
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def meaning_of(kind: type[errors.ShowreelError]) -> Meaning:
    """Return how errors of this kind are answered: as the nearest of its bases that is listed."""
    for base in kind.__mro__:
        if base in _MEANINGS:
            return _MEANINGS[base]
    return _UNEXPECTED
