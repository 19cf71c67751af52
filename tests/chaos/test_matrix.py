"""A sample of the crash matrix, another one each time: `make chaos` runs all of it."""

from tests.chaos.machine import run_chaos


def test_no_crash_breaks_a_rule_of_the_local_family() -> None:
    """What fails says how to repeat it."""
    run_chaos("local", "--sample", "150")
