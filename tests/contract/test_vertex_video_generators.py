"""The generators of both families of models, over the stand-in for Vertex AI."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager

import pytest

from shared.ports.object_store import ObjectStore
from shared.ports.video_generator import VideoGenerator
from tests.cloud.loopback import only_loopback
from tests.cloud.omni import MODEL, Omni, omni_in_bucket, omni_inline
from tests.cloud.veo import Veo, veo_in_bucket, veo_inline
from tests.contract.video_generator_contract import (
    MakeGenerator,
    Scenario,
    VideoGeneratorContract,
)
from tools.emulated_cloud.vertex.answers import DROPPED_AFTER, NO_QUOTA, Fault, invalid_argument
from tools.emulated_cloud.vertex.endings import Ending
from tools.emulated_cloud.vertex.server import INTERACTIONS, SUBMIT, FakeVertex

FAULTS: Mapping[Scenario, Fault] = {
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


class OnVertex(VideoGeneratorContract):
    """`submit` is where submissions go, and `will_end` plans the ending of the next one."""

    submit = SUBMIT
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
            if scenario in FAULTS:
                service.vertex.fail(self.submit, FAULTS[scenario])
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
    will_end = FakeVertex.interactions_will_end
