"""A failed video goes after KEEP_FAILED_DAYS; its campaign's money and its answers stay."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared import bootstrap
from shared.domain.errors import UnavailableError
from shared.use_cases.maintain_campaigns import take_tick
from tests.eventually import eventually
from tests.functional.places import Place
from tests.functional.showreel import BOAT, KITE, Showreel, go_on, served

KEY = {"Idempotency-Key": "order-17"}
BODY = {"prompt": BOAT, "campaign_id": "spring", "seconds": 4}


@pytest.fixture
def service(place: Place) -> Iterator[Showreel]:
    faults = {"SYNTHETIC_FAULTS": "failed=boat", "KEEP_FAILED_DAYS": "8"}
    with served(place, faults) as service:
        yield service


def test_a_retired_videos_money_and_idempotent_answer_stay(
    service: Showreel, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shown,) = (service.ended(video) for video in service.create("spring", KITE))
    first = service.send("POST", "/v1/videos", json=BODY, headers=KEY)
    failed = service.ended(first.json)
    path = f"/v1/videos/{failed['id']}"
    assert failed["status"] == "failed"
    before = service.campaign("spring")
    record = f"videos/cache/spring/{failed['id'].rpartition('.')[2]}.json"
    assert eventually(lambda: record in service.files())

    let_days_pass(monkeypatch, days=7)
    assert service.get(path).status_code == 200
    let_days_pass(monkeypatch, days=9)

    # What may have been billed is checked once more first, and the tick after that retires it.
    assert eventually(lambda: has_ticked() and service.get(path).status_code == 404)
    assert eventually(lambda: record not in service.files())
    after = service.campaign("spring")
    assert before["money"] == after["money"]
    assert [shown["id"]] == [slot["current"]["id"] for slot in after["slots"]]
    listed = service.get("/v1/videos?campaign_id=spring").json["data"]
    assert [shown["id"]] == [video["id"] for video in listed]
    again = service.send("POST", "/v1/videos", json=BODY, headers=KEY)
    assert (first.data, "true") == (again.data, again.headers["Idempotency-Replayed"])


def let_days_pass(monkeypatch: pytest.MonkeyPatch, *, days: int) -> None:
    go_on(monkeypatch, by=timedelta(days=days))
    assert eventually(has_ticked)


def has_ticked() -> bool:
    """Tick. A bucket refuses it if another tick has written the cursor within the same second."""
    try:
        take_tick(bootstrap.ports())
    except UnavailableError:
        return False
    return True
