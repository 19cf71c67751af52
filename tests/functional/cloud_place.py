"""A place in an emulated Google Cloud, with the functions in threads of this process."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from uuid import uuid4

from flask import Flask
from google.cloud import firestore
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.cloud.project import FUNCTIONS, CloudProject
from tests.eventually import eventually
from tests.functional.places import NewApp

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_TICK_SECONDS = 0.3


@dataclass(frozen=True)
class CloudPlace:
    """`key_file` holds a key whose signatures the bucket trusts."""

    project: CloudProject
    key_file: Path

    @property
    def environment(self) -> Mapping[str, str]:
        return {**self.project.environment(self.key_file), "VIDEO_GENERATOR": "synthetic"}

    def files(self) -> set[str]:
        return {blob.name for blob in self.project.bucket.list_blobs()}

    def read(self, path: str) -> bytes:
        content: bytes = self.project.bucket.blob(path).download_as_bytes()
        return content

    def snapshot(self) -> Mapping[str, object]:
        objects = {
            blob.name: (blob.generation, blob.metageneration)
            for blob in self.project.bucket.list_blobs()
        }
        return objects | {document.reference.path: document.update_time for document in self._all()}

    def copy(self) -> "CloudPlace":
        """Return a place in another project with the same things in it."""
        copy = CloudPlace(a_project_like(self.project), self.key_file)
        for blob in self.project.bucket.list_blobs():
            content = blob.download_as_bytes()
            copied = copy.project.bucket.blob(blob.name)
            copied.cache_control = "public, max-age=86400"
            copied.upload_from_string(content, content_type=blob.content_type)
        batch = copy._client.batch()
        for document in self._all():
            reference = copy._client.document(document.reference.path)
            batch.create(reference, document.to_dict() or {})
        batch.commit()
        return copy

    def answers_at(self, url: str) -> bool:
        return url.startswith(self.project.storage.url)

    @contextmanager
    def delivering(self, new_app: NewApp) -> Iterator[None]:
        workers = _Workers({name: new_app(name) for name in FUNCTIONS.values()})
        with workers.serving() as urls:
            self.project.subscribe(urls)
            try:
                with self.project.ticking(seconds=_TICK_SECONDS):
                    yield
            finally:
                self.project.unsubscribe()
                self.project.storage.forget()
                eventually(lambda: workers.are_idle)

    @cached_property
    def _client(self) -> firestore.Client:
        with patch.dict(os.environ, FIRESTORE_EMULATOR_HOST=self.project.firestore_host):
            return firestore.Client(project=self.project.name)

    def _all(self) -> Iterator[firestore.DocumentSnapshot[Any]]:
        yield from self._client.collection("campaigns").stream()
        yield from self._client.collection_group("videos").stream()


def a_project_like(project: CloudProject) -> CloudProject:
    """Return a new project in the same emulators."""
    other = replace(project, name=f"showreel-{uuid4().hex[:12]}")
    other.create()
    return other


class _Workers:
    """Serves each function under its name, and counts what is under way."""

    def __init__(self, apps: Mapping[str, Flask]) -> None:
        self._apps = apps
        self._busy = 0
        self._lock = Lock()

    @property
    def are_idle(self) -> bool:
        with self._lock:
            return self._busy == 0

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        app = self._apps[environ["PATH_INFO"].strip("/")]
        with self._lock:
            self._busy += 1
        try:
            return list(app({**environ, "PATH_INFO": "/"}, start))
        finally:
            with self._lock:
                self._busy -= 1

    @contextmanager
    def serving(self) -> Iterator[Mapping[str, str]]:
        server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=_SilentHandler)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield {name: f"http://127.0.0.1:{server.port}/{name}/" for name in self._apps}
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _SilentHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""
