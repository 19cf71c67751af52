"""The programs of docs/clients.md, run as they stand there; only their ports are others."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.request import urlopen

from PIL import Image

from tests.browser.server import Server
from tests.clients.installing import node_client, python_client
from tests.e2e.launcher import ROOT, heard, listening
from tests.eventually import eventually
from tools.emulated_cloud.processes import free_port

PROGRAMS = [
    "Python with openai",
    "Python with httpx",
    "Node with openai",
    "Node with fetch",
]
CURL, LITELLM = "curl", "LiteLLM"
KEY = "sk-0123456789abcdef0123456789abcdef"
SECONDS = 300

_SECTION = re.compile(r"^## (.*?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"```\w+\n(.*?)```", re.DOTALL)


def blocks(heading: str) -> list[str]:
    sections = dict(_SECTION.findall((ROOT / "docs" / "clients.md").read_text("utf-8")))
    return _BLOCK.findall(sections[heading])


@dataclass(frozen=True, kw_only=True)
class Place:
    """An empty folder with the picture, and the ports that a program uses there."""

    folder: Path
    server: Server
    receiver: int
    proxy: int

    def localised(self, text: str) -> str:
        ports = {"8000": self.server.port, "9000": self.receiver, "4000": self.proxy}
        return re.sub(r"\b(8000|9000|4000)\b", lambda found: str(ports[found[0]]), text)

    def run(self, command: list[str], text: str, environment: Mapping[str, str]) -> str:
        """Return what it prints, given the text as its standard input."""
        done = subprocess.run(
            command,
            input=self.localised(text),
            cwd=self.folder,
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, **environment},
            timeout=SECONDS,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def clip(self) -> bytes:
        return (self.folder / "cup.mp4").read_bytes()


def place(folder: Path, server: Server) -> Place:
    folder.mkdir()
    # Noise, which makes a large clip, and the same for all.
    noise = Random(0).randbytes(64 * 36)  # noqa: S311  # A picture.
    Image.frombytes("L", (64, 36), noise).save(folder / "cup.png")
    return Place(folder=folder, server=server, receiver=free_port(), proxy=free_port())


def run_program(heading: str, at: Place) -> str:
    (program,) = blocks(heading)
    if heading.startswith("Node"):
        (at.folder / "node_modules").symlink_to(node_client() / "node_modules")
        return at.run(["node", "--input-type=module", "-"], program, {})
    packages = {"Python with httpx": str(python_client("openai-2"))}
    return at.run([sys.executable, "-"], program, {"PYTHONPATH": packages.get(heading, "")})


def run_curl(at: Place) -> str:
    """Return the id of the video, which `make listen` has printed as completed."""
    create, download = blocks(CURL)
    printed = at.folder / "listen.log"
    with listening(at.receiver, at.server.origin, printed):
        video = at.run(["/bin/bash", "-e"], f"{create}\necho $VIDEO", {}).strip()
        eventually(lambda: ("video.completed", video) in heard(printed), within_seconds=SECONDS)
    at.run(["/bin/bash", "-e"], download, {"VIDEO": video})
    return video


@contextmanager
def litellm_proxy(at: Place) -> Iterator[str]:
    """Serve the proxy for the block, with the configuration that the page has."""
    configuration = at.folder / "litellm.yaml"
    configuration.write_text(at.localised(blocks(LITELLM)[0]), "utf-8")
    options = ["--config", str(configuration), "--host", "127.0.0.1", "--port", str(at.proxy)]
    packages = str(python_client("litellm"))
    with (at.folder / "proxy.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-S", "-m", "litellm.proxy.proxy_cli", *options],
            cwd=at.folder,
            stdout=log,
            stderr=log,
            env={
                **os.environ,
                "PYTHONPATH": packages,
                "LITELLM_MASTER_KEY": KEY,
                # It would ask GitHub for its price list.
                "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            },
        )
    with process:
        try:
            url = f"http://127.0.0.1:{at.proxy}"
            eventually(lambda: _answers(process, url), within_seconds=SECONDS)
            yield f"{url}/v1"
        finally:
            process.terminate()


def create_with_litellm(at: Place) -> str:
    """Send the page's request; return the id that the proxy answers with."""
    *_, create = blocks(LITELLM)
    return str(json.loads(at.run(["/bin/bash", "-e"], create, {"LITELLM_MASTER_KEY": KEY}))["id"])


def _answers(process: subprocess.Popen[bytes], url: str) -> bool:
    assert process.poll() is None, "The proxy has ended; its log says why."
    try:
        with urlopen(f"{url}/health/liveliness", timeout=30) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
