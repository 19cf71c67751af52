"""Errors as answers: problem details (RFC 9457) with OpenAI's error object in the same body."""

import logging
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, NotRequired, TypedDict

import msgspec
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from shared.domain import errors
from shared.http.request_types import MAX_BODY_BYTES

if TYPE_CHECKING:
    from shared.domain.batch import LineProblem

CONTENT_TYPE = "application/problem+json"

_BLOCK_BYTES = 64 * 1024
# 64 MiB; the connection of a client that sends more is closed.
_DRAINED_BLOCKS = 1024

logger = logging.getLogger(__name__)


class ErrorObject(TypedDict):
    """The problem as OpenAI's clients read it."""

    message: str
    type: str
    param: str | None
    code: str


class LineProblemResource(TypedDict):
    """Why a line of a batch is refused. `line` counts from 1."""

    line: int
    code: str
    message: str
    param: str | None


class Problem(TypedDict):
    """Problem details (RFC 9457), and whether the same request may succeed later.

    `lines` has the first lines for which a batch is refused.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    retryable: bool
    request_id: str
    error: ErrorObject
    lines: NotRequired[Sequence[LineProblemResource]]


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
    # Not 409: OpenAI's clients retry 409.
    errors.LimitError: Meaning(status=HTTPStatus.UNPROCESSABLE_ENTITY, error_type=_INVALID),
    errors.SlotBusyError: Meaning(
        status=HTTPStatus.CONFLICT, error_type="conflict_error", retry_after_seconds=5
    ),
    errors.RejectedError: Meaning(status=HTTPStatus.CONFLICT, error_type="conflict_error"),
    errors.HostNotAllowedError: Meaning(status=HTTPStatus.MISDIRECTED_REQUEST, error_type=_INVALID),
    errors.CrossSiteRequestError: Meaning(
        status=HTTPStatus.FORBIDDEN, error_type="permission_error"
    ),
    # As OpenAI does.
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
_CODES = {
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "range_not_satisfiable",
}
_INTERNAL = Meaning(status=HTTPStatus.INTERNAL_SERVER_ERROR, error_type="server_error")

OWN_CODES = {
    **{
        code: Meaning(status=status, error_type="invalid_request_error")
        for status, code in _CODES.items()
    },
    "internal": _INTERNAL,
}
"""The problems that do not come from an error of `shared.domain.errors`, by their codes."""


def answer_failure(error: Exception, request: Request) -> Response:
    """Answer with a problem, and log it if it is a server error."""
    if isinstance(error, errors.ShowreelError):
        response = _of_showreel_error(error, instance=request.path)
    elif isinstance(error, NotFound):
        response = _not_found(request)
    elif isinstance(error, HTTPException):
        response = _http_problem(error, request)
    else:
        response = _internal(request)
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log(error, request, response)
    return response


def _log(error: Exception, request: Request, response: Response) -> None:
    logger.error(
        "request.failed",
        exc_info=error,
        extra={
            "method": request.method,
            "path": request.path,
            "request_id": response.headers["X-Request-Id"],
        },
    )


def _internal(request: Request) -> Response:
    return problem(
        _INTERNAL,
        code="internal",
        detail="Internal error. Quote request_id when you report it.",
        instance=request.path,
    )


def _not_found(request: Request) -> Response:
    return problem(
        Meaning(status=HTTPStatus.NOT_FOUND, error_type="not_found_error"),
        code="not_found",
        detail="Unknown path. See GET /v1/openapi.json.",
        instance=request.path,
    )


def _http_problem(error: HTTPException, request: Request) -> Response:
    """Answer an error of werkzeug: a wrong method, content type, size or range."""
    status = HTTPStatus(error.code or HTTPStatus.BAD_REQUEST)
    response = problem(
        Meaning(status=status, error_type="invalid_request_error"),
        code=_CODES.get(status, "invalid_request"),
        detail=_advice(error, request) or status.description,
        instance=request.path,
    )
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Content-Range"):
            response.headers[name] = value
    if isinstance(error, RequestEntityTooLarge):
        # Before it sends an answer, the framework reads the rest of the request, which raises this
        # error again. It does not do so for a streamed answer.
        response.response = response.iter_encoded()
        _drain(request)
    return response


def _drain(request: Request) -> None:
    """Read the rest of a body: a client that still sends at the close would miss the answer."""
    rest = request.environ["wsgi.input"]
    with suppress(OSError):
        for _ in range(_DRAINED_BLOCKS):
            if not rest.read(_BLOCK_BYTES):
                return


def _advice(error: HTTPException, request: Request) -> str | None:
    if isinstance(error, MethodNotAllowed):
        return f"Use one of: {', '.join(sorted(error.valid_methods or ()))}."
    if isinstance(error, RequestEntityTooLarge):
        return f"Send no more than {request.max_content_length or MAX_BODY_BYTES:,} bytes."
    return error.description


def _of_showreel_error(error: errors.ShowreelError, *, instance: str) -> Response:
    """Answer an error of `shared.domain.errors`."""
    response = problem(
        meaning_of(type(error)),
        code=error.code,
        detail=error.message,
        instance=instance,
        param=getattr(error, "param", None),
        lines=error.problems if isinstance(error, errors.InvalidBatchError) else (),
    )
    if isinstance(error, errors.InvalidApiKeyError):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def problem(
    meaning: Meaning,
    *,
    code: str,
    detail: str,
    instance: str,
    param: str | None = None,
    lines: "Sequence[LineProblem]" = (),
) -> Response:
    """Answer with `detail`, a sentence for the caller. X-Should-Retry controls OpenAI's SDK."""
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
    if lines:
        body["lines"] = [
            {"line": each.line, "code": each.code, "message": each.message, "param": each.param}
            for each in lines
        ]
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
    """Return the meaning of an error class: its own, or that of its nearest listed base."""
    for base in kind.__mro__:
        if base in _MEANINGS:
            return _MEANINGS[base]
    return _INTERNAL
