"""The service as its callers meet it: through the framework that serves it, over a data folder."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import functions_framework
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared import bootstrap
from shared.settings import settings
from tests.eventually import eventually

MAIN = Path(__file__).parents[2] / "main.py"
GALLERY = "gallery"
KITE = "A red kite over dunes"
BOAT = "A paper boat in rain"

Json = dict[str, Any]


class Answer(TestResponse):
    @property
    def json(self) -> Any:  # noqa: ANN401  # Tests look into what they know to be there.
        return self.get_json()


@dataclass(frozen=True, kw_only=True)
class Showreel:
    app: Flask
    folder: Path

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.send("GET", path, headers=headers)

    def head(self, path: str) -> Answer:
        return self.send("HEAD", path)

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    def post(self, path: str, body: object = None) -> Answer:
        return self.send("POST", path) if body is None else self.send("POST", path, json=body)

    def send(self, method: str, path: str, **request: Any) -> Answer:  # noqa: ANN401  # Flask's own.
        client = FlaskClient(self.app, Answer, use_cookies=False)
        answer = client.open(path, method=method, buffered=True, **request)
        assert isinstance(answer, Answer)
        return answer

    def create(self, campaign_id: str, *prompts: str, **parameters: object) -> list[Json]:
        """One video for each prompt, of the shortest kind."""
        body = {"prompts": prompts, "seconds": 4, **parameters}
        answer = self.post(f"/v1/campaigns/{campaign_id}/videos", body)
        assert answer.status_code in (200, 202), answer.text
        return list(answer.json["data"])

    def video(self, video: Json) -> Json:
        return dict(self.get(f"/v1/videos/{video['id']}").json)

    def campaign(self, campaign_id: str) -> Json:
        return dict(self.get(f"/v1/campaigns/{campaign_id}").json)

    def ended(self, video: Json) -> Json:
        """Wait until the video is completed or failed."""

        def found() -> Json | None:
            latest = self.video(video)
            return latest if latest["status"] in ("completed", "failed") else None

        return eventually(found)

    def in_phase(self, video: Json, phase: str) -> Json:
        def found() -> Json | None:
            latest = self.video(video)
            return latest if latest["phase"] == phase else None

        return eventually(found)

    def files(self) -> set[str]:
        """What lies in the data folder, without what is hidden."""
        # Unlike Path.rglob, os.walk passes over folders that go while it is on its way.
        paths = {
            str(Path(folder, name).relative_to(self.folder))
            for folder, _, names in os.walk(self.folder)
            for name in names
        }
        return {path for path in paths if not path.startswith(".")}

    def snapshot(self) -> dict[Path, tuple[int, int]]:
        """Every name in the data folder, with its size and the time of its last change."""
        statuses = {path: path.lstat() for path in self.folder.rglob("*")}
        return {path: (each.st_size, each.st_mtime_ns) for path, each in statuses.items()}


def function(target: str) -> Flask:
    app = functions_framework.create_app(target, str(MAIN))  # type: ignore[no-untyped-call]
    assert isinstance(app, Flask)
    return app


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[Showreel]:
    """Serve the API until the end of the block; a process can do so once at a time."""
    log = logging.getLogger("shared")
    handlers, level, propagates = log.handlers, log.level, log.propagate
    chosen = {"STORAGE_URL": f"file://{folder}", "SYNTHETIC_SECONDS": "0", **environment}
    # The framework writes its own variables into the environment; they go with ours.
    with patch.dict(os.environ, chosen):
        settings.cache_clear()
        try:
            yield Showreel(app=function("serve_api"), folder=folder)
        finally:
            bootstrap.close()
            settings.cache_clear()
            log.handlers, log.propagate = handlers, propagates
            log.setLevel(level)
