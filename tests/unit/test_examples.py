"""The briefs of docs/examples are what people send first, so they have to be good."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.domain.identity import require_campaign_id
from shared.domain.prompt import require_business_context, require_prompt

BRIEFS = sorted((Path(__file__).resolve().parents[2] / "docs" / "examples").glob("*.json"))
SLOTS = 4


@pytest.fixture(params=BRIEFS, ids=lambda path: path.stem)
def brief(request: pytest.FixtureRequest) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(request.param.read_text("utf-8"))
    return parsed


def test_a_brief_fills_the_slots_of_its_campaign(brief: dict[str, Any]) -> None:
    require_campaign_id(brief["campaign_id"])

    assert len({require_prompt(prompt) for prompt in brief["prompts"]}) == SLOTS


def test_a_brief_says_all_that_a_prompt_is_composed_from(brief: dict[str, Any]) -> None:
    named = {"brand", "product", "audience", "tone", "style", "call_to_action"}

    assert named <= require_business_context(brief["business_context"]).keys()
