from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import (
    ModelNotFoundError,
    ModelRetiredError,
    UnsupportedParameterError,
    UnsupportedSizeError,
)
from shared.domain.inputs import Inputs
from shared.domain.model_registry import MODELS, Model
from shared.domain.models import (
    ASPECT_RATIOS,
    frame_size,
    price,
    price_basis,
    require_supported,
    shape_of_size,
    usable_model,
)
from shared.domain.tasks import Task
from shared.domain.values import replace
from shared.domain.video import GenerationParameters
from shared.settings import DEFAULT_MODEL
from tests.unit.domain.builders import a_picture, a_source_clip

TODAY = date(2026, 11, 20)
LITE = "veo-3.1-lite-generate-001"
FAST = "veo-3.1-fast-generate-001"
STANDARD = "veo-3.1-generate-001"
OMNI = "gemini-omni-1.2-flash"
OMNI_1_1 = "gemini-omni-1.1-flash-preview"
FRAMES = Inputs(image=a_picture(1), last_frame=a_picture(2))
DEFAULTS = GenerationParameters(model=DEFAULT_MODEL)
RETIRED = [model for model in MODELS.values() if model.retired_on]
USABLE = [model for model in MODELS.values() if not model.retired_on]


def references(count: int) -> Inputs:
    return Inputs(reference_images=tuple(map(a_picture, range(count))))


def test_the_defaults_are_supported() -> None:
    require_supported(DEFAULTS, TODAY)


def test_the_defaults_are_those_of_the_product() -> None:
    expected = (8, "16:9", 24, "720p")
    actual = (
        DEFAULTS.duration_seconds,
        DEFAULTS.aspect_ratio,
        DEFAULTS.fps,
        DEFAULTS.resolution,
    )

    assert actual == expected


def test_an_unknown_model_is_answered_with_those_that_can_be_used() -> None:
    with pytest.raises(ModelNotFoundError, match=f"{STANDARD}, {FAST}, {LITE}") as raised:
        usable_model("veo-9", TODAY)

    assert raised.value.param == "model"


def test_a_long_unknown_model_does_not_fill_the_answer() -> None:
    with pytest.raises(ModelNotFoundError) as raised:
        usable_model("v" * 10_000, TODAY)

    assert len(raised.value.message) < 300


@pytest.mark.parametrize("model", RETIRED, ids=lambda model: model.model_id)
def test_a_retired_model_names_a_successor_that_can_be_used(model: Model) -> None:
    with pytest.raises(ModelRetiredError, match=str(model.successor)):
        usable_model(model.model_id, TODAY)

    assert MODELS[str(model.successor)] is usable_model(str(model.successor), TODAY)


def test_the_first_design_s_model_is_retired() -> None:
    with pytest.raises(ModelRetiredError, match=f"2026-06-30. Use {STANDARD}"):
        usable_model("veo-2.0-generate-001", TODAY)


def test_a_model_is_usable_until_the_day_before_it_retires() -> None:
    model = MODELS["veo-2.0-generate-001"]
    last_day = date(2026, 6, 29)

    assert model is usable_model(model.model_id, last_day)
    with pytest.raises(ModelRetiredError):
        usable_model(model.model_id, last_day + timedelta(days=1))


def test_the_default_is_the_first_model_that_is_not_retired() -> None:
    assert next(name for name, model in MODELS.items() if not model.retired_on) == DEFAULT_MODEL


@pytest.mark.parametrize("model", [each for each in MODELS.values() if each.guaranteed_until])
def test_the_successor_of_a_guaranteed_model_lives_for_longer(model: Model) -> None:
    assert model.guaranteed_until is not None

    successor = usable_model(str(model.successor), model.guaranteed_until)

    assert successor.guaranteed_until is None


def test_a_model_past_its_guarantee_still_answers() -> None:
    """Google promises it up to that day, and does not switch it off on the next."""
    model = MODELS[STANDARD]
    assert model.guaranteed_until is not None

    assert model is usable_model(STANDARD, model.guaranteed_until + timedelta(days=100))


