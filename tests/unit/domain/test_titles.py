"""Titles of campaigns, and the ids that are made of them."""

import pytest

from shared.domain.errors import InvalidRequestError
from shared.domain.identity import require_campaign_id
from shared.domain.titles import MAX_TITLE_CHARACTERS, ids_for, title_of


@pytest.mark.parametrize(
    ("title", "campaign_id"),
    [
        ("Winter Roast 2026!", "winter-roast-2026"),
        ("  Grüße aus Köln  ", "gruesse-aus-koeln"),
        ("Gru\u0308n", "gruen"),
        ("Crème brûlée & Café", "creme-brulee-and-cafe"),
        ("Łódź \u2013 Øresund", "lodz-oresund"),
        ("Don\u2019t stop", "dont-stop"),
        ("冬の焙煎", "campaign"),
        ("☕️", "campaign"),
        ("x" * 99, "x" * 64),
    ],
)
def test_an_id_is_made_of_the_latin_letters_and_digits(title: str, campaign_id: str) -> None:
    assert campaign_id == next(ids_for(title, ()))


@pytest.mark.parametrize("title", ["Spring", "x" * 99, f"{'x' * 62} y", "-"])
def test_every_further_id_is_another_valid_one(title: str) -> None:
    found = list(ids_for(title, map(str, range(2, 13))))

    assert len(set(found)) == 12
    assert found == list(map(require_campaign_id, found))


def test_a_title_keeps_its_characters_without_blanks_around_them() -> None:
    assert title_of(" Grüße ☕️ 50 % & mehr\u200b\n") == "Grüße ☕️ 50 % & mehr"
    assert title_of("  ") is title_of(None) is None


@pytest.mark.parametrize(
    ("title", "named"),
    [("a\tb", "U\\+0009"), ("a\nb", "U\\+000A"), ("a\u2028b", "U\\+2028"), ("a\0", "U\\+0000")],
)
def test_a_control_character_is_refused_by_its_name(title: str, named: str) -> None:
    with pytest.raises(InvalidRequestError, match=named):
        title_of(title)


@pytest.mark.parametrize("title", ["\u2800", "x" * (MAX_TITLE_CHARACTERS + 1)])
def test_a_title_that_is_invisible_or_too_long_is_refused(title: str) -> None:
    with pytest.raises(InvalidRequestError, match=str(MAX_TITLE_CHARACTERS)):
        title_of(title)
