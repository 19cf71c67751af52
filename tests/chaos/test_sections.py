"""Some of what happens beside the matrix: a whole run has a hundred times as much."""

import pytest

from tests.chaos.machine import run_chaos

ROUNDS = {"races": 1, "mishaps": 1, "callers": 4, "stops": 1}


@pytest.mark.parametrize("name", ROUNDS)
def test_no_rule_breaks(name: str) -> None:
    run_chaos(name, "--rounds", f"{ROUNDS[name]}")


@pytest.mark.usefixtures("firestore_emulator", "pubsub_emulator", "strict_server")
def test_no_function_of_the_emulated_cloud_that_stops_breaks_a_rule() -> None:
    """Each is asked to stop once, and starts again. The emulators are as below."""
    run_chaos("cloud-stops", "--rounds", "1")


@pytest.mark.usefixtures("firestore_emulator", "strict_server")
def test_no_race_in_the_emulated_cloud_breaks_a_rule() -> None:
    """It starts emulators of its own; ours are asked for to say what is not installed."""
    run_chaos("cloud-races", "--rounds", "1")


@pytest.mark.parametrize(
    ("name", "safeguard", "breaks"),
    [
        ("mishaps", "one commit for all records", "disagreement at rest"),
        ("callers", "money in the same commit", "disagreement at rest"),
    ],
)
def test_a_rule_breaks_without_a_safeguard(name: str, safeguard: str, breaks: str) -> None:
    """With a seed of which it is known that the rule is the first to break."""
    with pytest.raises(AssertionError, match=breaks):
        run_chaos(name, "--rounds", "1", "--seed", "1", "--without", safeguard)
