"""What the tests of use cases and those of handlers share."""

import pytest

from shared.domain.video import Video
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import make, remake


@pytest.fixture
def ports() -> FakePorts:
    return FakePorts()


@pytest.fixture
def old(ports: FakePorts) -> Video:
    return make(ports)


@pytest.fixture
def new(ports: FakePorts, old: Video) -> Video:
    """What replaced `old`."""
    return remake(ports, old)
