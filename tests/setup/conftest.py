import pytest

from tests.e2e.archive import pins
from tests.setup.newer_index import NewerIndex, make_newer_index
from tools.package import ROOT


@pytest.fixture(scope="session")
def newer_index(tmp_path_factory: pytest.TempPathFactory) -> NewerIndex:
    folder = tmp_path_factory.mktemp("newer-index")
    return make_newer_index(pins(ROOT / "requirements.txt"), folder)
