"""A place in an emulated Google Cloud, with the functions in threads of this process."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from google.cloud import firestore

from shared.domain.storage_layout import CURSOR, MIRROR_CURSOR
from tests.eventually import eventually
from tests.functional.places import NewApp
from tests.functional.workers import Workers
from tools.doctor.expected import FUNCTIONS
from tools.emulated_cloud.project import CloudProject

# A bucket refuses to write a tick's cursor more than once a second.
_TICK_SECONDS = 1.2


@dataclass(frozen=True)
class CloudPlace:
    """`key_file` holds a key whose signatures the bucket trusts."""

    project: CloudProject
    key_file: Path
    workers: Workers = field(default_factory=Workers, repr=False)

    @property
    def environment(self) -> Mapping[str, str]:
        return {**self.project.environment(self.key_file), "VIDEO_GENERATOR": "synthetic"}

    def files(self) -> set[str]:
        return {blob.name for blob in self.project.bucket.list_blobs()}

    def read(self, path: str) -> bytes:
        content: bytes = self.project.bucket.blob(path).download_as_bytes()
        return content

    def snapshot(self) -> Mapping[str, object]:
        # Who sees a commit may be faster than the one that made it: its copy in the bucket follows.
        eventually(lambda: self.workers.are_idle)
        objects = {
            blob.name: (blob.generation, blob.metageneration)
            for blob in self.project.bucket.list_blobs()
            if blob.name not in (CURSOR, MIRROR_CURSOR)
        }
        return objects | {document.reference.path: document.update_time for document in self._all()}

    def copy(self) -> "CloudPlace":
        """Return a place in another project with the same things in it."""
        copy = CloudPlace(a_project_like(self.project), self.key_file)
        for blob in self.project.bucket.list_blobs():
            content = blob.download_as_bytes()
            copied = copy.project.bucket.blob(blob.name)
            copied.cache_control = "private, max-age=86400, immutable"
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
        apps = {name: new_app(name) for name in FUNCTIONS.values()}
        with self.workers.serving(apps) as urls:
            self.project.subscribe(urls)
            try:
                with self.project.ticking(seconds=_TICK_SECONDS):
                    yield
            finally:
                self.project.unsubscribe()
                self.project.storage.forget()
                eventually(lambda: self.workers.are_idle)

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
