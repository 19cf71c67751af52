"""Budgets and max_cost_usd: what a campaign and a request may cost at most."""

import pytest

from tests.functional.places import ONLY_LOCAL, Place
from tests.functional.showreel import BOAT, KITE, Showreel, served

CLIP_USD = 1.6  # Four seconds of the default model.


def test_a_campaign_shows_its_budget_and_the_rest(place: Place) -> None:
    with served(place, {"CAMPAIGN_BUDGET_USD": "5"}, delivering=False) as service:
        service.create("spring", KITE)

        budget = service.campaign("spring")["budget"]
        assert budget == {
            "currency": "USD",
            "limit_usd": 5,
            "available_usd": 3.4,
            "own_usd": None,
            "default_usd": 5,
        }


def test_a_request_that_exceeds_the_budget_is_refused_and_leaves_nothing(place: Place) -> None:
    with served(place, {"CAMPAIGN_BUDGET_USD": "3"}) as service:
        before = service.snapshot()

        answer = service.post(
            "/v1/campaigns/spring/videos", {"prompts": [KITE, BOAT], "seconds": 4}
        )

        assert (answer.status_code, answer.json["code"]) == (422, "budget_exceeded")
        assert "budget of 3 USD" in answer.json["detail"]
        assert answer.headers["X-Should-Retry"] == "false"
        assert service.snapshot() == before


def test_a_campaign_can_be_given_a_budget_before_its_first_video(showreel: Showreel) -> None:
    changed = showreel.send("PATCH", "/v1/campaigns/spring", json={"budget_usd": CLIP_USD})
    assert (changed.status_code, changed.json["budget"]["limit_usd"]) == (200, CLIP_USD)

    showreel.create("spring", KITE)
    refused = showreel.post("/v1/videos", {"prompt": BOAT, "campaign_id": "spring", "seconds": 4})
    assert refused.json["code"] == "budget_exceeded"

    showreel.send("PATCH", "/v1/campaigns/spring", json={"budget_usd": None})
    showreel.create("spring", KITE, BOAT)
    assert showreel.campaign("spring")["budget"]["limit_usd"] is None


@ONLY_LOCAL
@pytest.mark.parametrize(
    "budget",
    [-1, "NaN", "Infinity", "a lot", "", "1e", "12,50", "1e-400", 1e-30, 1e300, True, [], 1e13],
)
def test_a_budget_is_an_amount(showreel: Showreel, budget: object) -> None:
    answer = showreel.send("PATCH", "/v1/campaigns/spring", json={"budget_usd": budget})

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_request")
    assert answer.json["error"]["param"] == "budget_usd"
    assert showreel.get("/v1/campaigns/spring").status_code == 404


@ONLY_LOCAL
def test_a_maximum_cost_may_be_a_sum_of_binary_fractions(showreel: Showreel) -> None:
    answer = showreel.post(
        "/v1/videos", {"prompt": KITE, "seconds": 4, "max_cost_usd": 1.6000000000000003}
    )

    assert answer.status_code == 202


@ONLY_LOCAL
@pytest.mark.parametrize("max_cost", [-0.01, "NaN", "cheap"])
def test_a_maximum_cost_is_an_amount(showreel: Showreel, max_cost: object) -> None:
    answer = showreel.post("/v1/videos", {"prompt": KITE, "max_cost_usd": max_cost})

    assert (answer.status_code, answer.json["error"]["param"]) == (400, "max_cost_usd")


def test_a_request_that_costs_more_than_its_caller_allows_is_refused(showreel: Showreel) -> None:
    request = {"prompts": [KITE, BOAT], "seconds": 4, "max_cost_usd": CLIP_USD}

    answer = showreel.post("/v1/campaigns/spring/videos", request)

    assert (answer.status_code, answer.json["code"]) == (422, "max_cost_exceeded")
    assert showreel.get("/v1/campaigns/spring").status_code == 404


def test_a_regeneration_that_costs_more_than_allowed_is_refused(gallery: Showreel) -> None:
    video = gallery.get("/v1/videos?version_state=current&limit=1").json["data"][0]

    for path in (
        f"/v1/videos/{video['id']}/regenerate",
        f"/v1/campaigns/{video['campaign_id']}/regenerate",
    ):
        answer = gallery.post(path, {"max_cost_usd": 0.01})
        assert (answer.status_code, answer.json["code"]) == (422, "max_cost_exceeded")
