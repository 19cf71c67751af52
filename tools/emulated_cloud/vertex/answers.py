"""Answers in the forms that Vertex AI gives them, and faults in transit or in the service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.emulated_cloud.http_front import Answer, answer_json

Json = dict[str, Any]


def page(status: int, html: str) -> Answer:
    """The answer of a proxy or a front end in place of the service."""
    return Answer(status=status, headers={"content-type": "text/html"}, body=html.encode())


def error(
    status: int,
    name: str,
    message: str,
    *,
    details: tuple[Json, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Answer:
    content: Json = {"code": status, "message": message, "status": name}
    if details:
        content["details"] = list(details)
    return answer_json({"error": content}, status, headers)


def invalid_argument(message: str) -> Answer:
    return error(400, "INVALID_ARGUMENT", message)


def unauthenticated() -> Answer:
    return error(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
        "cookie or other valid authentication credential.",
    )


def permission_denied(resource: str) -> Answer:
    return error(
        403,
        "PERMISSION_DENIED",
        f"Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis"
        f".com/{resource}' (or it may not exist).",
    )


def model_not_found(model: str) -> Answer:
    return error(
        404,
        "NOT_FOUND",
        f"Publisher Model `{model}` was not found or your project does not have access to it. "
        f"Please ensure you are using a valid model version.",
    )


def operation_not_found(name: str) -> Answer:
    return error(404, "NOT_FOUND", f"The operation {name!r} was not found.")


def object_not_found(uri: str) -> Answer:
    return error(404, "NOT_FOUND", f"The Cloud Storage object {uri} was not found.")


def no_quota() -> Answer:
    """It asks to wait for 17 seconds."""
    return error(
        429,
        "RESOURCE_EXHAUSTED",
        "Quota exceeded for aiplatform.googleapis.com/"
        "long_running_online_prediction_requests_per_base_model with base model: "
        "veo-3.1-generate-001. Please submit a quota increase request.",
        details=({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "17s"},),
        headers={"Retry-After": "17"},
    )


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Replaces the usual answer.

    With `accepted` the request is carried out all the same. Then, `delay_seconds` later, `answer`
    is sent, or nothing where the connection `drops`, or else the usual answer.
    """

    answer: Answer | None = None
    accepted: bool = False
    delay_seconds: float = 0
    drops: bool = False


NO_QUOTA = Fault(answer=no_quota())
UNAUTHENTICATED = Fault(answer=unauthenticated())
INTERNAL = Fault(answer=error(500, "INTERNAL", "Internal error encountered."))
UNAVAILABLE = Fault(answer=page(503, "<html><h1>Service Unavailable</h1></html>"))
NOT_JSON = Fault(answer=page(200, "<html>Welcome to the hotel's network</html>"), accepted=True)
LATE = Fault(accepted=True, delay_seconds=60)
DROPPED_BEFORE = Fault(drops=True)
DROPPED_AFTER = Fault(drops=True, accepted=True)
