"""The queue as callers see it: what waits, when its turn comes, and why it does not."""

from collections.abc import Iterator

import pytest

from shared.settings import DEFAULT_MODEL
from tests.eventually import eventually
from tests.functional.places import Place
from tests.functional.showreel import KITE, Json, Showreel, served
from tests.functional.test_batches import JSON_LINES, a_line, lines


@pytest.fixture
def stopped(place: Place) -> Iterator[Showreel]:
    """A service whose model has a rate of 0."""
    with served(place, environment={"MODEL_RATES": f"{DEFAULT_MODEL}=0"}) as service:
        yield service


def test_a_rate_of_0_submits_nothing_and_says_why(stopped: Showreel) -> None:
    (video,) = stopped.create("spring", KITE)
    batch = stopped.send("POST", "/v1/batches", data=lines(a_line(0)), headers=JSON_LINES).json

    def is_waiting() -> Json | None:
        latest: Json = stopped.get(f"/v1/batches/{batch['id']}").json
        return latest if latest["videos"]["queued"] else None

    waiting = eventually(is_waiting)
    queue = stopped.video(video)["queue"]
    assert (queue["position"], queue["expected_submission_at"]) == (1, None)
    assert "MODEL_RATES" in queue["reason"]
    campaign = stopped.campaign("spring")["queue"]
    assert campaign == {"waiting": 1, "expected_done_at": None, "reason": queue["reason"]}
    assert (waiting["expected_done_at"], waiting["reason"]) == (None, queue["reason"])
