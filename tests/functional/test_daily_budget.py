"""DAILY_BUDGET_USD: what all campaigns together may use in a day.

What counts, and when it is released, is told by the tests of the use cases.
"""

from tests.functional.places import Place
from tests.functional.showreel import KITE, served

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
        assert before == service.snapshot()
