"""The README's session, typed as it stands there, against the real servers."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from shlex import quote

import pytest

from tests.e2e.console import normal, run, session
from tests.e2e.launcher import ROOT, SharedServer, heard, listening, three_lines
from tests.eventually import eventually
from tools.emulated_cloud.processes import free_port

README = "README.md"
_DIFFERS = re.compile(r'"simulated"|^HTTP/1\.1|^[A-Za-z-]+: ')
# A signature, a token, a key, or the header that carries one of them.
_SECRET = re.compile(r"(?i)x-goog-signature|ya29\.|private.key|bearer|authorization")


def at(port: int, text: str) -> str:
    return text.replace("localhost:8000", f"localhost:{port}")


@pytest.fixture
def launcher_of_failures(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> subprocess.Popen[str]:
    monkeypatch.setenv("SYNTHETIC_FAULTS", "failed")
    launched: subprocess.Popen[str] = request.getfixturevalue("launcher")
    return launched


def without_what_families_differ_in(output: str) -> str:
    """Veo's stand-in is priced as Veo is, and a bucket has headers of its own."""
    lines = normal(output).splitlines()
    return "\n".join(line for line in lines if not _DIFFERS.search(line))


def test_every_command_prints_what_the_readme_says_and_each_end_is_heard(
    launcher: subprocess.Popen[str], port: int, shell: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert len(session(README)) >= 9
    three_lines(launcher)
    printed = tmp_path / "listen.log"

    with listening(free_port(), f"http://localhost:{port}", printed):
        for command, output in session(README):
            answered = run(shell, at(port, command))

            assert normal(at(port, output)) == normal(answered), command
        eventually(lambda: len(heard(printed)) >= 4)

    assert sorted(kind for kind, _ in heard(printed)) == [
        *["video.completed"] * 3,
        "video.promoted",
    ]


def test_the_readmes_loops_end_when_videos_fail(
    launcher_of_failures: subprocess.Popen[str], port: int, shell: subprocess.Popen[str]
) -> None:
    three_lines(launcher_of_failures)
    commands = [at(port, command) for command, _ in session(README)]
    loops = [command for command in commands if command.startswith("until ")]
    run(shell, commands[0])
    assert len(loops) >= 2

    for loop in loops:
        assert run(shell, f"timeout 60 bash -c {quote(loop)}; echo $?") == "0\n", loop


@pytest.mark.parametrize(
    ("language", "program"), [("python", [sys.executable]), ("js", ["node", "--input-type=module"])]
)
def test_the_readmes_snippets_create_wait_and_download(
    shared_server: SharedServer, tmp_path: Path, language: str, program: list[str]
) -> None:
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is not installed")
    (snippet,) = re.findall(rf"```{language}\n(.*?)```", Path(ROOT, README).read_text(), re.DOTALL)

    subprocess.run(
        [*program, "-"],
        input=at(shared_server.port, snippet),
        text=True,
        cwd=tmp_path,
        check=True,
        timeout=60,
    )

    (clip,) = tmp_path.glob("*.mp4")
    assert clip.read_bytes()[4:8] == b"ftyp"


def test_the_readmes_session_works_on_the_emulated_cloud(
    cloud_port: int, cloud_log: Path, shell: subprocess.Popen[str], tmp_path: Path
) -> None:
    for command, output in session(README):
        # Content is where the redirect leads.
        printed = run(shell, at(cloud_port, command).replace("curl -s -o", "curl -sL -o"))

        expected = without_what_families_differ_in(at(cloud_port, output))
        assert without_what_families_differ_in(printed) == expected, command
    assert Path(tmp_path, "clip.mp4").read_bytes()[4:8] == b"ftyp"
    assert Path(tmp_path, "clip.mp4").stat().st_size == 100_000
    log = cloud_log.read_text("utf-8")
    assert "video.completed" in log
    assert _SECRET.findall(log) == []
