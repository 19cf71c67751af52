"""Random histories of the whole system, in memory; one that breaks a rule prints its steps."""

import pytest

from tests.chaos.machine import run_chaos


def test_every_history_ends_with_consistent_records() -> None:
    run_chaos("histories", "--rounds", "2")


@pytest.mark.parametrize(
    ("safeguard", "rule"),
    [
        ("the record before the submission", "assert all(times == 1"),
        ("one commit for all records", "assert recomputed(campaign, videos) == campaign.money"),
        ("chores", "assert expected == names - kept_for_signed_urls"),
    ],
)
def test_a_rule_breaks_without_a_safeguard(safeguard: str, rule: str) -> None:
    with pytest.raises(AssertionError) as broken:
        run_chaos("histories", "--rounds", "4", "--seed", "1", "--without", safeguard)

    assert rule in str(broken.value)
