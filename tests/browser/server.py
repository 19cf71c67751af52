"""The server of the pages, and its API, with which tests prepare campaigns."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.e2e.launcher import FEW_FRAMES, launch, three_lines
from tests.eventually import eventually
from tools.emulated_cloud.processes import free_port

Json = dict[str, Any]

# Rendering takes what a busy machine leaves it.
PATIENCE_SECONDS = 120
ENDED = ("completed", "failed")


@dataclass(frozen=True, kw_only=True)
class Server:
    port: int
    process: Popen[str]

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def get(self, path: str) -> Json:
        return self._answer(Request(f"{self.origin}{path}"))

    def post(self, path: str, body: object = None) -> Json:
        headers = {"Content-Type": "application/json"}
        data = json.dumps({} if body is None else body).encode()
        return self._answer(Request(f"{self.origin}{path}", data, headers, method="POST"))

    def patch(self, path: str, body: object) -> Json:
        headers = {"Content-Type": "application/json"}
        data = json.dumps(body).encode()
        return self._answer(Request(f"{self.origin}{path}", data, headers, method="PATCH"))

    def put(self, path: str, body: object) -> Json:
        headers = {"Content-Type": "application/json"}
        data = json.dumps(body).encode()
        return self._answer(Request(f"{self.origin}{path}", data, headers, method="PUT"))

    def delete(self, path: str) -> Json:
        return self._answer(Request(f"{self.origin}{path}", method="DELETE"))

    def begin(self, campaign_id: str) -> None:
        """Create a campaign without videos, if there is none of this id."""
        self.patch(f"/v1/campaigns/{campaign_id}", {"archived": False})

    def create(self, campaign_id: str, *prompts: str, **parameters: object) -> list[Json]:
        """One video of the shortest kind for each prompt, which are still to be made."""
        body = {"prompts": prompts, "seconds": 4, **parameters}
        return list(self.post(f"/v1/campaigns/{campaign_id}/videos", body)["data"])

    def make(self, campaign_id: str, *prompts: str, **parameters: object) -> list[Json]:
        """The same, and wait until each has ended."""
        return [self.ended(each) for each in self.create(campaign_id, *prompts, **parameters)]

    def regenerate(self, video: Json) -> Json:
        return self.ended(self.post(f"/v1/videos/{video['id']}/regenerate"))

    def ended(self, video: Json) -> Json:
        def found() -> Json | None:
            latest = self.get(f"/v1/videos/{video['id']}")
            return latest if latest["status"] in ENDED else None

        return eventually(found, within_seconds=PATIENCE_SECONDS)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def _answer(self, request: Request) -> Json:
        with urlopen(request, timeout=30) as answer:
            return dict(json.load(answer))


@contextmanager
def serving(
    log: Path, environment: Mapping[str, str], *, port: int | None = None
) -> Iterator[Server]:
    """Serve as `make run` does, with fewer frames, until the end of the block."""
    port = port or free_port()
    with pytest.MonkeyPatch.context() as variables:
        for name, value in {"FUNCTION_SOURCE": str(FEW_FRAMES), **environment}.items():
            variables.setenv(name, value)
        process = launch(port, log=log)
    with process:
        try:
            three_lines(process)
            yield Server(port=port, process=process)
        finally:
            process.terminate()
