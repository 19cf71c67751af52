"""Which spellings are the same text, and which texts say nothing."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.domain.text import canonical, is_visible

TEXT = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("\r\n\u00ad\u0301\u200b\u200d\u2060\ufe0f\ufeff e\u0327")
)
PICTURES = [
    pytest.param("\u2764", "\u2764\ufe0f", id="a heart as text and as an emoji"),
    pytest.param("\U0001f469\u200d\U0001f4bb", "\U0001f469\U0001f4bb", id="joined and beside"),
    pytest.param("\U0001f3f4\U000e0067\U000e007f", "\U0001f3f4", id="a flag and a black flag"),
    pytest.param("\ufb01ne \u00bd", "fine 1/2", id="compatibility forms"),
    pytest.param("no\u00a0break", "no break", id="no-break space"),
    pytest.param("\u0d28\u0d4d\u200d", "\u0d28\u0d4d", id="a joiner that shapes the last letter"),
    pytest.param("a  b", "a b", id="blanks inside"),
    pytest.param("a\n\nb", "a\nb", id="an empty line"),
]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("a\r\nb", "a\nb", id="CRLF"),
        pytest.param("a\rb", "a\nb", id="CR"),
        pytest.param("Caf\u00e9", "Cafe\u0301", id="composed and decomposed"),
        pytest.param("\u2126", "\u03a9", id="ohm and omega"),
        pytest.param("\ufeffa boat", "a boat", id="a byte-order mark in front"),
        pytest.param("a boat\u200b", "a boat", id="a zero-width space behind"),
        pytest.param(" \u2060a boat\u00ad \u200e\r\n", "a boat", id="several, with white space"),
        pytest.param("a\u2060 boat", "a boat", id="a word joiner inside"),
        pytest.param("sun\u00adrise at\u200bsea", "sunrise atsea", id="where a line may break"),
        pytest.param("e\u200b\u0301", "\u00e9", id="what keeps an accent from its letter"),
    ],
)
def test_spellings_of_one_text_are_equal(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("one", "other"), PICTURES)
def test_visibly_different_texts_stay_different(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@given(TEXT)
@example("\ufeff\u0301a")
@example("a\u200d\u200b")
def test_the_canonical_form_is_idempotent(text: str) -> None:
    once = canonical(text)

    assert once == canonical(once)
    assert once == unicodedata.normalize("NFC", once)
    assert is_visible(once) == is_visible(text)


@given(st.text(st.characters(categories=["L", "N", "P", "Sm", "Sc"], max_codepoint=0x2E7F)))
def test_composed_text_without_invisible_characters_is_left_alone(text: str) -> None:
    composed = "".join(each for each in unicodedata.normalize("NFC", text) if is_visible(each))

    assert composed == canonical(composed)


@pytest.mark.parametrize(
    "text",
    [
        *("", " \n", "\u200b", "\u200b\u200d\ufeff", "\u00ad", "\u2060 \u2060", "\u3164", "\u202e"),
        *("\ufe0f", "\u0301", "\u2800", "\u115f\uffa0", "\U000e0041", "\u180e"),
    ],
    ids=ascii,
)
def test_a_text_without_visible_characters_is_empty(text: str) -> None:
    assert not is_visible(text)


@pytest.mark.parametrize("text", ["a", "7", "\u2026", "\u00a9", "\U0001f469", "\u0668", "\u6c34"])
def test_a_text_with_a_visible_character_is_not_empty(text: str) -> None:
    assert is_visible(f"\u200b{text}\u0301")
