"""GET /v1/events: what became true, in order, with a cursor."""

from collections.abc import Iterator

import pytest

from tests.functional.places import Place
from tests.functional.refusals import assert_refused
from tests.functional.showreel import BOAT, KITE, Json, Showreel, served


@pytest.fixture
def family() -> str:
    """On the emulated cloud an event is listed only when its commit must be over, after 30 s."""
    return "local"


@pytest.fixture
def service(place: Place) -> Iterator[Showreel]:
    with served(place, {"SYNTHETIC_FAULTS": "failed=boat"}) as service:
        yield service


def listed(service: Showreel, query: str = "") -> list[Json]:
    """Read page after page of two events."""
    events: list[Json] = []
    after = ""
    while True:
        page = service.get(f"/v1/events?limit=2{query}{after}").json
        events += page["data"]
        if not page["has_more"]:
            return events
        after = f"&after={page['last_id']}"


def test_events_are_listed_in_their_order_and_selected(service: Showreel) -> None:
    service.send("PATCH", "/v1/campaigns/spring", json={"budget_usd": 2})
    (kite,) = service.create("spring", KITE)
    service.ended(kite)
    # A video that is current already is not promoted.
    service.post(f"/v1/videos/{kite['id']}/promote")
    (boat,) = service.create("autumn", BOAT)
    failed = service.ended(boat)
    assert service.delete("/v1/campaigns/autumn").status_code == 200

    events = listed(service)

    assert [(event["type"], event["data"]["id"]) for event in events] == [
        ("campaign.budget_warning", "spring"),
        ("video.completed", kite["id"]),
        ("video.failed", boat["id"]),
        ("video.deleted", boat["id"]),
    ]
    warning, completed, refused, gone = events
    assert warning["data"] == {
        "id": "spring",
        "object": "campaign",
        "used_usd": 1.6,
        "budget_usd": 2,
    }
    assert completed["data"].items() <= (service.video(kite) | {"batch_id": None}).items()
    assert refused["data"]["error"] == failed["error"]
    assert listed(service, "&type=video.failed") == [refused]
    assert listed(service, "&campaign_id=spring") == [warning, completed]
    assert listed(service, "&campaign_id=spring&type=video.failed") == []
    assert service.get(f"/v1/events?after={refused['id']}").json["data"] == [gone]
    assert service.get(f"/v1/events?after={gone['id']}").json["data"] == []


@pytest.mark.parametrize("cursor", ["x", f"evt_{'0' * 32}", "..%2f..", "%00", "%ff"])
def test_an_unknown_after_is_refused(refusing: Showreel, cursor: str) -> None:
    answer = refusing.get(f"/v1/events?after={cursor}")

    assert_refused(answer, 404, "not_found")
    assert "event" in answer.json["detail"]
