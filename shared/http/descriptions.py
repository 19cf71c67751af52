"""What the fields of requests mean, with their values and an example of each."""

from collections.abc import Mapping
from typing import Any

from shared.domain.clip import COMPANIONS
from shared.domain.model_registry import MODELS
from shared.domain.models import ASPECT_RATIOS, LONG_SIDES, MAX_SEED, PERSON_GENERATION, frame_size
from shared.domain.video import Lane

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
        "description": "One prompt for each video; the first is slot 0. A null leaves its slot as "
        "it is. All are created, or none.",
        "examples": [["Steam rises from a cup", "Coffee beans tumble in slow motion"]],
    },
    "campaign_id": {
        "description": "The campaign; it is created with its first video. Without this field, the "
        "video gets a campaign of its own, where an equal request finds it.",
        "examples": ["spring"],
    },
    "index": {
        "description": "The slot, from 0. Default: the slot that already has this video, else the "
        "first free one.",
        "examples": [0],
    },
    "business_context": {
        "description": "Up to 16 entries of up to 500 characters, which are appended to each "
        "prompt. Known keys come first: brand, product, audience, tone, style, call_to_action.",
        "examples": [{"brand": "Ember & Oak", "tone": "warm, unhurried"}],
    },
    "model": {
        "description": "The model; GET /v1/models lists capabilities and prices. Default: the "
        "installation's DEFAULT_MODEL.",
        "enum": [name for name, model in MODELS.items() if model.retired_on is None],
        "examples": ["veo-3.1-fast-generate-001"],
    },
    "seconds": {
        "description": "The duration in whole seconds, as a number or a text; of an extension, "
        "what it adds. GET /v1/models lists those of each model. Default: 8; of an extension, 7.",
        "examples": [8],
    },
    "size": {
        "description": "Width and height in pixels, instead of aspect_ratio and resolution.",
        "enum": _SIZES,
        "examples": ["1280x720"],
    },
    "aspect_ratio": {
        "description": "Landscape or portrait. Default: 16:9.",
        "enum": list(ASPECT_RATIOS),
        "examples": ["16:9"],
    },
    "resolution": {
        "description": "The size of the picture; not every model supports 4k. Default: 720p.",
        "enum": list(LONG_SIDES),
        "examples": ["720p"],
    },
    "fps": {"description": "Frames per second.", "enum": [24], "examples": [24]},
    "generate_audio": {
        "description": "Whether the video has sound, which costs more. Default: true.",
        "examples": [True],
    },
    "negative_prompt": {
        "description": "What the video must not show: up to 5,000 characters.",
        "examples": ["text, logos"],
    },
    "seed": {
        "description": "With the same seed, Veo's clips for equal requests are more alike.",
        "minimum": 0,
        "maximum": MAX_SEED,
        "examples": [7],
    },
    "n": {
        "description": "How many videos to make of the prompt, each paid for and in a slot of its "
        "own. Their seeds count up from `seed`, or are none, 1, 2, 3. Default: 1.",
        "examples": [2],
    },
    "person_generation": {
        "description": "Whether adults may be shown, or no people. Default: the model's own.",
        "enum": list(PERSON_GENERATION),
        "examples": ["dont_allow"],
    },
    "image": {
        "description": "The first frame, a JPEG or PNG: the id of an input, an https:// URL, or a "
        "`data:` URI; in a form, a file. Messages and batches take ids.",
        "examples": ["input_spring.0123456789abcdef"],
    },
    "last_frame": {
        "description": "The last frame of a video that begins with `image`.",
        "examples": ["input_spring.fedcba9876543210"],
    },
    "reference_images": {
        "description": "Pictures of what the video shows, instead of `image`. GET /v1/models says "
        "how many a model takes, and for which seconds.",
        "examples": [["input_spring.0123456789abcdef"]],
    },
    "input_reference": {
        "description": "OpenAI's name for `image`: a text as for `image`, or an object with "
        "`image_url` or `file_id`, the id of an input.",
        "examples": ["input_spring.0123456789abcdef"],
    },
    "video": {
        "description": "The completed video.",
        "examples": [{"id": "video_spring.0123456789abcdef"}],
    },
    "url": {
        "description": "An https:// URL of a public address, which the service fetches.",
        "examples": ["https://example.com/cup.jpg"],
    },
    "metadata": {
        "description": "Up to 16 entries of up to 500 characters of your own, returned with the "
        "video; they do not affect it.",
        "examples": [{"order": "17"}],
    },
    "tags": {
        "description": "Up to 16 tags of up to 64 characters; `GET /v1/videos?tag=` filters by "
        "one.",
        "examples": [["launch"]],
    },
    "max_cost_usd": {
        "description": "The most that the request may cost, in US dollars.",
        "examples": [7.5],
    },
    "priority": {
        "description": "The lane of the queue while the model's rate is used up: interactive "
        "videos are submitted first, and bulk videos get at least a fifth of the turns. Default: "
        "interactive; for messages, bulk.",
        "enum": list(Lane),
        "examples": ["bulk"],
    },
    "budget_usd": {
        "description": "The campaign's budget in US dollars; null removes it, so that the default "
        "applies.",
        "examples": [20],
    },
    "ttl_seconds": {"description": "The lifetime of the URL: up to 12 hours.", "examples": [900]},
    "variant": {
        "description": "The clip; its thumbnail, a JPEG; a sprite sheet, a JPEG of 4 x 4 evenly "
        "spaced frames; or a preview, an animated WebP of these.",
        "enum": ["video", *COMPANIONS],
    },
    "download": {"description": "Whether browsers store the content, under a name for people."},
    "method": {
        "description": "The HTTP method for which the URL is signed.",
        "enum": ["GET", "HEAD"],
    },
    "keep_last": {
        "description": "The number of historical videos that each slot keeps, beside those that "
        "are `kept`.",
        "examples": [1],
    },
    "kept": {"description": "Whether the video is exempt from every clean-up."},
    "dry_run": {"description": "Whether to list the videos without taking them away."},
    "purge": {"description": "Whether to remove the video for good, also one in the trash."},
    "image_url": {
        "description": "An https:// URL of a public address, or a `data:` URI.",
        "examples": ["https://example.com/cup.jpg"],
    },
    "file_id": {
        "description": "The id of an input.",
        "examples": ["input_spring.0123456789abcdef"],
    },
    "id": {
        "description": "The id of a completed video.",
        "examples": ["video_spring.0123456789abcdef"],
    },
    "key": {"description": "One of API_KEYS.", "examples": ["0123456789abcdef0123456789abcdef"]},
    "after": {
        "description": "The last id of the previous page.",
        "examples": ["video_spring.0123456789abcdef"],
    },
    "limit": {
        "description": "The number of entries of a page.",
        "minimum": 1,
        "maximum": 100,
        "examples": [20],
    },
    "order": {"description": "By creation: newest first, or oldest first."},
    "include": {"description": "`signed_url` adds a URL that needs no other permission."},
    "status": {"description": "Only those with this status."},
    "version_state": {"description": "Only videos with this state; without it, none in the trash."},
    "tag": {"description": "Only videos with this tag.", "examples": ["launch"]},
    "type": {"description": "Only events of this type."},
    "expires": {
        "description": "When the URL stops working, in seconds since 1970.",
        "examples": ["1795943532"],
    },
    "signature": {"description": "The signature of the path.", "examples": ["0123456789abcdef"]},
    "disposition": {
        "description": "The Content-Disposition that was signed.",
        "examples": ["attachment"],
    },
    "events": {
        "description": "The types of events that are sent. Default: all.",
        "examples": [["video.completed", "video.failed"]],
    },
}
"""By name: a field means the same in every request that does not describe it itself."""


