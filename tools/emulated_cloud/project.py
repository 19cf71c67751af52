"""A project of Google Cloud in the emulators, set up as Showreel needs it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Event, Thread

from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Bucket, Client  # type: ignore[import-untyped]

from shared.domain.storage_layout import ATTEMPTS, BATCHES, REQUESTS
from tools.doctor.expected import DEAD_LETTERS, EVENT_TOPIC, FUNCTIONS, PUBLIC_ACCESS_PREVENTION
from tools.emulated_cloud.bucket.server import StrictBucketServer
from tools.emulated_cloud.bucket.signatures import ServiceAccount
from tools.emulated_cloud.topics import Topics

_ACK_SECONDS = 60
_SETTINGS = {
    "iamConfiguration": {
        "uniformBucketLevelAccess": {"enabled": True},
        "publicAccessPrevention": PUBLIC_ACCESS_PREVENTION,
    },
    "lifecycle": {
        "rule": [
            {
                "action": {"type": "Delete"},
                "condition": {
                    "age": 30,
                    "matchesPrefix": [f"{each}/" for each in (ATTEMPTS, BATCHES, REQUESTS)],
                },
            }
        ]
    },
}


@dataclass(frozen=True, kw_only=True)
class CloudProject:
    """`firestore_host` and `pubsub_host` are `address:port`."""

    name: str
    firestore_host: str
    pubsub_host: str
    storage: StrictBucketServer

    @property
    def bucket_name(self) -> str:
        return f"{self.name}-videos"

    @property
    def topics(self) -> Topics:
        return Topics(host=self.pubsub_host, project=self.name)

    @cached_property
    def bucket(self) -> Bucket:
        client = Client(
            project=None,
            credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
            client_options={"api_endpoint": self.storage.url},
        )
        return client.bucket(self.bucket_name)

    def create(self) -> None:
        """Create the bucket and the topics."""
        self.storage.create_bucket(self.bucket_name, _SETTINGS)
        for topic in (*FUNCTIONS, EVENT_TOPIC, DEAD_LETTERS):
            self.topics.create(topic)
        self.topics.keep(DEAD_LETTERS, subscription=DEAD_LETTERS)

    def subscribe(self, urls: Mapping[str, str]) -> None:
        """Push the messages of each topic to its function, by the function's name.

        The bucket announces new clips from then on.
        """
        name = f"projects/{self.name}/topics/generate-video"
        self.storage.notify(self.pubsub_host, name, prefix=f"{ATTEMPTS}/")
        for topic, function in FUNCTIONS.items():
            self.topics.push_to(
                urls[function],
                topic=topic,
                subscription=topic,
                ack_seconds=_ACK_SECONDS,
                dead_letters=DEAD_LETTERS,
            )

    def unsubscribe(self) -> None:
        for topic in FUNCTIONS:
            self.topics.delete_subscription(topic)

    @contextmanager
    def ticking(self, *, seconds: float) -> Iterator[None]:
        """Publish the scheduler's message every `seconds` until the end of the block."""
        stopped = Event()

        def tick() -> None:
            while not stopped.wait(seconds):
                self.topics.publish("maintain-campaigns", {"attributes": {"source": "scheduler"}})

        thread = Thread(target=tick, name="scheduler", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()

    def keep_clip(self, uri: str, clip: bytes) -> None:
        """Store `clip` at `uri`, as Veo does."""
        path = uri.removeprefix(f"gs://{self.bucket_name}/")
        self.bucket.blob(path).upload_from_string(clip, content_type="video/mp4")

    def read_object(self, uri: str) -> bytes:
        """Return the content of an object. Raise FileNotFoundError."""
        blob = self.bucket.get_blob(uri.removeprefix(f"gs://{self.bucket_name}/"))
        if blob is None:
            raise FileNotFoundError(uri)
        return bytes(blob.download_as_bytes())

    def signing_environment(self, folder: Path, *, token_url: str) -> dict[str, str]:
        """The same with a new service account, whose key is in the folder and may sign URLs."""
        account = ServiceAccount("showreel")
        self.storage.trust(account.email, account.key.public_key())
        key_file = folder / "key.json"
        write_key_file(account, key_file, token_url=token_url)
        return self.environment(key_file)

    def environment(self, key_file: Path) -> dict[str, str]:
        """Return the settings of Showreel and of Google's clients for this project."""
        return {
            "STORAGE_URL": f"gs://{self.bucket_name}",
            "GOOGLE_CLOUD_PROJECT": self.name,
            "GOOGLE_APPLICATION_CREDENTIALS": str(key_file),
            "STORAGE_EMULATOR_HOST": self.storage.url,
            "FIRESTORE_EMULATOR_HOST": self.firestore_host,
            "PUBSUB_EMULATOR_HOST": self.pubsub_host,
            # Without spaces: a shell exports them as they are printed.
            "SIGNING_KEY": f"the-key-of-signatures-of-{self.name}",
            "PLAY_KEY": f"the-key-of-the-plays-of-{self.name}",
        }


def write_key_file(account: ServiceAccount, path: Path, *, token_url: str) -> None:
    """Write a file for GOOGLE_APPLICATION_CREDENTIALS with a key for this project alone."""
    path.touch(mode=0o600)
    path.write_text(json.dumps({**account.key_file, "token_uri": token_url}))
