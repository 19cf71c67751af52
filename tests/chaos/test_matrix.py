"""A sample of the crash matrix, the same one each time: `make chaos` runs all of it.

What fails says how to repeat it.
"""

import pytest

from tests.chaos.machine import run_chaos


def test_no_disturbance_of_the_local_family_breaks_a_rule() -> None:
    run_chaos("local", "--sample", "60")


@pytest.mark.usefixtures("firestore_emulator", "strict_server")
def test_no_disturbance_of_the_emulated_cloud_breaks_a_rule() -> None:
    """It starts emulators of its own; ours are asked for to say what is not installed."""
    run_chaos("cloud", "--sample", "4")