_SHOWN: Mapping[str, tuple[str, ...]] = {
    "CreateVideoBody": ("prompt", "campaign_id", "max_cost_usd"),
    "CreateCampaignVideosBody": ("prompts", "max_cost_usd"),
    "BatchLineBody": ("campaign_id", "prompt", "max_cost_usd"),
    "EstimateBody": ("prompts", "campaign_id"),
    "RemixBody": ("prompt", "max_cost_usd"),
    "ExtendBody": ("prompt", "seconds", "max_cost_usd"),
    "EditBody": ("prompt", "max_cost_usd"),
    "ExtensionOfBody": ("prompt", "video", "seconds", "max_cost_usd"),
    "EditOfBody": ("prompt", "video", "max_cost_usd"),
    "WebhookBody": ("url", "events"),
    "ExperimentBody": ("arms", "name"),
}


def example_of(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a body with the fields that most requests have: all, of those with few."""
    properties = schema["properties"]
    shown = _SHOWN.get(kind, tuple(properties))
    return {name: _example_of(properties[name]) for name in shown}


def _example_of(schema: dict[str, Any]) -> object:
    choices = schema.get("examples") or schema.get("enum")
    return choices[0] if choices else schema.get("default", True)


def with_descriptions(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a body or query with the FIELDS of its properties."""
    properties = schema.get("properties", {})
    described = {name: _described(name, each) for name, each in properties.items()}
    return {**schema, "properties": described} if described else schema


def _described(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    words = dict(FIELDS.get(name, {}))
    if "enum" in words and {"type": "null"} in schema.get("anyOf", ()):
        words["enum"] = [*words["enum"], None]
    return {**words, **schema}
