"""The real adapter and the real SDK over the stand-in for the Interactions API."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from shared.adapters.google.clip_output import BucketOutput, ClipOutput, InlineOutput
from shared.adapters.google.omni_generator import OmniVideoGenerator
from shared.ports.object_store import ObjectStore
from shared.ports.video_generator import Submission
from tests.cloud.discovery import DescribedVertex
from tests.cloud.veo import BUCKET, PROJECT, TODAY, CountedToken, a_submission, into, out_of
from tools.emulated_cloud.vertex.clips import plain_clip
from tools.emulated_cloud.vertex.server import FakeVertex
from tools.in_memory.object_store import InMemoryObjectStore

MODEL = "gemini-omni-1.2-flash"


@dataclass(frozen=True, kw_only=True)
class Omni:
    """`generator` puts its clips into `objects`; `vertex` is what it calls."""

    vertex: FakeVertex
    generator: OmniVideoGenerator
    objects: ObjectStore


@contextmanager
def omni_in_bucket(**timing: Any) -> Iterator[Omni]:  # noqa: ANN401
    objects = InMemoryObjectStore()
    vertex = DescribedVertex(
        write_clip=into(objects), read_object=out_of(objects), make_clip=plain_clip, **timing
    )
    with _running(vertex, objects, BucketOutput(BUCKET)) as omni:
        yield omni


@contextmanager
def omni_inline(**timing: Any) -> Iterator[Omni]:  # noqa: ANN401
    objects = InMemoryObjectStore()
    vertex = DescribedVertex(make_clip=plain_clip, **timing)
    with _running(vertex, objects, InlineOutput(objects)) as omni:
        yield omni


def omni_submission(prompt: str = "A red bicycle", **parameters: Any) -> Submission:  # noqa: ANN401
    return a_submission(prompt, **{"model": MODEL, "duration_seconds": 3, **parameters})


def an_omni_generator(url: str, **changes: Any) -> OmniVideoGenerator:  # noqa: ANN401
    arguments: dict[str, Any] = {
        "project": PROJECT,
        "location": "global",
        "credentials": CountedToken(),
        "output": BucketOutput(BUCKET),
        "now": lambda: TODAY,
        "base_url": url,
    }
    return OmniVideoGenerator(**arguments | changes)


@contextmanager
def _running(vertex: DescribedVertex, objects: ObjectStore, output: ClipOutput) -> Iterator[Omni]:
    with vertex, closing(an_omni_generator(vertex.url, output=output)) as generator:
        yield Omni(vertex=vertex, generator=generator, objects=objects)
    assert vertex.unknown == []
