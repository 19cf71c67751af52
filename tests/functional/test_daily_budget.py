"""DAILY_BUDGET_USD: what all campaigns together may use in a day."""

from tests.functional.places import Place
from tests.functional.showreel import BOAT, KITE, Showreel, served

TWO_CLIPS = {"DAILY_BUDGET_USD": "3.20"}  # Four seconds of the default model cost 1.60.


def refusal(service: Showreel, campaign_id: str) -> str | None:
    """Return the code of the refusal to make one more, or None if it was not refused."""
    answer = service.post("/v1/videos", {"prompt": BOAT, "campaign_id": campaign_id, "seconds": 4})
    return None if answer.status_code == 202 else str(answer.json["code"])


def test_a_request_that_exceeds_the_day_is_refused_and_leaves_nothing(place: Place) -> None:
    with served(place, TWO_CLIPS, delivering=False) as service:
        service.create("spring", KITE)
        service.create("summer", KITE)
        before = service.snapshot()

        answer = service.post("/v1/campaigns/autumn/videos", {"prompts": [KITE], "seconds": 4})

        assert (422, "budget_exceeded") == (answer.status_code, answer.json["code"])
        assert "DAILY_BUDGET_USD" in answer.json["detail"]
        assert "00:00 UTC" in answer.json["detail"]
        assert "false" == answer.headers["X-Should-Retry"]
        assert before == service.snapshot()


def test_a_cache_hit_needs_no_budget(place: Place) -> None:
    with served(place, TWO_CLIPS) as service:
        (video,) = service.create("spring", KITE)
        assert "completed" == service.ended(video)["status"]
        service.create("summer", KITE)
        assert "budget_exceeded" == refusal(service, "autumn")

        (again,) = service.create("spring", KITE)

        assert video["id"] == again["id"]


def test_an_estimate_states_that_the_daily_budget_is_used_up(place: Place) -> None:
    with served(place, TWO_CLIPS, delivering=False) as service:
        body = {"prompts": [KITE, BOAT, "A third"], "campaign_id": "spring", "seconds": 4}

        answer = service.post("/v1/videos/estimate", body)

        assert (422, "budget_exceeded") == (answer.status_code, answer.json["code"])


def test_the_dollars_of_a_cancelled_unsubmitted_video_can_be_used_again(place: Place) -> None:
    with served(place, TWO_CLIPS, delivering=False) as service:
        (video,) = service.create("spring", KITE)
        service.create("summer", KITE)
        assert "budget_exceeded" == refusal(service, "autumn")

        assert 200 == service.post(f"/v1/videos/{video['id']}/cancel").status_code

        assert refusal(service, "autumn") is None


def test_the_dollars_of_a_filtered_video_can_be_used_again(place: Place) -> None:
    with served(place, {**TWO_CLIPS, "SYNTHETIC_FAULTS": f"filtered={KITE}"}) as service:
        for video in service.create("spring", KITE, f"{KITE}!"):
            assert "failed" == service.ended(video)["status"]

        assert refusal(service, "summer") is None


def test_the_daily_budget_survives_a_restart(place: Place) -> None:
    with served(place, TWO_CLIPS, delivering=False) as service:
        service.create("spring", KITE, BOAT)

    with served(place, TWO_CLIPS, delivering=False) as service:
        assert "budget_exceeded" == refusal(service, "summer")


def test_a_raised_budget_counts_what_was_used_under_the_former_one(place: Place) -> None:
    with served(place, TWO_CLIPS, delivering=False) as service:
        service.create("spring", KITE, BOAT)

    with served(place, {"DAILY_BUDGET_USD": "200"}, delivering=False) as service:
        service.create("summer", KITE)

    with served(place, {"DAILY_BUDGET_USD": "4.80"}, delivering=False) as service:
        assert "budget_exceeded" == refusal(service, "autumn")
