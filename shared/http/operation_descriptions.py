"""What operations are about and cost, and what their parameters, answers and errors mean."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

INTRODUCTION = (
    "Creates marketing videos from prompts and keeps one current video in each slot of a campaign. "
    "Equal requests are paid for once. Times are in seconds since 1970, amounts in US dollars. "
    "Every error is a problem (RFC 9457), whose `code` says what to do."
)

TAGS: Mapping[str, str] = {
    "videos": "Create videos, read them, and make new versions of them.",
    "campaigns": "The owners of slots, of their videos and of their money.",
    "inputs": "The pictures and clips from which videos are made.",
    "batches": "Files of many requests, carried out in the background.",
    "events": "What has happened, in its order.",
    "webhooks": "URLs to which events are sent.",
    "players": "What players on pages of any site show and report.",
    "analytics": "How versions were watched.",
    "experiments": "Which of several versions is watched best.",
    "reviews": "Secret links by which people without access see videos and answer.",
    "models": "What can be asked for, and what it costs.",
    "service": "The service itself: its pages, its state and this description.",
}
_LAST = ("analytics", "experiments", "inputs", "reviews")
_FIRST = re.compile(r"/(?:v1|api/v1/content)/([a-z]+)")
_PLAYERS = ("embeds", "plays")

PATH_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "video_id": {
        "description": "The id of a video.",
        "example": "video_spring.0123456789abcdef",
    },
    "campaign_id": {"description": "The id of a campaign.", "example": "spring"},
    "input_id": {
        "description": "The id of an input.",
        "example": "input_spring.0123456789abcdef",
    },
    "batch_id": {"description": "The id of a batch.", "example": "batch_0123456789abcdef"},
    "webhook_id": {"description": "The id of a webhook.", "example": "wh_0123456789abcdef"},
    "event_id": {
        "description": "The id of an event.",
        "example": "evt_2b9d7b0c0a5f4e6d8c1b3a4958676f7e",
    },
    "experiment_id": {
        "description": "The id of an experiment.",
        "example": "exp_spring.00000001",
    },
    "review_id": {
        "description": "The id of a review.",
        "example": "review_spring.0123456789abcdef",
    },
    "review_token": {
        "description": "What follows `#` in the link of a review.",
        "example": "spring.0123456789abcdef.lDnXcvIbaQz8mS3jQ0yPq1rW5tUe7oKh",
    },
    "embed_token": {
        "description": "The last part of an `embed_url`.",
        "example": "WyJzbG90Iiwic3ByaW5nIiwwXQ.Zm9vYmFyYmF6",
    },
    "filename": {"description": "The name of the file.", "example": "curr_0123456789abcdef_0.mp4"},
    "path": {
        "description": "The path of the object.",
        "example": "videos/generated/spring/curr_0123456789abcdef_0.mp4",
    },
}
STATUSES: Mapping[int, str] = {
    HTTPStatus.OK: "Success",
    HTTPStatus.CREATED: "Success: it is new",
    HTTPStatus.ACCEPTED: "Accepted: the work continues, and `Retry-After` says when to ask again",
    HTTPStatus.NO_CONTENT: "Success, without a body",
    HTTPStatus.PARTIAL_CONTENT: "The range that was asked for",
    HTTPStatus.FOUND: "Where a bucket serves it: `Location` is a signed URL",
    HTTPStatus.NOT_MODIFIED: "The copy that the client has is up to date",
}

_COSTS: Mapping[str, str] = {
    "versions_regenerate": "Costs the price of a video, each time it is carried out.",
    "versions_regenerate_all": "Costs the price of every current video, each time it is carried "
    "out.",
    "batches_create": "Costs the price of each new video of its lines, which POST "
    "/v1/batches/estimate adds up for free; videos that exist or are in progress cost nothing. "
    "A batch that the budget does not cover is refused.",
}
_OF_NEW_VIDEOS = (
    "Costs the price of each new video, which POST /v1/videos/estimate says for free; one that "
    "exists or is in progress costs nothing. What the budget does not cover is refused."
)


CODES: Mapping[str, str] = {
    "invalid_request": "A field of the body or a query parameter is missing, unknown, wrong, or "
    "sent twice; `error.param` names it. Or the body ended before its `Content-Length`. The status "
    "is 413 if the body is too large, and 415 if it has another type of content, or a "
    "`Content-Encoding`.",
    "unsupported_parameter": "The model does not support a value; `error.param` names the field.",
    "unsupported_size": "No model supports this size.",
    "model_not_found": "The model does not exist.",
    "model_retired": "Google has retired the model; `detail` names its successor.",
    "idempotency_key_reused": "The Idempotency-Key was already used for another request.",
    "invalid_input": "A picture cannot be used; `error.param` names its field.",
    "invalid_url": "A URL cannot be read, or does not resolve to a public address.",
    "invalid_batch": "Lines of the batch cannot be carried out; `lines` names the first of them.",
    "not_found": "Nothing has this id, file name or path.",
    "method_not_allowed": "The path does not support the method; `Allow` lists those that it does.",
    "campaign_video_limit": "The campaign has no free slot.",
    "budget_exceeded": "The request would exceed the budget of the campaign or the day.",
    "max_cost_exceeded": "The request would cost more than `max_cost_usd`.",
    "campaign_deleted": "The campaign is being deleted, or was deleted after the request was made.",
    "campaign_name_taken": "Another campaign's name differs in case only, which the disk ignores.",
    "slot_busy": "The slot has another pending video.",
    "not_ready": "The video has no clip yet, or has failed.",
    "wrong_state": "The state of the video, webhook or experiment does not allow this.",
    "cross_site_request": "A page of another site sent this; `ALLOWED_ORIGINS` can allow it.",
    "host_not_allowed": "The Host is not allowed; `ALLOWED_HOSTS` can allow it.",
    "invalid_api_key": "The request has no valid API key: send `Authorization: Bearer <key>`.",
    "rejected": "A rule forbids it, such as one webhook for each URL, or a limit of reviews.",
    "invalid_signature": "The signed URL was modified.",
    "signature_expired": "The signed URL has expired.",
    "range_not_satisfiable": "The range is outside the file.",
    "conflict": "Another request changed the campaign at the same time.",
    "unavailable": "A store or a queue did not answer.",
    "storage_full": "There is no space left for a clip; nothing was submitted.",
    "storage_error": "A permanent error of a store, which an operator has to fix.",
    "record_unreadable": "The record cannot be read: it is damaged, or written by a newer release. "
    "Nothing was changed or paid for.",
    "internal": "An unexpected error, logged with the `request_id`.",
}
"""Every `code` of a problem."""


def costs_of(operation_id: str, *, spends: bool) -> str:
    """Say what an operation costs, to people and to agents, which choose tools by it."""
    return _COSTS.get(operation_id, _OF_NEW_VIDEOS) if spends else "Costs nothing."


def tag_of(path: str) -> str:
    """Return what an operation is about: the end of its path, or else the beginning, decides."""
    for tag in _LAST:
        if f"/{tag}" in path:
            return tag
    first = _FIRST.match(path)
    if first is None:
        return "players" if path == "/embed.js" else "service"
    return "players" if first[1] in _PLAYERS else first[1] if first[1] in TAGS else "service"
