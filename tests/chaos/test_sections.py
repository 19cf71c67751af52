"""A sample of the sections beside the matrix: `make chaos` runs a hundred times as many rounds."""

import pytest

from tests.chaos.machine import run_chaos

ROUNDS = {"races": 1, "mishaps": 1, "callers": 4, "stops": 1}


@pytest.mark.parametrize("name", ROUNDS)
def test_no_disturbance_breaks_a_rule(name: str) -> None:
    run_chaos(name, "--rounds", f"{ROUNDS[name]}")


@pytest.mark.usefixtures("strict_server")
def test_no_function_of_the_emulated_cloud_that_stops_breaks_a_rule(
    firestore_host: str, pubsub_host: str
) -> None:
    """Each function is told to stop once, and started again."""
    run_chaos("cloud-stops", "--rounds", "1")


@pytest.mark.usefixtures("strict_server")
def test_no_race_in_the_emulated_cloud_breaks_a_rule(firestore_host: str) -> None:
    run_chaos("cloud-races", "--rounds", "1")


@pytest.mark.parametrize(
    ("name", "safeguard", "breaks"),
    [
        ("races", "a commit's precondition", "paid twice"),
        ("mishaps", "chores", "a video is lost"),
        ("callers", "money in the same commit", "disagreement at rest"),
    ],
)
def test_a_rule_breaks_without_a_safeguard(name: str, safeguard: str, breaks: str) -> None:
    """This seed breaks the rule in the first race or mishap, or among the first requests."""
    with pytest.raises(AssertionError, match=breaks):
        run_chaos(name, "--rounds", "1", "--seed", "1", "--without", safeguard)