@pytest.mark.parametrize(
    ("changes", "param", "advice"),
    [
        ({"duration_seconds": 5}, "seconds", "4, 6, 8"),
        ({"duration_seconds": 0}, "seconds", "4, 6, 8"),
        ({"duration_seconds": -8}, "seconds", "4, 6, 8"),
        ({"aspect_ratio": "1:1"}, "aspect_ratio", "16:9, 9:16"),
        ({"resolution": "8k"}, "resolution", "720p, 1080p, 4k"),
        ({"model": LITE, "resolution": "4k"}, "resolution", "720p, 1080p"),
        ({"fps": 30}, "fps", "24"),
        ({"person_generation": "allow_all"}, "person_generation", "allow_adult, dont_allow"),
        ({"resolution": "1080p", "duration_seconds": 4}, "seconds", "seconds=8"),
        ({"resolution": "4k", "duration_seconds": 6}, "seconds", "seconds=8"),
        ({"seed": -1}, "seed", "4294967295"),
        ({"seed": 2**32}, "seed", "4294967295"),
        ({"inputs": references(4)}, "reference_images", "at most 3"),
        ({"inputs": references(1), "duration_seconds": 4}, "seconds", "only for 8 seconds"),
        ({"model": LITE, "inputs": references(1)}, "reference_images", "image_to_video"),
        ({"model": OMNI, "inputs": references(11)}, "reference_images", "at most 10"),
        ({"model": OMNI, "inputs": FRAMES, "duration_seconds": 11}, "seconds", "3 to 10 seconds"),
    ],
    ids=str,
)
def test_an_unsupported_parameter_is_refused_with_the_supported_values(
    changes: dict[str, object], param: str, advice: str
) -> None:
    with pytest.raises(UnsupportedParameterError, match=advice) as raised:
        require_supported(replace(DEFAULTS, **changes), TODAY)  # type: ignore[arg-type]

    assert param == raised.value.param


def extending(seconds: float, **changes: object) -> GenerationParameters:
    extension = replace(
        DEFAULTS, duration_seconds=7, inputs=Inputs(extended_clip=a_source_clip(seconds))
    )
    return replace(extension, **changes)  # type: ignore[arg-type]


def editing(seconds: float, model: str = OMNI) -> GenerationParameters:
    inputs = Inputs(edited_clip=a_source_clip(seconds))
    return replace(DEFAULTS, model=model, duration_seconds=round(seconds), inputs=inputs)


@pytest.mark.parametrize(
    ("parameters", "param", "advice"),
    [
        (editing(8, STANDARD), "model", "edit_video. It makes: .*reference_to_video, extend_video"),
        (extending(8, duration_seconds=8), "seconds", "seconds=8. Use one of: 7"),
        (extending(36), "video", "1 to 30 seconds. This one lasts 36.0 s"),
        (extending(0.4), "video", "1 to 30 seconds"),
        (extending(8, resolution="8k"), "resolution", "720p, 1080p, 4k"),
        (editing(11, OMNI_1_1), "video", "edits clips of 3 to 10 seconds"),
        (extending(8, model=OMNI_1_1, resolution="4k"), "resolution", "720p, 360p, 1080p"),
        (extending(8, model=OMNI, duration_seconds=11), "seconds", "3, 4, .*, 10"),
    ],
)
def test_a_clip_that_the_model_does_not_take_is_refused(
    parameters: GenerationParameters, param: str, advice: str
) -> None:
    with pytest.raises(UnsupportedParameterError, match=advice) as raised:
        require_supported(parameters, TODAY)

    assert param == raised.value.param


@pytest.mark.parametrize("seconds", [1, 3.029, 8, 30.04])
@pytest.mark.parametrize("model", [STANDARD, FAST, LITE])
def test_veo_adds_seven_seconds_to_a_clip_and_bills_only_these(model: str, seconds: float) -> None:
    """Also in 1080p, which it makes from text only in eight seconds."""
    extension = extending(seconds, model=model, resolution="1080p")

    require_supported(extension, TODAY)
    a_second = MODELS[model].prices["1080p"][0]
    assert (price(extension), extension.clip_seconds) == (7 * a_second, seconds + 7)


def test_an_extension_that_makes_its_whole_clip_again_costs_all_of_it() -> None:
    extension = extending(8.04, model=OMNI)

    assert price(extension) == 16 * MODELS[OMNI].prices["720p"][0]
    assert "x 16 s" in price_basis(extension)


def test_an_edit_is_as_long_as_its_clip() -> None:
    edit = editing(3.029)

    assert (edit.clip_seconds, price(edit)) == (3.029, 3 * MODELS[OMNI].prices["720p"][0])


