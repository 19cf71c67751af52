from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from shared.ports.object_store import ObjectStore
from shared.ports.video_generator import VideoGenerator
from tests.cloud.loopback import only_loopback
from tests.cloud.omni import MODEL, Omni, omni_in_bucket, omni_inline
from tests.contract.video_generator_contract import (
    MakeGenerator,
    Scenario,
    VideoGeneratorContract,
)
from tools.emulated_cloud.vertex import Ending
from tools.emulated_cloud.vertex.answers import invalid_argument
from tools.emulated_cloud.vertex.faults import DROPPED_AFTER, NO_QUOTA, Fault
from tools.emulated_cloud.vertex.server import INTERACTIONS

FAULTS = {
    Scenario.IS_BUSY: NO_QUOTA,
    Scenario.REFUSES: Fault(answer=invalid_argument("`duration` is out of bound.")),
    Scenario.IS_CUT_OFF: DROPPED_AFTER,
}
ENDINGS = {
    Scenario.RUNS: Ending.NEVER,
    Scenario.FILTERS: Ending.FILTERED,
    Scenario.FAILS: Ending.INTERNAL_ERROR,
    Scenario.FORGETS: Ending.FORGOTTEN,
}


@pytest.mark.parametrize("start", [omni_in_bucket, omni_inline])
class TestOmniVideoGenerator(VideoGeneratorContract):
    model = MODEL

    @pytest.fixture
    def omni(self, start: Callable[[], AbstractContextManager[Omni]]) -> Iterator[Omni]:
        with only_loopback() as refused, start() as found:
            yield found
        assert refused == []

    @pytest.fixture
    def objects(self, omni: Omni) -> ObjectStore:
        return omni.objects

    @pytest.fixture
    def make_generator(self, omni: Omni) -> MakeGenerator:
        def make(scenario: Scenario) -> VideoGenerator:
            if scenario in FAULTS:
                omni.vertex.fail(INTERACTIONS, FAULTS[scenario])
            if scenario in ENDINGS:
                omni.vertex.interactions_will_end(ENDINGS[scenario])
            return omni.generator

        return make
