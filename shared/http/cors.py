"""What a browser wants to hear before a page of another site may call and read (CORS).

No answer allows credentials: a caller proves who it is by a header that its page sets.
"""

from http import HTTPStatus

from werkzeug.wrappers import Request, Response

from shared.http.access import listed

_METHODS = "GET, HEAD, POST, PATCH, DELETE"
_REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-None-Match, If-Range, Range"
_EXPOSED_HEADERS = (
    "Accept-Ranges, Content-Length, Content-Range, ETag, Idempotency-Replayed, Location, "
    "openai-poll-after-ms, Retry-After, WWW-Authenticate, X-Request-Id, X-Should-Retry"
)
_MAX_AGE_SECONDS = 600


def preflight_answer(request: Request, origins: str) -> Response | None:
    """Answer what a browser asks before a call; None if it is no such question."""
    headers = request.headers
    if "Access-Control-Request-Method" not in headers or not _is_allowed(request, origins):
        return None
    response = Response(status=HTTPStatus.NO_CONTENT)
    response.headers["Access-Control-Allow-Methods"] = _METHODS
    # Clients such as OpenAI's add headers of their own, and an allowed page may.
    response.headers["Access-Control-Allow-Headers"] = headers.get(
        "Access-Control-Request-Headers", _REQUEST_HEADERS
    )
    response.headers["Access-Control-Max-Age"] = str(_MAX_AGE_SECONDS)
    return response


def allow_reading(request: Request, response: Response, origins: str) -> None:
    """Let a page of an allowed origin read the response, also one that is a problem."""
    response.vary.add("Origin")
    if _is_allowed(request, origins):
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED_HEADERS


def _is_allowed(request: Request, origins: str) -> bool:
    return request.headers.get("Origin") in listed(origins)
