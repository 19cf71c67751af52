"""The README's session, typed as it stands there, against the real servers."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.launcher import ROOT, three_lines

_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])")
_DIFFERS = re.compile(r'"simulated"|^HTTP/1\.1|^[A-Za-z-]+: ')
# A signature, a token, a key, or the header that carries one of them.
_SECRET = re.compile(r"(?i)x-goog-signature|ya29\.|private.key|bearer|authorization")
_MARK = "--- end of command ---"


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        ["/bin/bash"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=dict(os.environ),
    ) as process:
        yield process
        process.terminate()


def session() -> list[tuple[str, str]]:
    """Return (command, output) as the README has them, in order."""
    blocks = _BLOCK.findall((ROOT / "README.md").read_text("utf-8"))
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


def without_what_families_differ_in(output: str) -> str:
    """Veo's stand-in is priced as Veo is, and a bucket has headers of its own."""
    lines = normal(output).splitlines()
    return "\n".join(line for line in lines if not _DIFFERS.search(line))


def test_every_command_prints_what_the_readme_says(
    launcher: subprocess.Popen[str], port: int, shell: subprocess.Popen[str]
) -> None:
    assert len(session()) >= 9
    three_lines(launcher)

    for command, output in session():
        printed = run(shell, command.replace("localhost:8000", f"localhost:{port}"))

        assert normal(output) == normal(printed), command


def test_the_same_session_goes_on_an_emulated_cloud(
    cloud_port: int, cloud_log: Path, shell: subprocess.Popen[str], tmp_path: Path
) -> None:
    for command, output in session():
        # Content is where the redirect leads.
        elsewhere = command.replace("localhost:8000", f"localhost:{cloud_port}")
        printed = run(shell, elsewhere.replace("curl -s -o", "curl -sL -o"))

        expected = without_what_families_differ_in(output)
        assert expected == without_what_families_differ_in(printed), command
    assert Path(tmp_path, "clip.mp4").read_bytes()[4:8] == b"ftyp"
    assert Path(tmp_path, "clip.mp4").stat().st_size == 100_000
    log = cloud_log.read_text("utf-8")
    assert "video.completed" in log
    assert _SECRET.findall(log) == []
