"""Whatever goes wrong in a call, answered as a problem."""

import logging
from http import HTTPStatus

from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
)
from werkzeug.wrappers import Request, Response

from shared.domain.errors import ShowreelError
from shared.http.problems import Meaning, problem, problem_of
from shared.http.requests import MAX_BODY_BYTES

logger = logging.getLogger(__name__)

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
"""How problems are answered that no error of Showreel's stands for, by their codes."""


def answer_failure(error: Exception, request: Request) -> Response:
    """Tell what was raised for callers; log what was not, and what is our side's fault."""
    if isinstance(error, ShowreelError):
        response = problem_of(error, instance=request.path)
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
        detail="Something is wrong on our side. It was logged with this request_id.",
        instance=request.path,
    )


def _not_found(request: Request) -> Response:
    return problem(
        Meaning(status=HTTPStatus.NOT_FOUND, error_type="not_found_error"),
        code="not_found",
        detail="There is nothing at this path. GET /v1/openapi.json lists what there is.",
        instance=request.path,
    )


def _http_problem(error: HTTPException, request: Request) -> Response:
    """Answer what werkzeug refuses: wrong methods, types, sizes and ranges."""
    status = HTTPStatus(error.code or HTTPStatus.BAD_REQUEST)
    response = problem(
        Meaning(status=status, error_type="invalid_request_error"),
        code=_CODES.get(status, "invalid_request"),
        detail=_advice(error) or status.description,
        instance=request.path,
    )
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Content-Range"):
            response.headers[name] = value
    if isinstance(error, RequestEntityTooLarge):
        # The framework reads the whole request before it sends an answer, and would meet the
        # limit again; it leaves out those whose answer is a stream.
        response.response = response.iter_encoded()
    return response


def _advice(error: HTTPException) -> str | None:
    if isinstance(error, MethodNotAllowed):
        return f"Use one of: {', '.join(sorted(error.valid_methods or ()))}."
    if isinstance(error, RequestEntityTooLarge):
        return f"Send less than {MAX_BODY_BYTES:,} bytes."
    return error.description
