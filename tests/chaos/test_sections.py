"""Some of what happens without anybody being killed: a whole run has a hundred times as much."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROUNDS = {"races": 1, "mishaps": 1, "callers": 4}


def run_section(name: str, *options: str) -> subprocess.CompletedProcess[str]:
    """It forks, so it is a process of its own, without threads."""
    command = [sys.executable, "-m", "tests.chaos.sections", name, "--rounds", f"{ROUNDS[name]}"]
    return subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", ROUNDS)
def test_no_rule_breaks(name: str) -> None:
    ended = run_section(name)

    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    ("name", "safeguard", "breaks"),
    [
        ("races", "a commit's precondition", "paid twice"),
        ("mishaps", "one commit for all records", "disagreement at rest"),
    ],
)
def test_a_rule_breaks_without_a_safeguard(name: str, safeguard: str, breaks: str) -> None:
    ended = run_section(name, "--without", safeguard)

    assert ended.returncode == 1
    assert breaks in ended.stderr
