from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from shared.ports.object_store import ObjectStore
from shared.ports.video_generator import VideoGenerator
from tests.cloud.loopback import only_loopback
from tests.cloud.veo import Veo, veo_in_bucket, veo_inline
from tests.contract.video_generator_contract import (
    MakeGenerator,
    Scenario,
    VideoGeneratorContract,
)
from tools.emulated_cloud.vertex import Ending
from tools.emulated_cloud.vertex.answers import invalid_argument
from tools.emulated_cloud.vertex.faults import DROPPED_AFTER, NO_QUOTA, Fault
from tools.emulated_cloud.vertex.server import SUBMIT

FAULTS = {
    Scenario.IS_BUSY: NO_QUOTA,
    Scenario.REFUSES: Fault(answer=invalid_argument("`durationSeconds` is out of bound.")),
    Scenario.IS_CUT_OFF: DROPPED_AFTER,
}
ENDINGS = {
    Scenario.RUNS: Ending.NEVER,
    Scenario.FILTERS: Ending.FILTERED,
    Scenario.FAILS: Ending.INTERNAL_ERROR,
    Scenario.FORGETS: Ending.FORGOTTEN,
}


@pytest.mark.parametrize("start", [veo_in_bucket, veo_inline])
class TestVeoVideoGenerator(VideoGeneratorContract):
    @pytest.fixture
    def veo(self, start: Callable[[], AbstractContextManager[Veo]]) -> Iterator[Veo]:
        with only_loopback() as refused, start() as found:
            yield found
        assert refused == []

    @pytest.fixture
    def objects(self, veo: Veo) -> ObjectStore:
        return veo.objects

    @pytest.fixture
    def make_generator(self, veo: Veo) -> MakeGenerator:
        def make(scenario: Scenario) -> VideoGenerator:
            if scenario in FAULTS:
                veo.vertex.fail(SUBMIT, FAULTS[scenario])
            if scenario in ENDINGS:
                veo.vertex.will_end(ENDINGS[scenario])
            return veo.generator

        return make
