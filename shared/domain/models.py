"""What a model is asked for: whether it can make it, in which size, and for which price."""

from __future__ import annotations

import re
from math import ceil
from typing import TYPE_CHECKING

from shared.domain.errors import (
    ModelNotFoundError,
    ModelRetiredError,
    UnsupportedParameterError,
    UnsupportedSizeError,
)
from shared.domain.model_registry import MODELS, PRICED_ON, Model, seconds_in_words
from shared.domain.tasks import FIELDS, Shape, Task, require_clip, shape_of, task_of
from shared.domain.values import replace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from shared.domain.video import GenerationParameters

ASPECT_RATIOS = ("16:9", "9:16")
LONG_SIDES = {
    "360p": (640, 360),
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "4k": (3840, 2160),
}
PERSON_GENERATION = ("allow_adult", "dont_allow")
MAX_SEED = 2**32 - 1
MAX_RATE = 9999

_RATE = "[0-9]{1,4}"


def parse_rates(text: str) -> dict[str, int]:
    """Read `model=submissions a minute`, separated by commas. Raise ValueError with a sentence."""
    rates: dict[str, int] = {}
    for entry in filter(None, (each.strip() for each in text.split(","))):
        name, _, number = (part.strip() for part in entry.partition("="))
        if name not in MODELS:
            raise ValueError(f"There is no model {name!r}. Use one of: {', '.join(MODELS)}.")
        if name in rates:
            raise ValueError(f"It names {name} twice.")
        if not re.fullmatch(_RATE, number):
            raise ValueError(
                f"{entry!r} is not model=rate: a rate is a whole number of submissions a minute, "
                f"from 0 to {MAX_RATE}."
            )
        rates[name] = int(number)
    return rates


def usable_model(model_id: str, today: date) -> Model:
    model = MODELS.get(model_id)
    if model is None:
        usable = ", ".join(name for name, known in MODELS.items() if known.retired_on is None)
        raise ModelNotFoundError(
            f"There is no model {model_id[:80]!r}. Use one of: {usable}.", param="model"
        )
    if model.retired_on is not None and model.retired_on <= today:
        raise ModelRetiredError(
            f"Google retired {model.model_id} on {model.retired_on}. Use {model.successor}.",
            param="model",
        )
    return model


def require_supported(parameters: GenerationParameters, today: date) -> None:
    """Raise unless the model can make this; nothing is rounded to what it could make instead."""
    model = usable_model(parameters.model, today)
    require_pictures(parameters, shape_of(parameters.inputs))
    _require_seconds(parameters, model)
    _require(parameters.aspect_ratio, ASPECT_RATIOS, param="aspect_ratio", model=model)
    _require(parameters.resolution, model.resolutions, param="resolution", model=model)
    _require(parameters.fps, (24,), param="fps", model=model)
    _require_options(parameters, model)


def _require_seconds(parameters: GenerationParameters, model: Model) -> None:
    clip = parameters.source_clip
    if clip is not None:
        task = task_of(parameters.inputs)
        limits = model.clip_limits[task]
        require_clip(clip, limits, model_id=model.model_id, task=task)
        if task is Task.EXTENSION:
            _require(parameters.duration_seconds, limits.adds, param="seconds", model=model)
        made = [each for each in model.resolutions if each not in limits.not_in]
        _require(parameters.resolution, made, param="resolution", model=model)
        return
    _require(parameters.duration_seconds, model.durations, param="seconds", model=model)
    longest = max(model.durations)
    if parameters.resolution in model.longest_only and parameters.duration_seconds != longest:
        free = next(each for each in model.resolutions if each not in model.longest_only)
        raise UnsupportedParameterError(
            f"{model.model_id} makes {parameters.resolution} only in {longest} seconds. "
            f"Ask for seconds={longest}, or for resolution={free}.",
            param="seconds",
        )


