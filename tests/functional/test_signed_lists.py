"""Lists with signed URLs where IAM signs: eight calls at once, and one for each new URL."""

from collections.abc import Iterator
from threading import Barrier
from typing import Any

import pytest

from shared.adapters.google import credentials as google_credentials
from shared.domain.values import replace
from shared.domain.video import Phase, VersionState
from tests.cloud.firestore_door import GET, QUERY, Door
from tests.cloud.firestore_records import connect
from tests.cloud.iam import FakeIAM, KeylessCredentials, LoopbackRequest
from tests.contract.campaign_repository_contract import stored
from tests.functional.cloud_place import CloudPlace
from tests.functional.places import Place
from tests.functional.showreel import Json, Showreel, served
from tests.unit.domain.builders import CLIP, NOW, a_reserved_video
from tools.emulated_cloud.bucket.signatures import ServiceAccount

LIST = "/v1/videos?campaign_id=spring&limit=100"


@pytest.fixture
def family() -> str:
    """A folder signs by itself."""
    return "emulated"


@pytest.fixture
def full_place(place: Place, monkeypatch: pytest.MonkeyPatch) -> CloudPlace:
    """A hundred finished videos."""
    assert isinstance(place, CloudPlace)
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", place.project.firestore_host)
    finished = replace(
        a_reserved_video(),
        phase=Phase.DONE,
        version_state=VersionState.HISTORICAL,
        clip=CLIP,
        completed_at=NOW,
        due_at=None,
    )
    videos = [replace(finished, video_hash=f"{number:016x}") for number in range(100)]
    stored(connect(place.project.name), *videos)
    return place


@pytest.fixture
def iam(signing_account: ServiceAccount, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeIAM]:
    iam = FakeIAM(signing_account)
    request = LoopbackRequest(iam.host)

    def credentials() -> Any:  # noqa: ANN401  # As the adapter makes them.
        return google_credentials.iam_credentials(KeylessCredentials(signing_account), request)

    monkeypatch.setattr(google_credentials, "signing_credentials", credentials)
    with iam.running():
        yield iam
    request.close()


def listed(service: Showreel, rest: str = "") -> list[Json]:
    answer = service.get(f"{LIST}{rest}")
    assert answer.status_code == 200
    return list(answer.json["data"])


def test_a_list_signs_its_urls_concurrently_and_each_once(
    full_place: CloudPlace, iam: FakeIAM
) -> None:
    iam.waits_for = Barrier(4, timeout=20)
    with served(full_place, delivering=False) as service:
        assert len(listed(service)) == 100
        assert (iam.connections, iam.calls) == (0, 0)

        first = [video["signed_url"] for video in listed(service, "&include=signed_url")]
        assert len({each["url"] for each in first}) == 100
        assert iam.calls == 100
        assert max(iam.connections, iam.most_at_once) <= 8

        second = [video["signed_url"] for video in listed(service, "&include=signed_url")]
        assert first == second
        assert iam.calls == 100


def test_a_list_stops_signing_after_the_first_refusals(
    full_place: CloudPlace, iam: FakeIAM
) -> None:
    iam.refusals = [403] * 100

    with served(full_place, delivering=False) as service:
        assert service.get(f"{LIST}&include=signed_url").status_code == 503

    assert iam.calls < 50


def test_a_list_costs_one_query_and_its_urls_one_read(full_place: CloudPlace, door: Door) -> None:
    with served(full_place, delivering=False) as service:
        listed(service)
        assert [call.method for call in door.calls] == [QUERY]

        listed(service, "&include=signed_url")
        assert [call.method for call in door.calls] == [QUERY, QUERY, GET]