@pytest.mark.parametrize("model", USABLE, ids=lambda model: model.model_id)
def test_each_task_with_a_clip_has_its_limits(model: Model) -> None:
    takes_clips = {Task.EXTENSION, Task.EDIT}.intersection(model.tasks)

    assert takes_clips <= model.clip_limits.keys()


@pytest.mark.parametrize(
    ("inputs", "seconds"), [(Inputs(image=a_picture()), 15), (FRAMES, 10), (references(10), 15)]
)
def test_omni_takes_pictures_up_to_its_limits(inputs: Inputs, seconds: int) -> None:
    parameters = GenerationParameters(model=OMNI, inputs=inputs, duration_seconds=seconds)

    require_supported(parameters, TODAY)


def test_sound_of_a_silent_model_is_refused() -> None:
    silent = GenerationParameters(model="veo-2.0-generate-001", duration_seconds=5)
    while_it_lived = date(2026, 1, 1)

    with pytest.raises(UnsupportedParameterError, match="generate_audio=false"):
        require_supported(silent, while_it_lived)
    require_supported(replace(silent, generate_audio=False), while_it_lived)


@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_every_seed_of_32_bits_is_supported(seed: int) -> None:
    require_supported(replace(DEFAULTS, seed=seed), TODAY)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (DEFAULTS, "3.20"),
        (replace(DEFAULTS, duration_seconds=4), "1.60"),
        (replace(DEFAULTS, generate_audio=False), "1.60"),
        (replace(DEFAULTS, resolution="4k"), "4.80"),
        (replace(DEFAULTS, model=FAST), "0.80"),
        (replace(DEFAULTS, model=FAST, resolution="1080p"), "0.96"),
        (replace(DEFAULTS, model=LITE), "0.40"),
        (replace(DEFAULTS, model=LITE, resolution="1080p", generate_audio=False), "0.40"),
    ],
    ids=lambda each: each if isinstance(each, str) else price_basis(each),
)
def test_the_price_is_the_seconds_at_the_model_s_rate(
    parameters: GenerationParameters, expected: str
) -> None:
    assert Decimal(expected) == price(parameters)


def test_tokens_cost_whole_millionths_of_a_dollar() -> None:
    prices = MODELS[OMNI].token_prices
    assert prices is not None

    assert prices.cost(inputs=1001, text=50, video=46_336) == Decimal("0.557984")


def test_the_price_includes_its_calculation() -> None:
    expected = f"{STANDARD}, 720p with audio: 0.40 USD/s x 8 s, prices of 2026-11-07"

    assert price_basis(DEFAULTS) == expected


@given(
    model=st.sampled_from(USABLE),
    duration_seconds=st.integers(0, 10),
    aspect_ratio=st.sampled_from([*ASPECT_RATIOS, "4:3"]),
    resolution=st.sampled_from(["720p", "1080p", "4k", "360p"]),
    generate_audio=st.booleans(),
)
def test_every_supported_combination_has_a_price_and_a_frame_size(
    *,
    model: Model,
    duration_seconds: int,
    aspect_ratio: str,
    resolution: str,
    generate_audio: bool,
) -> None:
    parameters = GenerationParameters(
        model=model.model_id,
        duration_seconds=duration_seconds,
        aspect_ratio=aspect_ratio,
        resolution=resolution,
        generate_audio=generate_audio,
    )
    try:
        require_supported(parameters, TODAY)
    except UnsupportedParameterError:
        return
    assert price(parameters) > 0
    assert (aspect_ratio, resolution) == shape_of_size(
        "x".join(map(str, frame_size(resolution, aspect_ratio)))
    )


@pytest.mark.parametrize("aspect_ratio", ASPECT_RATIOS)
@pytest.mark.parametrize("resolution", ["720p", "1080p", "4k"])
def test_a_frame_has_the_shape_that_it_is_named_after(aspect_ratio: str, resolution: str) -> None:
    width, height = frame_size(resolution, aspect_ratio)
    across, down = map(int, aspect_ratio.split(":"))

    assert width * down == height * across
    assert (aspect_ratio, resolution) == shape_of_size(f"{width}x{height}")


@pytest.mark.parametrize(
    "size", ["", "1280", "1280X720", "1280x721", " 1280x720", "1280x720\n", "\u0661280x720"]
)
def test_another_size_is_answered_with_those_that_exist(size: str) -> None:
    with pytest.raises(UnsupportedSizeError, match="1280x720, 720x1280, 1920x1080") as raised:
        shape_of_size(size)

    assert raised.value.param == "size"
