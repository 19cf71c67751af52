"""The models: what each can do, what it costs, and for how long it is promised."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, TypedDict

from werkzeug.wrappers import Response

from shared.domain.inputs import MAX_INPUT_BYTES, MAX_PIXELS, PICTURE_SUFFIXES
from shared.domain.model_registry import MODELS, Model
from shared.domain.tasks import Task
from shared.http.calls import Call, list_response
from shared.http.resource_types import Dollars
from shared.ports.policy import Policy


class PriceResource(TypedDict):
    """`silent` is null for a model that always makes audio."""

    with_audio: Dollars
    silent: Dollars | None


class TokenPricesResource(TypedDict):
    """`text` is also the price of thoughts."""

    inputs: Dollars
    text: Dollars
    video: Dollars


class InputLimitsResource(TypedDict):
    """The limits of pictures. `max_reference_images` is 0 for a model that takes none."""

    media_types: Sequence[str]
    max_bytes: int
    max_pixels: int
    max_reference_images: int


class ClipLimitsResource(TypedDict):
    """Which clips a model extends or edits; an extension adds one of `added_seconds`.

    If they are `all_billed`, the price is that of all seconds of the new clip; else of the added
    ones.
    """

    shortest_seconds: int
    longest_seconds: int
    added_seconds: Sequence[int]
    all_billed: bool
    resolutions: Sequence[str]


class ModelResource(TypedDict):
    """`rate_per_minute` is the limit of submissions; null means no limit.

    `task_seconds` has the seconds that each task allows; for an extension they are the added ones,
    and an edit is as long as its clip. `clips` has the limits of the tasks that take a clip.
    `longest_only` are the resolutions that the model makes only in the longest of `seconds`.
    `options` are the optional parameters that it takes. A model with `can_cancel` stops an
    accepted submission. If it is `simulated`, its videos are synthetic: nothing is billed, and
    nothing is sent to Google.
    """

    id: str
    object: Literal["model"]
    owned_by: str
    stage: str
    default: bool
    location: str
    tasks: Sequence[Task]
    seconds: Sequence[int]
    task_seconds: Mapping[Task, Sequence[int]]
    inputs: InputLimitsResource
    clips: Mapping[Task, ClipLimitsResource]
    resolutions: Sequence[str]
    longest_only: Sequence[str]
    audio: bool
    options: Sequence[str]
    can_cancel: bool
    rate_per_minute: int | None
    usd_per_second: Mapping[str, PriceResource]
    usd_per_million_tokens: TokenPricesResource | None
    guaranteed_until: date | None
    retired_on: date | None
    successor: str | None
    simulated: bool


class ModelList(TypedDict):
    """All models on one page. `max_videos` is the number of slots of each campaign."""

    object: Literal["list"]
    data: Sequence[ModelResource]
    first_id: str | None
    last_id: str | None
    has_more: bool
    max_videos: int


def all_models(call: Call) -> Response:
    policy, rates = call.ports.policy, call.ports.rates
    resources = [
        _model_resource(model, policy=policy, rate=rates.get(name))
        for name, model in MODELS.items()
    ]
    return list_response(
        resources, ids=list(MODELS), beside={"max_videos": policy.max_videos_per_campaign}
    )


def _model_resource(model: Model, *, policy: Policy, rate: int | None) -> ModelResource:
    return {
        "id": model.model_id,
        "object": "model",
        "owned_by": "google",
        "stage": model.stage,
        "default": model.model_id == policy.default_model,
        "location": policy.location_of(model.family),
        "tasks": model.tasks,
        "seconds": tuple(model.durations),
        "task_seconds": {task: tuple(model.seconds_of(task)) for task in model.tasks},
        "inputs": {
            "media_types": tuple(PICTURE_SUFFIXES),
            "max_bytes": MAX_INPUT_BYTES,
            "max_pixels": MAX_PIXELS,
            "max_reference_images": model.most_references if Task.REFERENCES in model.tasks else 0,
        },
        "clips": {
            task: {
                "shortest_seconds": limits.shortest,
                "longest_seconds": limits.longest,
                "added_seconds": tuple(limits.adds),
                "all_billed": limits.is_remade or task is Task.EDIT,
                "resolutions": [each for each in model.resolutions if each not in limits.not_in],
            }
            for task, limits in model.clip_limits.items()
            if task in model.tasks
        },
        "resolutions": model.resolutions,
        "longest_only": [each for each in model.resolutions if each in model.longest_only],
        "audio": model.audio,
        "options": model.options,
        "can_cancel": model.can_cancel,
        "rate_per_minute": rate,
        "usd_per_second": {
            resolution: {"with_audio": with_audio, "silent": silent}
            for resolution, (with_audio, silent) in model.prices.items()
        },
        "usd_per_million_tokens": _token_prices(model),
        "guaranteed_until": model.guaranteed_until,
        "retired_on": model.retired_on,
        "successor": model.successor,
        "simulated": policy.simulated,
    }


def _token_prices(model: Model) -> TokenPricesResource | None:
    prices = model.token_prices
    if prices is None:
        return None
    return {"inputs": prices.inputs, "text": prices.text, "video": prices.video}
