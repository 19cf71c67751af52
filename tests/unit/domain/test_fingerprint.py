import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.fingerprint import compose, own_campaign_id
from shared.domain.inputs import Inputs
from shared.domain.values import replace
from shared.domain.video import GenerationParameters
from tests.unit.domain.builders import a_picture

STORED = json.loads((Path(__file__).parents[1] / "golden" / "fingerprints.json").read_text("utf-8"))
PARAMETERS = GenerationParameters(model="veo-3.1-generate-001")
CHANGED = GenerationParameters(
    model="veo-3.1-fast-generate-001",
    duration_seconds=4,
    aspect_ratio="9:16",
    resolution="1080p",
    fps=30,
    generate_audio=False,
    negative_prompt="rain",
    seed=0,
    person_generation="dont_allow",
    inputs=Inputs(image=a_picture(1)),
)

DIFFERENT_INPUTS = (
    Inputs(image=a_picture(1)),
    Inputs(image=a_picture(2)),
    Inputs(image=a_picture(1), last_frame=a_picture(2)),
    Inputs(image=a_picture(2), last_frame=a_picture(1)),
    Inputs(reference_images=(a_picture(1),)),
    Inputs(reference_images=(a_picture(1), a_picture(2))),
    Inputs(reference_images=(a_picture(2), a_picture(1))),
    Inputs(extended_clip=a_picture(1)),
    Inputs(edited_clip=a_picture(1)),
)

# A few values each, so that equal requests are drawn as often as different ones.
REQUESTS = st.fixed_dictionaries(
    {
        "campaign_id": st.sampled_from(["a", "ab"]),
        "prompt": st.sampled_from(["b", "bb", '"', "\u00e9", "e", "\u2764", "\u2764\ufe0f"]),
        "business_context": st.sampled_from([{}, {"brand": "b"}, {"brand": "bb"}, {"b": "b"}]),
        "parameters": st.builds(
            GenerationParameters,
            model=st.sampled_from(["veo-3.1-generate-001", "veo-3.1-fast-generate-001"]),
            duration_seconds=st.sampled_from([4, 8]),
            negative_prompt=st.sampled_from([None, "", "None", "null"]),
            seed=st.sampled_from([None, 0, 1]),
        ),
    }
)


@given(REQUESTS, REQUESTS)
def test_equal_requests_and_only_they_have_equal_fingerprints(
    one: dict[str, object], other: dict[str, object]
) -> None:
    assert (one == other) == (fingerprint(**one) == fingerprint(**other))


@pytest.mark.parametrize("name", GenerationParameters.__struct_fields__)
def test_every_parameter_changes_the_fingerprint(name: str) -> None:
    changed = replace(PARAMETERS, **{name: getattr(CHANGED, name)})

    assert of(PARAMETERS) != of(changed)


@pytest.mark.parametrize("inputs", DIFFERENT_INPUTS)
def test_each_picture_counts_by_its_digest_and_its_place(inputs: Inputs) -> None:
    others = (*DIFFERENT_INPUTS, None)

    digest = of(replace(PARAMETERS, inputs=inputs))
    same = [each for each in others if of(replace(PARAMETERS, inputs=each)) == digest]

    assert same == [inputs]


def test_pictures_change_the_id_of_a_campaign_of_its_own() -> None:
    ids = {
        own_campaign_id(
            ["A kettle"], business_context={}, parameters=replace(PARAMETERS, inputs=each)
        )
        for each in (None, *DIFFERENT_INPUTS)
    }

    assert len(ids) == len(DIFFERENT_INPUTS) + 1


@given(st.text())
def test_every_prompt_has_a_fingerprint_of_64_lower_case_hex_digits(prompt: str) -> None:
    digest = fingerprint(
        campaign_id="spring", prompt=prompt, business_context={}, parameters=PARAMETERS
    )

    assert re.fullmatch("[0-9a-f]{64}", digest, re.ASCII)


def test_a_fingerprint_stays_the_same_from_release_to_release() -> None:
    """The cache of every campaign depends on it. A change of it raises the schema version."""
    expected = "b1a376e01a4a279ea239d87ee42f643de13ce572e78e187abd5eb151ca32dc91"

    assert of(PARAMETERS) == expected


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: ascii(stored["prompt"]))
def test_a_canonical_text_keeps_its_fingerprint(stored: dict[str, Any]) -> None:
    """Those of the file are from before there was a canonical form."""
    assert stored["fingerprint"] == fingerprint(**request_of(stored))
    assert stored["fingerprint"] == as_written(**request_of(stored))


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: ascii(stored["prompt"]))
def test_every_text_of_a_request_may_be_spelled_differently(stored: dict[str, Any]) -> None:
    def spelled(text: str) -> str:
        return "\ufeff" + unicodedata.normalize("NFD", text.replace("\n", "\r\n")) + "\u200b"

    request = request_of(stored)
    parameters = request["parameters"]
    unwanted = parameters.negative_prompt
    other = {
        "campaign_id": "spring",
        "prompt": spelled(request["prompt"]),
        "business_context": {
            spelled(key): spelled(value) for key, value in request["business_context"].items()
        },
        "parameters": replace(parameters, negative_prompt=unwanted and spelled(unwanted)),
    }

    assert fingerprint(**request) == fingerprint(**other)
    assert fingerprint(**request) != as_written(**other)
    assert own_campaign_of(request) == own_campaign_of(other)


def test_different_requests_get_different_campaigns() -> None:
    one, other, *_ = map(request_of, STORED)

    assert own_campaign_of(one) != own_campaign_of(other)
    assert re.fullmatch("single-[0-9a-f]{16}", own_campaign_of(one))


def request_of(stored: dict[str, Any]) -> dict[str, Any]:
    parameters = replace(PARAMETERS, duration_seconds=4, negative_prompt=stored["negative_prompt"])
    return {
        "campaign_id": "spring",
        "prompt": stored["prompt"],
        "business_context": stored["business_context"],
        "parameters": parameters,
    }


def own_campaign_of(request: dict[str, Any]) -> str:
    return own_campaign_id(
        [request["prompt"]],
        business_context=request["business_context"],
        parameters=request["parameters"],
    )


def of(parameters: GenerationParameters) -> str:
    return fingerprint(
        campaign_id="spring", prompt="A boat at dusk.", business_context={}, parameters=parameters
    )


def fingerprint(**request: Any) -> str:  # noqa: ANN401  # Those of `compose`.
    return compose(**request).fingerprint


def as_written(**request: Any) -> str:  # noqa: ANN401  # Those of `compose`.
    return compose(**request).as_written
