"""The machine as tests start it: in a process of its own, which forks and has no threads."""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_LONGEST_SECONDS = 900


def run_chaos(*options: str) -> list[str]:
    """Return the lines that it prints. Fail with all that it says where a rule broke."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *options],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=_LONGEST_SECONDS,
    )
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    return ended.stdout.splitlines()
