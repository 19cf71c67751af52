"""docs/generator-answers.md says what the code does."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.google.generator_answers import CHECK_ANSWERS, SUBMISSION_ANSWERS, Rule
from shared.adapters.google.omni_answers import INTERACTION_ANSWERS
from shared.adapters.google.veo_answers import OPERATION_ANSWERS
from shared.adapters.google.veo_filters import SUPPORT_CODES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "generator-answers.md"


def rows(heading: str) -> list[tuple[str, ...]]:
    """Return the cells of the table under a heading."""
    section = re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)
    [text] = [each for each in section if each.startswith(f"{heading}\n")]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]


@pytest.mark.parametrize(
    ("heading", "rules"),
    [
        ("To a submission", SUBMISSION_ANSWERS),
        ("To a check", CHECK_ANSWERS),
        ("When an operation of Veo ends", OPERATION_ANSWERS),
        ("When an interaction with Gemini Omni ends", INTERACTION_ANSWERS),
    ],
)
def test_the_page_has_the_rules_of_the_code_in_their_order(
    heading: str, rules: Sequence[Rule[Any]]
) -> None:
    assert [(rule.answer, str(rule.then), rule.code) for rule in rules] == rows(heading)


def test_the_page_has_the_support_codes() -> None:
    expected = [(category, ", ".join(codes)) for category, codes in SUPPORT_CODES.items()]

    assert rows("Why a clip was held back") == expected
