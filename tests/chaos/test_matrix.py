"""A sample of the crash matrix, always the same one: `make chaos` runs the whole matrix.

A failure prints the command that repeats it.
"""

import pytest

from tests.chaos.machine import run_chaos


def test_no_disturbance_of_the_local_family_breaks_a_rule() -> None:
    run_chaos("local", "--sample", "12")


@pytest.mark.usefixtures("strict_server")
def test_no_disturbance_of_the_emulated_cloud_breaks_a_rule(firestore_host: str) -> None:
    run_chaos("cloud", "--sample", "3")
