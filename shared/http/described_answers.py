"""The schemas of answers, with what their fields mean and examples of ids and dates."""

from collections.abc import Mapping
from typing import Any

from shared.http.answer_descriptions import (
    OF_BATCHES,
    OF_CAMPAIGNS,
    OF_MODELS,
    OF_PAGES,
    OF_PROBLEMS,
    OF_VIDEOS,
)
from shared.http.audience_descriptions import (
    OF_ANALYTICS,
    OF_EVENTS,
    OF_EXPERIMENTS,
    OF_PLAYERS,
    OF_REVIEWS,
)

_VIDEO_ID = "video_spring.0123456789abcdef"
_EXPERIMENT_ID = "exp_spring.00000001"
_REVIEW_ID = "review_spring.0123456789abcdef"
_COMMENT_ID = "0123abcd" * 4
_EVENT_ID = "evt_2b9d7b0c0a5f4e6d8c1b3a4958676f7e"
_DAY = "2026-11-29"
ANSWERS: Mapping[str, str] = {
    **OF_VIDEOS,
    **OF_PAGES,
    **OF_PROBLEMS,
    **OF_CAMPAIGNS,
    **OF_BATCHES,
    **OF_MODELS,
    **OF_EVENTS,
    **OF_PLAYERS,
    **OF_REVIEWS,
    **OF_ANALYTICS,
    **OF_EXPERIMENTS,
}
"""By name, or by type and name where a field of this type has a meaning of its own."""

EXAMPLES: Mapping[str, Any] = {
    "id": _VIDEO_ID,
    "video_id": _VIDEO_ID,
    "remixed_from_video_id": _VIDEO_ID,
    "campaign_id": "spring",
    "CampaignResource.id": "spring",
    "CampaignSummary.id": "spring",
    "DeletedCampaign.id": "spring",
    "ModelResource.id": "veo-3.1-fast-generate-001",
    "file_id": "input_spring.0123456789abcdef",
    "InputResource.id": "input_spring.0123456789abcdef",
    "DeletedInput.id": "input_spring.0123456789abcdef",
    "batch_id": "batch_0123456789abcdef",
    "BatchResource.id": "batch_0123456789abcdef",
    "webhook_id": "wh_0123456789abcdef",
    "WebhookResource.id": "wh_0123456789abcdef",
    "DeletedWebhook.id": "wh_0123456789abcdef",
    "EventResource.id": _EVENT_ID,
    "DeliveryResource.id": _EVENT_ID,
    "experiment_id": _EXPERIMENT_ID,
    "ExperimentResource.id": _EXPERIMENT_ID,
    "ExperimentReport.id": _EXPERIMENT_ID,
    "ReviewResource.id": _REVIEW_ID,
    "DeletedReview.id": _REVIEW_ID,
    "CommentResource.id": _COMMENT_ID,
    "comment_id": _COMMENT_ID,
    "ModelList.first_id": "veo-3.1-generate-001",
    "ModelList.last_id": "gemini-omni-1.1-flash-preview",
    "request_id": "req_5e1b1c7d51b0ad53",
    "timestamp": "2026-11-29T09:52:12.123456+00:00",
    "date": _DAY,
    "from": _DAY,
    "to": _DAY,
    "guaranteed_until": _DAY,
    "retired_on": _DAY,
}
"""Of ids and dates; by name, or by type and name, as above."""


def with_meanings(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an answer with the ANSWERS and EXAMPLES of its properties."""
    properties = schema.get("properties", {})
    described = {name: {**_words_of(kind, name), **each} for name, each in properties.items()}
    return {**schema, "properties": described} if described else schema


def _words_of(kind: str, name: str) -> dict[str, Any]:
    words: dict[str, Any] = {}
    if text := ANSWERS.get(f"{kind}.{name}", ANSWERS.get(name)):
        words["description"] = text
    if name in ("first_id", "last_id") and kind.startswith("ListResource_"):
        # msgspec's name of a list, such as ListResource_VideoResource_.
        kind, name = kind.removeprefix("ListResource_").removesuffix("_"), "id"
    if example := EXAMPLES.get(f"{kind}.{name}", EXAMPLES.get(name)):
        words["examples"] = [example]
    return words
