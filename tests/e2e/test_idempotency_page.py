"""The commands of docs/idempotency.md print what the page says, on the real servers."""

import subprocess

from tests.e2e.console import normal, run, session


def test_every_command_prints_what_the_page_says(
    serving_port: int, shell: subprocess.Popen[str]
) -> None:
    commands = session("docs/idempotency.md")
    assert len(commands) == 4

    for command, output in commands:
        printed = run(shell, command.replace("localhost:8000", f"localhost:{serving_port}"))

        assert normal(output) == normal(printed), command
