"""What all tests of the cloud family share."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import certifi
import pytest

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.veo_generator import VeoVideoGenerator
from shared.adapters.local.object_store import LocalObjectStore
from tests.cloud.firestore_door import Door, firestore_door
from tests.cloud.firestore_records import connect
from tests.cloud.iam import FakeIAM
from tests.cloud.loopback import only_loopback
from tests.cloud.veo import TODAY, MakeVeo, Veo, a_generator, veo_in_bucket, veo_inline
from tests.cloud.whole_way import Showreel, in_bucket, inline
from tools.emulated_cloud.bucket.signatures import ServiceAccount


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine() -> Iterator[None]:
    with only_loopback() as refused:
        yield
    assert refused == []


@pytest.fixture(scope="session")
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    bundle, file = Path(certifi.where()), tmp_path_factory.mktemp("authorities") / "one.pem"
    end = "-----END CERTIFICATE-----\n"
    file.write_text(bundle.read_text("utf-8").partition(end)[0] + end, "utf-8")
    return file


@pytest.fixture(autouse=True)
def clients_know_one_authority(one_authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To load all that there are takes a client of Google's SDK longer than most tests."""
    monkeypatch.setenv("SSL_CERT_FILE", str(one_authority))


@pytest.fixture
def door() -> Iterator[Door]:
    """What the calls to Firestore pass on their way."""
    with firestore_door() as door:
        yield door


@pytest.fixture
def repository(firestore_host: str, project: str, door: Door) -> FirestoreCampaignRepository:
    return connect(project)


@pytest.fixture
def iam(signing_account: ServiceAccount) -> Iterator[FakeIAM]:
    with FakeIAM(signing_account).running() as iam:
        yield iam


@pytest.fixture
def veo() -> Iterator[Veo]:
    """The adapter over a bucket, and the endpoint that it talks to."""
    with veo_in_bucket() as found:
        yield found


@pytest.fixture
def inline_veo() -> Iterator[Veo]:
    """The same without a bucket."""
    with veo_inline() as found:
        yield found


@pytest.fixture
def make_veo() -> Iterator[MakeVeo]:
    """Makes further adapters, for a URL and with changes."""
    with ExitStack() as stack:

        def make(url: str, **changes: Any) -> VeoVideoGenerator:  # noqa: ANN401
            return stack.enter_context(closing(a_generator(url, **changes)))

        yield make


@pytest.fixture(params=[in_bucket, inline], ids=["bucket", "inline"])
def showreel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Showreel]:
    """All of Showreel but its HTTP side, with Veo's clips in a bucket and in its answers."""
    objects = LocalObjectStore(tmp_path, now=lambda: TODAY)
    with request.param(objects) as veo:
        yield Showreel(veo=veo, objects=objects)


@pytest.fixture
def bucket_showreel(tmp_path: Path) -> Iterator[Showreel]:
    """Veo finishes by itself, asked or not."""
    objects = LocalObjectStore(tmp_path, now=lambda: TODAY)
    with veo_in_bucket(objects) as veo:
        yield Showreel(veo=veo, objects=objects)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-calls", action="store_true", help="write docs/benchmarks.md")
