"""Random histories of the whole system, in memory; one that breaks a rule prints its steps."""

import pytest

from tests.chaos.machine import run_chaos


def test_every_history_ends_with_consistent_records() -> None:
    run_chaos("histories", "--rounds", "2")


@pytest.mark.parametrize(
    ("safeguard", "seed", "rule"),
    [
        ("the record before the submission", "5", "assert spent <= billed <= spent + held"),
        (
            "one commit for all records",
            "20",
            "assert recomputed(campaign, videos) == campaign.money",
        ),
        ("chores", "7", "assert expected == names - kept_for_signed_urls"),
    ],
)
def test_a_rule_breaks_without_a_safeguard(safeguard: str, seed: str, rule: str) -> None:
    """By a seed whose first histories meet what the safeguard prevents."""
    with pytest.raises(AssertionError) as broken:
        run_chaos("histories", "--rounds", "4", "--seed", seed, "--without", safeguard)

    assert rule in str(broken.value)
