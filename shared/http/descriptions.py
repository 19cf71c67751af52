"""Words for the description of the API: what each field means, and what each error code."""

from collections.abc import Mapping
from typing import Any

from shared.domain.models import (
    ASPECT_RATIOS,
    LONG_SIDES,
    MAX_SEED,
    MODELS,
    PERSON_GENERATION,
    frame_size,
)

_SIZES = [
    "{}x{}".format(*frame_size(resolution, ratio))
    for resolution in LONG_SIDES
    for ratio in ASPECT_RATIOS
]

FIELDS: Mapping[str, Mapping[str, Any]] = {
    "prompt": {
        "description": "What the video shows: up to 5,000 characters.",
        "examples": ["Steam rises from a stoneware cup at dawn, slow push in"],
    },
    "prompts": {
        "description": "One prompt for each video; the first is slot 0. All are made, or none.",
        "examples": [["Steam rises from a cup", "Coffee beans tumble in slow motion"]],
    },
    "campaign_id": {
        "description": "The campaign; it is created with its first video. Without one, a video has "
        "a campaign of its own, in which an equal request finds it.",
        "examples": ["spring"],
    },
    "index": {
        "description": "The slot, from 0. By default the slot that has this video already, or the "
        "first free one.",
        "examples": [0],
    },
    "business_context": {
        "description": "Up to 16 entries of up to 500 characters, which are appended to each "
        "prompt. Known keys come first: brand, product, audience, tone, style, call_to_action.",
        "examples": [{"brand": "Ember & Oak", "tone": "warm, unhurried"}],
    },
    "model": {
        "description": "The model; GET /v1/models has what each can do, and its prices. By default "
        "the installation's DEFAULT_MODEL.",
        "enum": [name for name, model in MODELS.items() if model.retired_on is None],
        "examples": ["veo-3.1-fast-generate-001"],
    },
    "seconds": {
        "description": "How long the video lasts: 4, 6 or 8 seconds, as a number or a text. 1080p "
        "and 4k take 8. By default 8.",
        "examples": [8],
    },
    "size": {
        "description": "Width and height in pixels, instead of aspect_ratio and resolution.",
        "enum": _SIZES,
        "examples": ["1280x720"],
    },
    "aspect_ratio": {
        "description": "Landscape or portrait. By default 16:9.",
        "enum": list(ASPECT_RATIOS),
        "examples": ["16:9"],
    },
    "resolution": {
        "description": "How large the picture is; not every model makes 4k. By default 720p.",
        "enum": list(LONG_SIDES),
        "examples": ["720p"],
    },
    "fps": {"description": "Frames a second.", "enum": [24], "examples": [24]},
    "generate_audio": {
        "description": "Whether the video has sound, which costs more. By default it has.",
        "examples": [True],
    },
    "negative_prompt": {
        "description": "What must not be seen: up to 5,000 characters.",
        "examples": ["text, logos"],
    },
    "seed": {
        "description": "With the same seed, Veo's clips for the same request are more alike.",
        "minimum": 0,
        "maximum": MAX_SEED,
        "examples": [7],
    },
    "person_generation": {
        "description": "Whether adults may be shown, or no people. By default as the model does.",
        "enum": list(PERSON_GENERATION),
        "examples": ["dont_allow"],
    },
    "metadata": {
        "description": "Up to 16 entries of up to 500 characters of your own, which are answered "
        "with the video and change nothing.",
        "examples": [{"order": "17"}],
    },
    "tags": {
        "description": "Up to 16 words of your own of up to 64 characters, by which videos can be "
        "listed.",
        "examples": [["launch"]],
    },
    "max_cost_usd": {
        "description": "The most US dollars that this request may cost; nothing is started above.",
        "examples": [7.5],
    },
    "budget_usd": {
        "description": "The most US dollars that the campaign may use; null is no budget of its "
        "own.",
        "examples": [20],
    },
    "ttl_seconds": {"description": "How long the URL works: up to 12 hours.", "examples": [900]},
    "variant": {"description": "The clip, or its JPEG.", "enum": ["video", "thumbnail"]},
    "method": {"description": "The method that the URL is for.", "enum": ["GET", "HEAD"]},
    "keep_last": {"description": "How many historical videos each slot keeps.", "examples": [1]},
    "dry_run": {"description": "Whether to say only what would be removed."},
    "key": {"description": "One of API_KEYS.", "examples": ["0123456789abcdef0123456789abcdef"]},
    "after": {"description": "The last id of the page before."},
    "limit": {"description": "How many entries a page has.", "minimum": 1, "maximum": 100},
    "order": {"description": "By creation: the latest first, or the earliest."},
    "include": {"description": "`signed_url` adds a URL that needs no other permission."},
    "status": {"description": "Only videos with this status."},
    "version_state": {"description": "Only videos with this state."},
    "tag": {"description": "Only videos with this tag."},
}
"""By the name of the field, which means the same wherever it can be sent."""

CODES: Mapping[str, str] = {
    "invalid_request": "A field is missing, unknown, or wrong; `error.param` names it.",
    "unsupported_parameter": "The model cannot do what was asked.",
    "unsupported_size": "No model makes this size.",
    "model_not_found": "There is no such model.",
    "model_retired": "Google has retired the model; the sentence names its successor.",
    "idempotency_key_reused": "The Idempotency-Key was sent with another request before.",
    "not_found": "There is no such campaign, video, file or path.",
    "method_not_allowed": "The path has other methods; `Allow` lists them.",
    "campaign_video_limit": "The campaign has no free slot.",
    "budget_exceeded": "The campaign's or the day's budget does not cover it.",
    "max_cost_exceeded": "It costs more than `max_cost_usd`.",
    "campaign_deleted": "The campaign is being deleted, or was deleted after the request was made.",
    "campaign_name_taken": "Another campaign's name differs in case alone, which the disk ignores.",
    "slot_busy": "The slot is making another video.",
    "not_ready": "The video has no clip yet, or never will.",
    "wrong_state": "The video is in a state in which this cannot be done.",
    "cross_site_request": "A page of another site asked; `ALLOWED_ORIGINS` names those that may.",
    "host_not_allowed": "The service does not answer under this host; `ALLOWED_HOSTS` names more.",
    "invalid_api_key": "The request needs one of `API_KEYS`: `Authorization: Bearer key`.",
    "rejected": "A rule of the campaign forbids it.",
    "invalid_signature": "The signed URL was changed.",
    "signature_expired": "The signed URL has expired.",
    "range_not_satisfiable": "The file has no byte in this range.",
    "conflict": "Another request changed the campaign at the same time.",
    "unavailable": "A store or a queue did not answer.",
    "storage_full": "There is no free space for a clip; nothing was submitted.",
    "storage_error": "A store cannot read or write what is needed; a person has to correct it.",
    "record_unreadable": "The record exists and cannot be read: it is damaged, or a newer release "
    "wrote it. Nothing is changed or paid meanwhile.",
    "internal": "Something unforeseen happened; it was logged with the `request_id`.",
}
"""Every `code` of a problem."""


def with_descriptions(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a body or of parameters with what FIELDS says of its properties."""
    properties = schema.get("properties", {})
    described = {name: _described(name, each) for name, each in properties.items()}
    return {**schema, "properties": described} if described else schema


def _described(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    words = dict(FIELDS.get(name, {}))
    if "enum" in words and {"type": "null"} in schema.get("anyOf", ()):
        words["enum"] = [*words["enum"], None]
    return {**schema, **words}
