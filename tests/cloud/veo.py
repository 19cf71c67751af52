"""The real adapter and the real SDK over the stand-in for Vertex AI."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from google.auth.credentials import AnonymousCredentials

from shared.adapters.google.clip_output import BucketOutput, ClipOutput, InlineOutput
from shared.adapters.google.veo_generator import VeoVideoGenerator
from shared.domain.errors import ObjectNotFoundError
from shared.domain.storage_layout import attempt_prefix
from shared.domain.video import GenerationParameters
from shared.ports.object_store import ObjectStore
from shared.ports.video_generator import Submission, VideoGenerator
from tests.cloud.discovery import DescribedVertex
from tools.emulated_cloud.vertex.clips import plain_clip
from tools.emulated_cloud.vertex.operations import ReadObject, WriteClip
from tools.emulated_cloud.vertex.server import FakeVertex
from tools.in_memory.object_store import InMemoryObjectStore

PROJECT = "showreel-project"
LOCATION = "us-central1"
BUCKET = "showreel-clips"
MODEL = "veo-3.1-generate-001"
TODAY = datetime(2026, 11, 10, tzinfo=UTC)

MakeVeo = Callable[..., VeoVideoGenerator]


class CountedToken(AnonymousCredentials):
    """`token-1`, and another one after each refresh."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.refreshed = 0
        self.token = "token-1"  # noqa: S105

    def refresh(self, request: object) -> None:
        self.refreshed += 1
        self.token = f"token-{self.refreshed + 1}"


@dataclass(frozen=True, kw_only=True)
class Veo:
    """`generator` puts its clips into `objects`; `vertex` is who it asks."""

    vertex: FakeVertex
    generator: VideoGenerator
    objects: ObjectStore


@contextmanager
def veo_in_bucket(objects: ObjectStore | None = None, **timing: Any) -> Iterator[Veo]:  # noqa: ANN401
    objects = objects or InMemoryObjectStore()
    vertex = DescribedVertex(
        write_clip=into(objects), read_object=out_of(objects), make_clip=plain_clip, **timing
    )
    with _running(vertex, objects, BucketOutput(BUCKET)) as veo:
        yield veo


@contextmanager
def veo_inline(objects: ObjectStore | None = None, **timing: Any) -> Iterator[Veo]:  # noqa: ANN401
    objects = objects or InMemoryObjectStore()
    vertex = DescribedVertex(make_clip=plain_clip, **timing)
    with _running(vertex, objects, InlineOutput(objects)) as veo:
        yield veo


def a_generator(url: str, **changes: Any) -> VeoVideoGenerator:  # noqa: ANN401
    arguments: dict[str, Any] = {
        "project": PROJECT,
        "location": LOCATION,
        "credentials": CountedToken(),
        "output": BucketOutput(BUCKET),
        "now": lambda: TODAY,
        "base_url": url,
    }
    return VeoVideoGenerator(**arguments | changes)


def into(objects: ObjectStore) -> WriteClip:
    """Let the objects of the bucket be those of `objects`."""

    def write(uri: str, clip: bytes) -> None:
        path = uri.removeprefix(f"gs://{BUCKET}/")
        objects.put(path, BytesIO(clip), content_type="video/mp4")

    return write


def a_submission(prompt: str = "A red bicycle", **parameters: Any) -> Submission:  # noqa: ANN401
    """A short one, whose clip is quickly rendered."""
    chosen: dict[str, Any] = {"model": MODEL, "duration_seconds": 4, **parameters}
    return Submission(
        campaign_id="Spring_2026",
        video_hash="0123456789abcdef",
        index=0,
        attempt=1,
        prompt=prompt,
        enhanced_prompt=f"{prompt}\n\nBrand: Tidewater Cycles",
        parameters=GenerationParameters(**chosen),
        output_prefix=attempt_prefix("Spring_2026", "0123456789abcdef", 1),
    )


def out_of(objects: ObjectStore) -> ReadObject:
    """Let Vertex AI read the objects of the bucket from `objects`."""

    def read(uri: str) -> bytes:
        try:
            with objects.open(uri.removeprefix(f"gs://{BUCKET}/")) as content:
                return content.read()
        except ObjectNotFoundError as error:
            raise FileNotFoundError(uri) from error

    return read


@contextmanager
def _running(vertex: DescribedVertex, objects: ObjectStore, output: ClipOutput) -> Iterator[Veo]:
    with vertex, closing(a_generator(vertex.url, output=output)) as generator:
        yield Veo(vertex=vertex, generator=generator, objects=objects)
    assert vertex.unknown == []
