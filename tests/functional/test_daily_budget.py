"""DAILY_BUDGET_USD: what all campaigns together may use in a day.

What counts, and when it is released, is told by the tests of the use cases.
"""

from tests.functional.places import Place
from tests.functional.showreel import BOAT, KITE, served

TWO_CLIPS = {"DAILY_BUDGET_USD": "3.20"}  # Four seconds of the default model cost 1.60.


def test_a_request_that_exceeds_the_day_is_refused_and_leaves_nothing(place: Place) -> None:
    with served(place, TWO_CLIPS, delivering=False) as service:
        service.create("spring", KITE)
        service.create("summer", KITE)
        before = service.snapshot()

        answer = service.post("/v1/campaigns/autumn/videos", {"prompts": [KITE], "seconds": 4})

        assert (answer.status_code, answer.json["code"]) == (422, "budget_exceeded")
        assert "DAILY_BUDGET_USD" in answer.json["detail"]
        assert "00:00 UTC" in answer.json["detail"]
        assert answer.headers["X-Should-Retry"] == "false"
        assert service.snapshot() == before


def test_a_budget_set_during_a_day_counts_what_the_day_has_used(place: Place) -> None:
    with served(place, delivering=False) as service:
        service.create("spring", KITE)
        deleted, _ = service.create("summer", KITE, BOAT)
        service.delete(f"/v1/videos/{deleted['id']}")

    with served(place, TWO_CLIPS, delivering=False) as service:
        answer = service.post("/v1/campaigns/autumn/videos", {"prompts": [KITE], "seconds": 4})

    assert (answer.status_code, answer.json["code"]) == (422, "budget_exceeded")
    assert "3.20 USD of" in answer.json["detail"]
