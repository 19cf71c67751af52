from datetime import timedelta

import pytest

from shared.domain.errors import (
    GenerationRefusedError,
    GeneratorBusyError,
    SubmissionUnknownError,
)
from shared.ports.video_generator import Failed, Gone
from tests.contract.video_generator_contract import (
    MakeGenerator,
    Scenario,
    VideoGeneratorContract,
)
from tests.fakes.video_generator import FakeVideoGenerator, Script
from tools.in_memory.object_store import InMemoryObjectStore

SCRIPTS = {
    Scenario.SUCCEEDS: Script(running_checks=1),
    Scenario.RUNS: Script(running_checks=1),
    Scenario.IS_BUSY: Script(raises=GeneratorBusyError("Busy.", retry_after=timedelta(seconds=1))),
    Scenario.REFUSES: Script(raises=GenerationRefusedError("No.", code="invalid_request")),
    Scenario.FILTERS: Script(ending=Failed(code="content_filtered", message="A policy.")),
    Scenario.FAILS: Script(ending=Failed(code="provider_error", message="A fault.")),
    Scenario.FORGETS: Script(ending=Gone()),
    Scenario.IS_CUT_OFF: Script(raises=SubmissionUnknownError("No answer.")),
}


class TestFakeVideoGenerator(VideoGeneratorContract):
    @pytest.fixture
    def objects(self) -> InMemoryObjectStore:
        return InMemoryObjectStore()

    @pytest.fixture
    def make_generator(self, objects: InMemoryObjectStore) -> MakeGenerator:
        return lambda scenario: FakeVideoGenerator(objects, SCRIPTS[scenario])
