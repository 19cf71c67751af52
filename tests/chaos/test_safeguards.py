"""Each safeguard is needed: without it, the machine finds a rule that breaks."""

import pytest

from tests.chaos.machine import run_chaos
from tests.chaos.safeguards import SAFEGUARDS, Safeguard


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What the machine says of each safeguard, by its name."""
    lines = run_chaos("local", "--safeguards")
    told = [line.removeprefix("local: without ").partition(": ") for line in lines]
    return {name: rest for name, _, rest in told}


@pytest.mark.parametrize("safeguard", SAFEGUARDS, ids=lambda safeguard: safeguard.name)
def test_a_rule_breaks_without(safeguard: Safeguard, told: dict[str, str]) -> None:
    assert told[safeguard.name].startswith(tuple(safeguard.breaks))