def _require_options(parameters: GenerationParameters, model: Model) -> None:
    for option in ("negative_prompt", "person_generation"):
        if getattr(parameters, option) is not None and option not in model.options:
            raise UnsupportedParameterError(
                f"{model.model_id} takes no {option}. Leave it out; the prompt can say the same.",
                param=option,
            )
    if parameters.person_generation is not None:
        allowed = PERSON_GENERATION
        _require(parameters.person_generation, allowed, param="person_generation", model=model)
    if parameters.generate_audio and not model.audio:
        raise UnsupportedParameterError(
            f"{model.model_id} makes no audio. Ask for generate_audio=false.",
            param="generate_audio",
        )
    if not parameters.generate_audio and "generate_audio" not in model.options:
        raise UnsupportedParameterError(
            f"{model.model_id} always makes audio. Ask for generate_audio=true.",
            param="generate_audio",
        )
    if parameters.seed is not None and not 0 <= parameters.seed <= MAX_SEED:
        raise UnsupportedParameterError(f"A seed is a number from 0 to {MAX_SEED}.", param="seed")


def require_pictures(parameters: GenerationParameters, shape: Shape) -> None:
    """Raise UnsupportedParameterError if the model cannot use them; an unknown model passes."""
    task, model = shape.task, MODELS.get(parameters.model)
    if task is Task.TEXT or model is None:
        return
    field = FIELDS.get(task)
    if task not in model.tasks:
        raise UnsupportedParameterError(
            f"{model.model_id} does not support {field or task}. It makes: "
            f"{', '.join(model.tasks)}.",
            param=field or "model",
        )
    if shape.references > model.most_references:
        raise UnsupportedParameterError(
            f"{model.model_id} takes at most {model.most_references} reference_images.",
            param=field,
        )
    if task in model.task_seconds and parameters.duration_seconds not in model.task_seconds[task]:
        allowed = seconds_in_words(model.task_seconds[task])
        raise UnsupportedParameterError(
            f"{model.model_id} takes {field} only for {allowed} seconds; "
            f"{str(parameters.duration_seconds)[:40]} were asked for.",
            param="seconds",
        )


def _require(value: object, allowed: Sequence[object], *, param: str, model: Model) -> None:
    if value not in allowed:
        choices = ", ".join(str(choice) for choice in allowed)
        raise UnsupportedParameterError(
            f"{model.model_id} does not support {param}={str(value)[:40]}. Use one of: {choices}.",
            param=param,
        )


def of_take(parameters: GenerationParameters, take: int) -> GenerationParameters:
    """Return the parameters of one of the takes of a prompt, counted from 0.

    Each take after the first has a seed of its own, counted on from that of the request. So an
    equal request has equal takes, and a request for more takes has these among them.
    """
    if not take:
        return parameters
    return replace(parameters, seed=((parameters.seed or 0) + take) % (MAX_SEED + 1))


def frame_size(resolution: str, aspect_ratio: str) -> tuple[int, int]:
    """Return (width, height) in pixels."""
    long_side, short_side = LONG_SIDES[resolution]
    return (long_side, short_side) if aspect_ratio == "16:9" else (short_side, long_side)


def shape_of_size(size: str) -> tuple[str, str]:
    """Return (aspect_ratio, resolution) of a size such as `1280x720`."""
    for resolution in LONG_SIDES:
        for aspect_ratio in ASPECT_RATIOS:
            width, height = frame_size(resolution, aspect_ratio)
            if size == f"{width}x{height}":
                return aspect_ratio, resolution
    sizes = ", ".join(f"{long}x{short}, {short}x{long}" for long, short in LONG_SIDES.values())
    raise UnsupportedSizeError(
        f"There is no size {size[:40]!r}. Use one of: {sizes}.", param="size"
    )


def price(parameters: GenerationParameters) -> Decimal:
    """Return what one clip costs, in USD."""
    return _per_second(parameters) * _billed_seconds(parameters)


def price_basis(parameters: GenerationParameters) -> str:
    sound = "with audio" if parameters.generate_audio else "silent"
    return (
        f"{parameters.model}, {parameters.resolution} {sound}: {_per_second(parameters)} USD/s "
        f"x {_billed_seconds(parameters)} s, prices of {PRICED_ON}"
    )


def _billed_seconds(parameters: GenerationParameters) -> int:
    limits = MODELS[parameters.model].clip_limits.get(task_of(parameters.inputs))
    is_remade = limits is not None and limits.is_remade
    return ceil(parameters.clip_seconds) if is_remade else parameters.duration_seconds


def _per_second(parameters: GenerationParameters) -> Decimal:
    with_audio, silent = MODELS[parameters.model].prices[parameters.resolution]
    return with_audio if parameters.generate_audio or silent is None else silent
