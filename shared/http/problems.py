"""Errors as answers: problem details (RFC 9457) with OpenAI's error object in the same body."""

import logging
import secrets
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, NotRequired, TypedDict

import msgspec
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    PreconditionFailed,
    RequestedRangeNotSatisfiable,
    RequestEntityTooLarge,
)
from werkzeug.wrappers import Request, Response

from shared.domain import errors
from shared.http.meanings import HTTP_CODES, INTERNAL, Meaning, meaning_of
from shared.http.request_bodies import MAX_BODY_BYTES
from shared.sent_body import SentBody

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


def answer_failure(error: Exception, request: Request, *, path: str = "") -> Response:
    """Answer with a problem, and log it if it is a server error.

    `path` takes the place of the request's, which may have a secret.
    """
    path = path or request.path
    if isinstance(error, errors.ShowreelError):
        response = _of_showreel_error(error, instance=path)
    elif isinstance(error, NotFound):
        response = _not_found(path)
    elif isinstance(error, HTTPException):
        response = _http_problem(error, request, path)
    else:
        response = _internal(path)
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log(error, request, response, path)
    return response


def _log(error: Exception, request: Request, response: Response, path: str) -> None:
    logger.error(
        "request.failed",
        exc_info=error,
        extra={
            "method": request.method,
            "path": path,
            "request_id": response.headers["X-Request-Id"],
        },
    )


def _internal(path: str) -> Response:
    return problem(
        INTERNAL,
        code="internal",
        detail="Internal error. Quote request_id when you report it.",
        instance=path,
    )


def _not_found(path: str) -> Response:
    return problem(
        Meaning(status=HTTPStatus.NOT_FOUND, error_type="not_found_error"),
        code="not_found",
        detail="Unknown path. See GET /v1/openapi.json.",
        instance=path,
    )


def _http_problem(error: HTTPException, request: Request, path: str) -> Response:
    """Answer an error of werkzeug: a wrong method, content type, size or range."""
    status = HTTPStatus(error.code or HTTPStatus.BAD_REQUEST)
    response = problem(
        Meaning(status=status, error_type="invalid_request_error"),
        code=HTTP_CODES.get(status, "invalid_request"),
        detail=_advice(error, request) or status.description,
        instance=path,
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
    if isinstance(rest, SentBody):
        rest.settle()
    with suppress(OSError):
        for _ in range(_DRAINED_BLOCKS):
            if not rest.read(_BLOCK_BYTES):
                return


def _advice(error: HTTPException, request: Request) -> str | None:
    if isinstance(error, MethodNotAllowed):
        return f"Use one of: {', '.join(sorted(error.valid_methods or ()))}."
    if isinstance(error, RequestEntityTooLarge):
        return f"Send no more than {request.max_content_length or MAX_BODY_BYTES:,} bytes."
    if isinstance(error, RequestedRangeNotSatisfiable):
        size = error.length or 0
        return (
            f"The content has {size:,} bytes, and none in this range. Ask for bytes=0-{size - 1}, "
            f"or for a part of it."
        )
    if isinstance(error, PreconditionFailed):
        return "The content is not the one that If-Match or another header names."
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
