"""Pin the dependencies of pyproject.toml with their hashes: `make lock`.

Before 23.3, pip does not see that `name==version` pins `name[extra]`, which another package
requires: it chooses the newest release, for which there is no hash, and fails. So a package that is
required with extras is pinned once more for each combination of them.
"""

import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The oldest supported Python; markers select packages for newer ones.
COMPILE = (
    *("pip", "compile", "--universal", "--python-version=3.11"),
    *("--generate-hashes", "--no-strip-extras", "--custom-compile-command=make lock", "--quiet"),
)
# Official clients that are tested, each in an environment of its own.
CLIENTS = ("tests/clients/openai-2", "tests/clients/litellm", "tests/clients/adk")

_PIN_WITH_EXTRAS = re.compile(
    r"^(?P<name>[\w.-]+)\[(?P<extras>[\w.,-]+)\](?P<rest>==.*\n(?: +--hash=.*\n)+)", re.MULTILINE
)


def main() -> int:
    options = sys.argv[1:]
    lock("requirements.txt", *options)
    for group in ("mcp", "dev"):
        constraint = "--constraint=requirements.txt"
        lock(f"requirements-{group}.txt", f"--group={group}", constraint, *options)
    for client in CLIENTS:
        lock(f"{client}.txt", *options, source=f"{client}.in")
    return 0


def lock(output: str, *options: str, source: str = "pyproject.toml") -> None:
    """Write the pins of `source`. Exit with uv's code, without a traceback, if uv fails."""
    uv = Path(sys.executable).with_name("uv")
    command: list[str | Path] = [uv, *COMPILE, source, f"--output-file={output}", *options]
    if code := subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit(code)
    path = ROOT / output
    path.write_text(with_every_extra(path.read_text("utf-8")), "utf-8")


def with_every_extra(requirements: str) -> str:
    """Return them with `name`, `name[a]`, `name[b]` and `name[a,b]` in place of the last."""
    return _PIN_WITH_EXTRAS.sub(_combined, requirements)


def _combined(pin: re.Match[str]) -> str:
    extras = pin["extras"].split(",")
    chosen = (some for size in range(len(extras) + 1) for some in combinations(extras, size))
    named = (f"[{','.join(some)}]" if some else "" for some in chosen)
    return "".join(f"{pin['name']}{extra}{pin['rest']}" for extra in named)


if __name__ == "__main__":
    sys.exit(main())
