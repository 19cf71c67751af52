import re
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.fingerprint import fingerprint
from shared.domain.video import GenerationParameters

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
)

# A few values each, so that equal requests are drawn as often as different ones.
REQUESTS = st.fixed_dictionaries(
    {
        "campaign_id": st.sampled_from(["a", "ab"]),
        "enhanced_prompt": st.sampled_from(["b", "bb", '"', "\u00e9", "e\u0301", "\n"]),
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
    assert (one == other) == (fingerprint(**one) == fingerprint(**other))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [field.name for field in fields(GenerationParameters)])
def test_every_parameter_changes_the_fingerprint(name: str) -> None:
    changed = replace(PARAMETERS, **{name: getattr(CHANGED, name)})

    assert of(PARAMETERS) != of(changed)


@given(st.text())
def test_every_prompt_has_a_fingerprint_of_64_lower_case_hex_digits(prompt: str) -> None:
    digest = fingerprint(campaign_id="spring", enhanced_prompt=prompt, parameters=PARAMETERS)

    assert re.fullmatch("[0-9a-f]{64}", digest, re.ASCII)


def test_a_fingerprint_stays_the_same_from_release_to_release() -> None:
    """The cache of every campaign rests on it. Whoever must change it raises the schema version."""
    expected = "b1a376e01a4a279ea239d87ee42f643de13ce572e78e187abd5eb151ca32dc91"

    assert expected == of(PARAMETERS)


def of(parameters: GenerationParameters) -> str:
    return fingerprint(
        campaign_id="spring", enhanced_prompt="A boat at dusk.", parameters=parameters
    )
