from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidRequestError
from shared.domain.fingerprint import compose
from shared.domain.prompt import (
    MAX_CONTEXT_CHARACTERS,
    MAX_CONTEXT_ENTRIES,
    MAX_PROMPT_CHARACTERS,
    require_business_context,
    require_negative_prompt,
    require_prompt,
)
from shared.domain.video import GenerationParameters

PLAIN_TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=50)


def enhanced_prompt(prompt: str, context: Mapping[str, str]) -> str:
    """Return what is sent to the generator."""
    composed = compose(
        campaign_id="spring",
        prompt=prompt,
        business_context=context,
        parameters=GenerationParameters(model="veo-3.1-generate-001"),
    )
    return composed.enhanced_prompt


def test_a_prompt_loses_the_white_space_around_it_and_keeps_what_is_inside() -> None:
    assert require_prompt(" \r\n A boat.\n\tAt dusk. \n") == "A boat.\n\tAt dusk."


@pytest.mark.parametrize("text", ["", " ", "\n\t\r\n", "\u2003\u3000"], ids=ascii)
def test_a_prompt_of_white_space_is_empty(text: str) -> None:
    with pytest.raises(InvalidRequestError, match="must not be empty") as raised:
        require_prompt(text, param="prompts[2]")

    assert raised.value.param == "prompts[2]"


def test_the_longest_prompt_is_taken_whatever_white_space_is_around_it() -> None:
    longest = "\N{SNOWMAN}" * MAX_PROMPT_CHARACTERS

    assert longest == require_prompt(f" {longest} ")


def test_a_longer_prompt_is_refused_with_both_lengths() -> None:
    with pytest.raises(InvalidRequestError, match="at most 5000 characters; this one has 5001"):
        require_prompt("x" * (MAX_PROMPT_CHARACTERS + 1))


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\x85", "\ud800"], ids=ascii)
def test_control_characters_and_lone_surrogates_are_refused(character: str) -> None:
    """A record could not keep them, or a log would obey them."""
    with pytest.raises(InvalidRequestError, match="control characters"):
        require_prompt(f"A boat{character}.")
    with pytest.raises(InvalidRequestError, match="control characters"):
        require_business_context({"brand": f"Acme{character}"})
    with pytest.raises(InvalidRequestError, match="control characters"):
        require_business_context({f"brand{character}": "Acme"})


@given(st.text(max_size=50))
def test_an_accepted_prompt_can_be_written_as_utf_8_and_is_accepted_again(text: str) -> None:
    try:
        prompt = require_prompt(text)
    except InvalidRequestError:
        return
    assert prompt.encode()
    assert prompt == require_prompt(prompt)


@pytest.mark.parametrize("text", [None, "", "  "])
def test_a_negative_prompt_may_be_left_out(text: str | None) -> None:
    assert require_negative_prompt(text) is None


def test_a_negative_prompt_obeys_the_rules_of_prompts_under_its_own_name() -> None:
    assert require_negative_prompt(" rain ") == "rain"
    with pytest.raises(InvalidRequestError) as raised:
        require_negative_prompt("x" * (MAX_PROMPT_CHARACTERS + 1))

    assert raised.value.param == "negative_prompt"


def test_empty_context_entries_are_omitted() -> None:
    context = {" brand ": " Acme ", "tone": "  ", " ": "lost"}

    assert require_business_context(context) == {"brand": "Acme"}


@pytest.mark.parametrize(
    "context",
    [
        {f"key_{number}": "x" for number in range(MAX_CONTEXT_ENTRIES + 1)},
        {"brand": "x" * (MAX_CONTEXT_CHARACTERS + 1)},
        {"x" * (MAX_CONTEXT_CHARACTERS + 1): "Acme"},
    ],
    ids=["entries", "value", "key"],
)
def test_too_much_context_is_refused(context: dict[str, str]) -> None:
    with pytest.raises(InvalidRequestError, match="at most") as raised:
        require_business_context(context)

    assert raised.value.param == "business_context"


def test_the_largest_context_is_taken() -> None:
    context = {
        f"{number:02}".ljust(MAX_CONTEXT_CHARACTERS, "k"): "v" * MAX_CONTEXT_CHARACTERS
        for number in range(MAX_CONTEXT_ENTRIES)
    }

    assert context == require_business_context(context)


def test_a_prompt_without_context_is_sent_as_it_is() -> None:
    assert enhanced_prompt("A boat.", {}) == "A boat."


def test_the_prompt_comes_first_then_the_known_entries_then_the_others() -> None:
    context = {
        "season": "spring",
        "call_to_action": "Visit us",
        "house_colour": "teal",
        "brand": "Acme",
        "style": "hand-drawn",
    }

    assert enhanced_prompt("A boat.", context).splitlines() == [
        "A boat.",
        "",
        "Brand: Acme",
        "Visual style: hand-drawn",
        "Closing moment that leads to: Visit us",
        "House colour: teal",
        "Season: spring",
    ]


@given(PLAIN_TEXT, st.dictionaries(PLAIN_TEXT, PLAIN_TEXT, max_size=5), st.randoms())
def test_the_order_of_the_context_changes_nothing(
    prompt: str, context: dict[str, str], random: Random
) -> None:
    items = list(context.items())
    random.shuffle(items)

    assert enhanced_prompt(prompt, context) == enhanced_prompt(prompt, dict(items))


@given(PLAIN_TEXT, st.dictionaries(PLAIN_TEXT, PLAIN_TEXT, max_size=5))
def test_every_text_of_the_caller_is_in_the_composed_prompt(
    prompt: str, context: dict[str, str]
) -> None:
    enhanced = enhanced_prompt(prompt, context)

    assert enhanced.startswith(prompt)
    assert all(value in enhanced for value in context.values())
