"""The public surface: every path, and who answers it."""

from collections.abc import Callable

from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from shared import logs
from shared.http import campaigns, content, service, videos
from shared.http.calls import Call
from shared.http.failures import answer_failure
from shared.ports import Ports

_VIDEO = "/v1/videos/<video_id>"
_CAMPAIGN = "/v1/campaigns/<campaign_id>"

ROUTES = Map(
    [
        Rule("/", methods=["GET"], endpoint=service.index),
        Rule("/healthz", methods=["GET"], endpoint=service.health),
        Rule("/v1/openapi.json", methods=["GET"], endpoint=service.description),
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
ROUTES.update()


def respond(request: Request, ports: Callable[[], Ports]) -> Response:
    """Answer a request. What Showreel raises becomes a problem; nothing else is told to callers."""
    logs.trace.set(request.headers.get("X-Cloud-Trace-Context", "").partition("/")[0])
    try:
        handler, arguments = ROUTES.bind_to_environ(request.environ).match()
        response: Response = handler(Call(request, ports()), **arguments)
    except Exception as error:  # noqa: BLE001  # A caller is always answered.
        return answer_failure(error, request)
    return response
