"""The emulated cloud in a process of its own: it has threads, and a process that forks must not.

Says where it is as JSON in one line, and serves until its input ends.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client  # type: ignore[import-untyped]

from shared.domain.storage_layout import video_of_clip
from shared.ports.message_queue import VideoMessage
from tests.chaos.bill import ASKED, MADE, Bill, Entry
from tests.chaos.clips import clip_of, warm_up
from tests.chaos.mailbox import Mailbox
from tools.emulated_cloud.bucket.server import StrictBucketServer
from tools.emulated_cloud.bucket.signatures import ServiceAccount
from tools.emulated_cloud.emulators import Emulator, FirestoreEmulator
from tools.emulated_cloud.environment import keep_off_the_cloud
from tools.emulated_cloud.http_front import Answer
from tools.emulated_cloud.vertex.answers import Json
from tools.emulated_cloud.vertex.server import FakeVertex

_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Places:
    """Every bucket has a folder of its own name, with its mailbox and its bill."""

    folder: Path

    def note(self, kind: str, uri: str) -> None:
        video = _video_at(uri)
        Bill(self._folder(uri) / "bill").note(Entry(kind, *video))

    def announce(self, uri: str) -> None:
        """Publish the notification of a new object, as the bucket does."""
        campaign_id, video_hash = _video_at(uri)
        mailbox = Mailbox(self._folder(uri) / "mailbox", lambda: _LONG_AGO)
        mailbox.publish(VideoMessage(campaign_id=campaign_id, video_hash=video_hash))

    def _folder(self, uri: str) -> Path:
        return self.folder / urlsplit(uri).netloc


class BilledVertex(FakeVertex):
    """Puts what it accepts on a bill, and writes clips that say whose they are."""

    def __init__(self, places: Places, storage_url: str) -> None:
        super().__init__(write_clip=self._write, make_clip=_make_nothing_yet)
        self._places = places
        self._storage = Client(
            project=None,
            credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
            client_options={"api_endpoint": storage_url},
        )

    def _submit(self, model: str, model_id: str, body: Json) -> Answer:
        self._places.note(ASKED, f"{body['parameters']['storageUri'].rstrip('/')}/sample_0.mp4")
        return super()._submit(model, model_id, body)

    def _interact(self, method: str, route: re.Match[str], body: Any) -> Answer:  # noqa: ANN401  # It is JSON.
        if not route["id"]:
            folder = body["response_format"]["gcs_uri"].rstrip("/")
            self._places.note(ASKED, f"{folder}/sample_0.mp4")
        return super()._interact(method, route, body)

    def _write(self, uri: str, clip: bytes) -> None:
        _, video_hash = _video_at(uri)
        where = urlsplit(uri)
        blob = self._storage.bucket(where.netloc).blob(where.path.lstrip("/"))
        blob.upload_from_string(clip_of(video_hash), content_type="video/mp4")
        self._places.announce(uri)
        self._places.note(MADE, uri)


def _make_nothing_yet(_prompt: str, _parameters: Any) -> bytes:  # noqa: ANN401  # It is JSON.
    return b""


def _video_at(uri: str) -> tuple[str, str]:
    video = video_of_clip(urlsplit(uri).path.lstrip("/"))
    assert video is not None, uri
    return video


@contextmanager
def emulated(variable: str, emulator: Callable[[], Emulator]) -> Iterator[str]:
    """Yield the host that the variable names, or that of an emulator which this block starts."""
    if host := os.environ.get(variable):
        yield host
        return
    with emulator() as started:
        yield started.host


def main() -> None:
    keep_off_the_cloud()
    warm_up()
    places = Places(Path(sys.argv[1]))
    with ExitStack() as stack:
        firestore_host = stack.enter_context(emulated("FIRESTORE_EMULATOR_HOST", FirestoreEmulator))
        storage = stack.enter_context(StrictBucketServer())
        vertex = stack.enter_context(BilledVertex(places, storage.url))
        signer = ServiceAccount("signer")
        storage.trust(signer.email, signer.key.public_key())
        key_file = places.folder / "key.json"
        key_file.touch(mode=0o600)
        key_file.write_text(json.dumps(signer.key_file))
        environment = {
            "FIRESTORE_EMULATOR_HOST": firestore_host,
            "STORAGE_EMULATOR_HOST": storage.url,
            "GOOGLE_APPLICATION_CREDENTIALS": str(key_file),
            "VEO_BASE_URL": vertex.url,
        }
        sys.stdout.write(json.dumps(environment) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
