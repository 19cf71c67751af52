"""What a browser wants to hear before a page of another site may call and read (CORS).

No answer allows credentials: a caller proves who it is by a header that its page sets.
"""

from werkzeug.wrappers import Response

from shared.http.access import is_preflight, listed
from shared.http.calls import Call

_METHODS = "GET, HEAD, POST, PATCH, DELETE"
_REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-None-Match, If-Range, Range"
_EXPOSED_HEADERS = (
    "Accept-Ranges, Content-Length, Content-Range, ETag, Idempotency-Replayed, Location, "
    "openai-poll-after-ms, Retry-After, WWW-Authenticate, X-Request-Id, X-Should-Retry"
)
_MAX_AGE_SECONDS = 600


def add_cors_headers(call: Call, response: Response) -> None:
    """Let a page of an allowed origin read the response, also one that is a problem."""
    response.vary.add("Origin")
    headers = call.request.headers
    origin = headers.get("Origin")
    if origin is None or origin not in listed(call.ports.policy.allowed_origins):
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    if not is_preflight(call):
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED_HEADERS
        return
    response.headers["Access-Control-Allow-Methods"] = _METHODS
    # Clients such as OpenAI's add headers of their own, and an allowed page may.
    response.headers["Access-Control-Allow-Headers"] = headers.get(
        "Access-Control-Request-Headers", _REQUEST_HEADERS
    )
    response.headers["Access-Control-Max-Age"] = str(_MAX_AGE_SECONDS)
