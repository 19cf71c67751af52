"""The service as its callers meet it: through the framework that serves it, over some place."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import functions_framework
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request as WerkzeugRequest

from shared import bootstrap
from shared.bootstrap.local_ports import LocalPorts
from tests.configured import configured
from tests.eventually import eventually
from tests.functional.places import FolderPlace, Place

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
    """What is redirected to the bucket is fetched from there, as by any player."""

    app: Flask
    place: Place

    @property
    def folder(self) -> Path:
        assert isinstance(self.place, FolderPlace)
        return self.place.folder

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.send("GET", path, headers=headers)

    def head(self, path: str) -> Answer:
        return self.send("HEAD", path)

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    def post(self, path: str, body: object = None) -> Answer:
        return self.send("POST", path) if body is None else self.send("POST", path, json=body)

    def send(self, method: str, path: str, **request: Any) -> Answer:  # noqa: ANN401  # Flask's own.
        if self.place.answers_at(path):
            return fetched(method, path, request.get("headers"))
        answer = self.asked(method, path, **request)
        if answer.status_code != HTTPStatus.FOUND:
            return answer
        return fetched(method, answer.headers["Location"], request.get("headers"))

    def asked(self, method: str, path: str, **request: Any) -> Answer:  # noqa: ANN401  # Flask's own.
        """Ask the service itself, and do not follow its redirects."""
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
        return self.place.files()

    def read(self, path: str) -> bytes:
        return self.place.read(path)

    def snapshot(self) -> Mapping[str, object]:
        return self.place.snapshot()


def fetched(method: str, url: str, headers: Mapping[str, str] | None) -> Answer:
    """Ask a server that is not the service."""
    asked = Request(url, method=method, headers=dict(headers or {}))
    try:
        answered = urlopen(asked, timeout=30)
    except HTTPError as refused:
        answered = refused
    with answered:
        return Answer(
            [answered.read()],
            f"{answered.status} {answered.reason}",
            Headers(answered.headers.items()),
            WerkzeugRequest({}),
        )


def function(target: str) -> Flask:
    app = functions_framework.create_app(target, str(MAIN))  # type: ignore[no-untyped-call]
    assert isinstance(app, Flask)
    return app


def serving(folder: Path, **environment: str) -> AbstractContextManager[Showreel]:
    """Serve the API over a data folder until the end of the block."""
    return served(FolderPlace(folder), environment)


@contextmanager
def served(
    place: Place, environment: Mapping[str, str] | None = None, *, delivering: bool = True
) -> Iterator[Showreel]:
    """The same over any place; a process can do so once at a time.

    Unless it is `delivering`, no process takes videos forward.
    """
    chosen = {"SYNTHETIC_SECONDS": "0", **place.environment, **(environment or {})}
    with configured(chosen):
        app = function("serve_api")
        with place.delivering(function) if delivering else undelivered():
            yield Showreel(app=app, place=place)


def go_on(monkeypatch: pytest.MonkeyPatch, *, by: timedelta) -> None:
    """Let the clock of what is served stand at that time from now."""
    later = datetime.now(UTC) + by
    monkeypatch.setattr(bootstrap.ports(), "now", lambda: later)


@contextmanager
def undelivered() -> Iterator[None]:
    """Have a folder's own queue deliver nothing. In a cloud, no subscription is made."""
    with patch.object(LocalPorts, "start", lambda _: None):
        yield
