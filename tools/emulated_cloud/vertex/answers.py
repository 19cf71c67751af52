"""Answers in the forms that Vertex AI gives them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

Json = dict[str, Any]

_JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int = HTTPStatus.OK
    body: bytes
    content_type: str = _JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(content: object) -> Answer:
    return Answer(body=json.dumps(content).encode())


def page(status: int, html: str) -> Answer:
    """The answer of a proxy or a front end in place of the service."""
    return Answer(status=status, body=html.encode(), content_type="text/html")


def error(
    status: int,
    name: str,
    message: str,
    *,
    details: tuple[Json, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Answer:
    content: Json = {"code": int(status), "message": message, "status": name}
    if details:
        content["details"] = list(details)
    body = json.dumps({"error": content}).encode()
    return Answer(status=status, body=body, headers=headers or {})


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


def no_quota(*, retry_after_seconds: int) -> Answer:
    return error(
        429,
        "RESOURCE_EXHAUSTED",
        "Quota exceeded for aiplatform.googleapis.com/"
        "long_running_online_prediction_requests_per_base_model with base model: "
        "veo-3.1-generate-001. Please submit a quota increase request.",
        details=(
            {
                "@type": "type.googleapis.com/google.rpc.RetryInfo",
                "retryDelay": f"{retry_after_seconds}s",
            },
        ),
        headers={"Retry-After": str(retry_after_seconds)},
    )
