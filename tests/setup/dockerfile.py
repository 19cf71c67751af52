"""A Dockerfile, carried out in a folder, for machines on which no builder is."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Instruction = tuple[str, str]

# A folder of the image: not part of a longer path, a URL, or a word.
_IMAGE_PATH = re.compile(r"(?<![\w./:])/(?=showreel|data)")


def instructions(text: str) -> Iterator[Instruction]:
    """Yield each with its arguments, in order."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line:
            name, _, arguments = line.partition(" ")
            yield name, arguments.strip()


@dataclass
class Image:
    """What the instructions make below `root`: files, an environment, a command, a user."""

    root: Path
    context: Path
    environment: dict[str, str]
    folder: Path = field(init=False)
    base: str = ""
    user: str = ""
    command: list[str] = field(default_factory=list)

    def build(self, text: str) -> None:
        for name, arguments in instructions(text):
            getattr(self, f"_{name.lower()}")(arguments)

    def inside(self, text: str) -> str:
        """Return the text with the image's folders below the root."""
        return _IMAGE_PATH.sub(f"{self.root}/", text.replace("file:///", f"file://{self.root}/"))

    def _from(self, image: str) -> None:
        self.base = image

    def _workdir(self, folder: str) -> None:
        self.folder = Path(self.inside(folder))
        self.folder.mkdir(parents=True)

    def _copy(self, arguments: str) -> None:
        source, target = arguments.split()
        path, into = self.context / source, self.folder / target
        if path.is_dir():
            shutil.copytree(path, into, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, into)

    def _run(self, command: str) -> None:
        shell = ["/bin/sh", "-c", self.inside(command)]
        done = subprocess.run(
            shell,
            cwd=self.folder,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"

    def _env(self, arguments: str) -> None:
        variables: Mapping[str, str] = dict(
            each.split("=", maxsplit=1) for each in self.inside(arguments).split()
        )
        self.environment.update(variables)

    def _user(self, user: str) -> None:
        self.user = user

    def _cmd(self, arguments: str) -> None:
        self.command = json.loads(arguments)

    def _volume(self, folder: str) -> None:
        assert Path(self.inside(folder)).is_dir(), folder

    def _expose(self, port: str) -> None:
        assert port == "8000"

    def _healthcheck(self, arguments: str) -> None:
        assert " CMD " in arguments
