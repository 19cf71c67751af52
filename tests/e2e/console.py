"""Sessions at a terminal, as documents have them, typed into a real shell."""

import re
import subprocess
from pathlib import Path

from tests.e2e.launcher import ROOT

_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])")
_MARK = "--- end of command ---"


def session(document: str) -> list[tuple[str, str]]:
    """Return (command, output) as the document has them, in order."""
    blocks = _BLOCK.findall(Path(ROOT, document).read_text("utf-8"))
    entries = re.split(r"^\$ ", "".join(blocks), flags=re.MULTILINE)[1:]
    return [_command_and_output(entry) for entry in entries]


def _command_and_output(entry: str) -> tuple[str, str]:
    """A command goes on for as long as its quotes are open."""
    lines = entry.splitlines(keepends=True)
    for end in range(1, len(lines) + 1):
        command = "".join(lines[:end])
        if command.count("'") % 2 == 0:
            return command, "".join(lines[end:])
    raise AssertionError(f"A quote is never closed: {entry}")


def run(shell: subprocess.Popen[str], command: str) -> str:
    assert shell.stdin is not None
    assert shell.stdout is not None
    shell.stdin.write(f"{command}\necho '{_MARK}'\n")
    shell.stdin.flush()
    output = ""
    while not output.endswith(f"{_MARK}\n"):
        line = shell.stdout.readline()
        assert line, f"The shell ended: {output}"
        output += line
    return output.removesuffix(f"{_MARK}\n")


def normal(output: str) -> str:
    return _HASH.sub("<video_hash>", output.replace("\r", ""))
