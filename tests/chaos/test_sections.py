"""A sample of the sections beside the matrix: `make chaos` runs 10 to 200 times as many rounds."""

import pytest

from tests.chaos.machine import run_chaos

ROUNDS = {"races": 1, "mishaps": 3, "callers": 3, "stops": 1}


@pytest.mark.parametrize("name", ROUNDS)
def test_no_disturbance_breaks_a_rule(name: str) -> None:
    run_chaos(name, "--rounds", f"{ROUNDS[name]}")


@pytest.mark.usefixtures("strict_server")
def test_no_function_of_the_emulated_cloud_that_stops_breaks_a_rule(
    firestore_host: str, pubsub_host: str
) -> None:
    """Two functions are told to stop, and started again."""
    run_chaos("cloud-stops", "--rounds", "1")


@pytest.mark.usefixtures("strict_server")
def test_no_race_in_the_emulated_cloud_breaks_a_rule(firestore_host: str) -> None:
    run_chaos("cloud-races", "--rounds", "1")


@pytest.mark.parametrize(
    ("name", "sample", "safeguard", "breaks"),
    [
        ("races", (1, 1), "a commit's precondition", "paid twice|disagreement at rest"),
        ("mishaps", (9, 7), "chores", "a video is lost|disagreement at rest"),
        ("callers", (1, 1), "money in the same commit", "disagreement at rest"),
    ],
)
def test_a_rule_breaks_without_a_safeguard(
    name: str, sample: tuple[int, int], safeguard: str, breaks: str
) -> None:
    """The rule breaks in the first race or mishap of the sample, or among the first requests."""
    rounds, seed = map(str, sample)

    with pytest.raises(AssertionError, match=breaks):
        run_chaos(name, "--rounds", rounds, "--seed", seed, "--without", safeguard)
