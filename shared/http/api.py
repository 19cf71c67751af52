"""The public surface: every path, and every error as one kind of answer."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect, Rule
from werkzeug.wrappers import Request, Response

from shared import logs
from shared.domain.errors import ShowreelError
from shared.http import campaigns, content, service, videos
from shared.http.calls import Call
from shared.http.problems import Meaning, problem, problem_of
from shared.ports import Ports

logger = logging.getLogger(__name__)

_VIDEO = "/v1/videos/<video_id>"
_CAMPAIGN = "/v1/campaigns/<campaign_id>"

_ROUTES = Map(
    [
        Rule("/", methods=["GET"], endpoint=service.index),
        Rule("/healthz", methods=["GET"], endpoint=service.health),
        Rule("/v1/models", methods=["GET"], endpoint=service.models),
        Rule("/v1/videos", methods=["POST"], endpoint=videos.create),
        Rule("/v1/videos", methods=["GET"], endpoint=videos.list_all),
        Rule("/v1/videos/estimate", methods=["POST"], endpoint=videos.estimate),
        Rule(_VIDEO, methods=["GET"], endpoint=videos.read),
        Rule(_VIDEO, methods=["DELETE"], endpoint=videos.delete),
        Rule(f"{_VIDEO}/content", methods=["GET"], endpoint=content.of_video),
        Rule(f"{_VIDEO}/regenerate", methods=["POST"], endpoint=videos.regenerate),
        Rule(f"{_VIDEO}/promote", methods=["POST"], endpoint=videos.promote),
        Rule(f"{_VIDEO}/cancel", methods=["POST"], endpoint=videos.cancel),
        Rule(f"{_VIDEO}/signed-url", methods=["POST"], endpoint=content.signed_url),
        Rule(_CAMPAIGN, methods=["GET"], endpoint=campaigns.read),
        Rule(f"{_CAMPAIGN}/videos", methods=["POST"], endpoint=campaigns.create),
        Rule(f"{_CAMPAIGN}/regenerate", methods=["POST"], endpoint=campaigns.regenerate),
        Rule(f"{_CAMPAIGN}/cleanup", methods=["POST"], endpoint=campaigns.cleanup),
        Rule(
            "/api/v1/content/videos/<campaign_id>/<filename>",
            methods=["GET"],
            endpoint=content.of_file,
        ),
        Rule("/local-bucket/<path:path>", methods=["GET"], endpoint=content.of_signed_path),
    ],
    merge_slashes=False,
    strict_slashes=False,
)
_ROUTES.update()

_CODES = {
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "range_not_satisfiable",
}


def respond(request: Request, ports: Callable[[], Ports]) -> Response:
    """Answer a request. What Showreel raises becomes a problem; nothing else is told to callers."""
    logs.trace.set(request.headers.get("X-Cloud-Trace-Context", "").partition("/")[0])
    try:
        handler, arguments = _ROUTES.bind_to_environ(request.environ).match()
        response: Response = handler(Call(request, ports()), **arguments)
    except ShowreelError as error:
        return _refused(error, request)
    except RequestRedirect:
        return _not_found(request)
    except HTTPException as error:
        return _http_problem(error, request)
    except Exception:
        logger.exception("request.failed", extra={"path": request.path, "method": request.method})
        return problem(
            Meaning(status=HTTPStatus.INTERNAL_SERVER_ERROR, error_type="server_error"),
            code="internal",
            detail="Something is wrong on our side. It was logged with this request_id.",
            instance=request.path,
        )
    return response


def _refused(error: ShowreelError, request: Request) -> Response:
    response = problem_of(error, instance=request.path)
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("request.refused", exc_info=error, extra={"path": request.path})
    return response


def _not_found(request: Request) -> Response:
    return problem(
        Meaning(status=HTTPStatus.NOT_FOUND, error_type="not_found_error"),
        code="not_found",
        detail="There is nothing at this path. GET / lists what there is.",
        instance=request.path,
    )


def _http_problem(error: HTTPException, request: Request) -> Response:
    """Answer what werkzeug refuses: wrong methods, types and sizes, unknown paths."""
    status = HTTPStatus(error.code or HTTPStatus.BAD_REQUEST)
    if status is HTTPStatus.NOT_FOUND:
        return _not_found(request)
    response = problem(
        Meaning(status=status, error_type="invalid_request_error"),
        code=_CODES.get(status, "invalid_request"),
        detail=error.description or status.description,
        instance=request.path,
    )
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Content-Range"):
            response.headers[name] = value
    return response
