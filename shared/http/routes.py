"""The public surface: every path, and who answers it.

Written out rather than as rules of werkzeug's Map, which compiles two builders of URLs for each:
6 % of the framework's own start, in every process. An endpoint is the name of a module here and
of a function in it, which is imported when it is first asked for.
"""

from collections.abc import Mapping, Sequence

from werkzeug.exceptions import MethodNotAllowed, NotFound

_VIDEO = "/v1/videos/{video_id}"
_CAMPAIGN = "/v1/campaigns/{campaign_id}"

ROUTES: Mapping[str, Mapping[str, str]] = {
    "/": {"GET": "studio_pages.page"},
    "/studio/{filename}": {"GET": "studio_pages.file"},
    "/studio/session": {"POST": "studio_pages.start_session"},
    "/favicon.ico": {"GET": "studio_pages.icon"},
    "/health": {"GET": "service.health"},
    "/metrics": {"GET": "metrics.read"},
    "/v1/openapi.json": {"GET": "service.description"},
    "/v1/models": {"GET": "service.models"},
    "/v1/videos": {"POST": "creations.create", "GET": "videos.list_all"},
    "/v1/videos/estimate": {"POST": "creations.estimate"},
    _VIDEO: {"GET": "videos.read", "DELETE": "versions.delete"},
    f"{_VIDEO}/content": {"GET": "content.of_video"},
    f"{_VIDEO}/regenerate": {"POST": "versions.regenerate"},
    f"{_VIDEO}/promote": {"POST": "versions.promote"},
    f"{_VIDEO}/cancel": {"POST": "versions.cancel"},
    f"{_VIDEO}/signed-url": {"POST": "content.signed_url"},
    "/v1/campaigns": {"GET": "campaign_lists.list_all"},
    _CAMPAIGN: {
        "GET": "campaigns.read",
        "PATCH": "campaigns.change",
        "DELETE": "campaigns.delete",
    },
    f"{_CAMPAIGN}/videos": {"POST": "creations.create_all"},
    f"{_CAMPAIGN}/regenerate": {"POST": "versions.regenerate_all"},
    f"{_CAMPAIGN}/cleanup": {"POST": "versions.cleanup"},
    "/api/v1/content/videos/{campaign_id}/{filename}": {"GET": "content.of_file"},
    "/local-bucket/{+path}": {"GET": "content.of_signed_path"},
}
"""By URI template (RFC 6570). A route that answers GET answers HEAD, too."""

# Cloud Run keeps paths that end in z for itself.
_ALIASES = {"/healthz": "/health"}
_REST_OF_PATH = "{+"

_TEMPLATES = [
    (template.split("/"), _REST_OF_PATH in template, methods)
    for template, methods in ROUTES.items()
]

_TEMPLATE_OF = {
    endpoint: template for template, methods in ROUTES.items() for endpoint in methods.values()
}


def template_of(endpoint: str) -> str:
    """Return the one path of an endpoint, and "unmatched" for none."""
    return _TEMPLATE_OF.get(endpoint, "unmatched")


def match(method: str, path: str) -> tuple[str, list[str]]:
    """Return an endpoint and the values of its path's variables. One slash at the end is ignored.

    Raise NotFound, or MethodNotAllowed with the methods that there are.
    """
    path = _ALIASES.get(path.removesuffix("/"), path)
    segments = path.removesuffix("/").split("/") if path != "/" else ["", ""]
    allowed: list[str] = []
    for template, takes_rest, methods in _TEMPLATES:
        candidate = _with_rest_joined(segments, len(template)) if takes_rest else segments
        if len(candidate) != len(template):
            continue
        values = _values(template, candidate)
        if values is None:
            continue
        endpoint = methods.get("GET" if method == "HEAD" else method)
        if endpoint is not None:
            return endpoint, values
        allowed += methods
    if not allowed:
        raise NotFound
    raise MethodNotAllowed([*allowed, "HEAD"] if "GET" in allowed else allowed)


def _with_rest_joined(segments: list[str], length: int) -> list[str]:
    return [*segments[: length - 1], "/".join(segments[length - 1 :])]


def _values(template: Sequence[str], segments: Sequence[str]) -> list[str] | None:
    """Return what stands for the variables of a template, or None if it does not match."""
    values = []
    for name, segment in zip(template, segments, strict=True):
        if name.startswith("{") and segment:
            values.append(segment)
        elif name != segment:
            return None
    return values
