"""The README's session, typed as it stands there, against the real servers."""

import re
import subprocess
from pathlib import Path

from tests.e2e.console import normal, run, session
from tests.e2e.launcher import three_lines

README = "README.md"
_DIFFERS = re.compile(r'"simulated"|^HTTP/1\.1|^[A-Za-z-]+: ')
# A signature, a token, a key, or the header that carries one of them.
_SECRET = re.compile(r"(?i)x-goog-signature|ya29\.|private.key|bearer|authorization")


def without_what_families_differ_in(output: str) -> str:
    """Veo's stand-in is priced as Veo is, and a bucket has headers of its own."""
    lines = normal(output).splitlines()
    return "\n".join(line for line in lines if not _DIFFERS.search(line))


def test_every_command_prints_what_the_readme_says(
    launcher: subprocess.Popen[str], port: int, shell: subprocess.Popen[str]
) -> None:
    assert len(session(README)) >= 9
    three_lines(launcher)

    for command, output in session(README):
        printed = run(shell, command.replace("localhost:8000", f"localhost:{port}"))

        assert normal(output) == normal(printed), command


def test_the_same_session_goes_on_an_emulated_cloud(
    cloud_port: int, cloud_log: Path, shell: subprocess.Popen[str], tmp_path: Path
) -> None:
    for command, output in session(README):
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
