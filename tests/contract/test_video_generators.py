"""The generators: the fake, the synthetic one, and Google's, over the stand-in for Vertex AI."""

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from shared.adapters.local import video_generator
from shared.adapters.local.clip import ClipSpec, render_clip
from shared.adapters.local.video_generator import SyntheticVideoGenerator
from shared.domain.errors import (
    GenerationRefusedError,
    GeneratorBusyError,
    SubmissionUnknownError,
    UnavailableError,
)
from shared.domain.faults import parse_faults
from shared.domain.values import replace
from shared.ports.object_store import ObjectStore
from shared.ports.video_generator import Failed, Gone, VideoGenerator
from tests.cloud.loopback import only_loopback
from tests.cloud.omni import MODEL, Omni, omni_in_bucket, omni_inline
from tests.cloud.veo import Veo, veo_in_bucket, veo_inline
from tests.contract.video_generator_contract import (
    MakeGenerator,
    Scenario,
    VideoGeneratorContract,
)
from tests.fakes.video_generator import FakeVideoGenerator, Script
from tools.emulated_cloud.vertex.answers import (
    DROPPED_AFTER,
    NO_QUOTA,
    UNAVAILABLE,
    Fault,
    invalid_argument,
)
from tools.emulated_cloud.vertex.endings import Ending
from tools.emulated_cloud.vertex.server import INTERACTIONS, POLL, SUBMIT, FakeVertex
from tools.in_memory.object_store import InMemoryObjectStore

SCRIPTS = {
    Scenario.SUCCEEDS: Script(running_checks=1),
    Scenario.RUNS: Script(running_checks=1),
    Scenario.IS_BUSY: Script(raises=GeneratorBusyError("Busy.", retry_after=timedelta(seconds=1))),
    Scenario.REFUSES: Script(raises=GenerationRefusedError("No.", code="invalid_request")),
    Scenario.FILTERS: Script(ending=Failed(code="content_filtered", message="A policy.")),
    Scenario.FAILS: Script(ending=Failed(code="provider_error", message="A fault.")),
    Scenario.FORGETS: Script(ending=Gone()),
    Scenario.IS_SILENT: Script(ending=UnavailableError("503")),
    Scenario.IS_CUT_OFF: Script(raises=SubmissionUnknownError("No answer.")),
}

SYNTHETIC_FAULTS = {
    Scenario.IS_BUSY: "rate_limited",
    Scenario.REFUSES: "refused",
    Scenario.FILTERS: "filtered",
    Scenario.FAILS: "failed",
    Scenario.FORGETS: "lost",
    Scenario.IS_CUT_OFF: "answer_lost",
}

VERTEX_FAULTS: Mapping[Scenario, Fault] = {
    Scenario.IS_BUSY: NO_QUOTA,
    Scenario.REFUSES: Fault(answer=invalid_argument("The duration is out of bound.")),
    Scenario.IS_CUT_OFF: DROPPED_AFTER,
}
ENDINGS = {
    Scenario.RUNS: Ending.NEVER,
    Scenario.FILTERS: Ending.FILTERED,
    Scenario.FAILS: Ending.INTERNAL_ERROR,
    Scenario.FORGETS: Ending.FORGOTTEN,
}


class TestFakeVideoGenerator(VideoGeneratorContract):
    @pytest.fixture
    def objects(self) -> InMemoryObjectStore:
        return InMemoryObjectStore()

    @pytest.fixture
    def make_generator(self, objects: InMemoryObjectStore) -> MakeGenerator:
        return lambda scenario: FakeVideoGenerator(objects, SCRIPTS[scenario])


def render_few_frames(
    spec: ClipSpec, destination: Path, *, is_stopping: Callable[[], bool] = bool
) -> None:
    """The contract looks at no frame, and each costs processor time."""
    render_clip(replace(spec, fps=2), destination, is_stopping=is_stopping)


def cannot_be_read(path: str) -> BinaryIO:
    raise OSError(errno.EIO, os.strerror(errno.EIO), path)


class TestSyntheticVideoGenerator(VideoGeneratorContract):
    @pytest.fixture(autouse=True)
    def few_frames(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(video_generator, "render_clip", render_few_frames)

    @pytest.fixture
    def objects(self) -> InMemoryObjectStore:
        return InMemoryObjectStore()

    @pytest.fixture
    def make_generator(
        self, objects: InMemoryObjectStore, monkeypatch: pytest.MonkeyPatch
    ) -> MakeGenerator:
        def make(scenario: Scenario) -> VideoGenerator:
            if scenario is Scenario.IS_SILENT:
                monkeypatch.setattr(objects, "open", cannot_be_read)
            return SyntheticVideoGenerator(
                objects,
                seconds=3600 if scenario is Scenario.RUNS else 0,
                faults=parse_faults(SYNTHETIC_FAULTS.get(scenario, "")),
                now=lambda: datetime.now(UTC),
            )

        return make


class TestSyntheticOmniGenerator(TestSyntheticVideoGenerator):
    """It stands for the models that can be cancelled, too."""

    model = "gemini-omni-1.2-flash"


class OnVertex(VideoGeneratorContract):
    """`submit` is where submissions go, and `poll` where checks go, each at most twice.

    `will_end` plans the ending of the next one.
    """

    submit = SUBMIT
    poll = POLL
    will_end = FakeVertex.will_end

    @pytest.fixture
    def service(
        self, start: Callable[[], AbstractContextManager[Veo | Omni]]
    ) -> Iterator[Veo | Omni]:
        with only_loopback() as refused, start() as found:
            yield found
        assert refused == []

    @pytest.fixture
    def objects(self, service: Veo | Omni) -> ObjectStore:
        return service.objects

    @pytest.fixture
    def make_generator(self, service: Veo | Omni) -> MakeGenerator:
        def make(scenario: Scenario) -> VideoGenerator:
            if scenario in VERTEX_FAULTS:
                service.vertex.fail(self.submit, VERTEX_FAULTS[scenario])
            if scenario is Scenario.IS_SILENT:
                service.vertex.fail(self.poll, UNAVAILABLE, times=2)
            if scenario in ENDINGS:
                type(self).will_end(service.vertex, ENDINGS[scenario])
            return service.generator

        return make


@pytest.mark.parametrize("start", [veo_in_bucket, veo_inline])
class TestVeoVideoGenerator(OnVertex):
    pass


@pytest.mark.parametrize("start", [omni_in_bucket, omni_inline])
class TestOmniVideoGenerator(OnVertex):
    model = MODEL
    submit = INTERACTIONS
    poll = f"{INTERACTIONS}/"
    will_end = FakeVertex.interactions_will_end
