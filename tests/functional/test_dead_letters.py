"""Pub/Sub gives a message up: the video that it was about is finished all the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus

import pytest
from flask import Flask, request

from shared.domain import reservation
from tests.eventually import eventually
from tests.functional.cloud_place import CloudPlace
from tests.functional.places import Place
from tests.functional.showreel import KITE, Json, function, served
from tests.functional.workers import Workers
from tools.emulated_cloud.topics import Topics

FEWEST_DELIVERIES = 5
"""Pub/Sub takes no smaller number."""


@pytest.fixture
def family() -> str:
    """A folder's own queue gives nothing up."""
    return "emulated"


@contextmanager
def giving_up(topics: Topics) -> Iterator[list[Json]]:
    """Have each message for `generate_video` refused, and yield those that are given up."""
    given_up: list[Json] = []
    refusing, burying = Flask("refusing"), Flask("burying")

    @refusing.post("/")
    def refuse() -> tuple[str, int]:
        return "Out of order.", HTTPStatus.SERVICE_UNAVAILABLE

    @burying.post("/")
    def bury() -> str:
        given_up.append(request.get_json()["message"])
        return "Noted."

    with Workers().serving({"refusing": refusing, "burying": burying}) as urls:
        topics.push_to(urls["burying"], topic="dead-letters", subscription="burying")
        topics.push_to(
            urls["refusing"],
            topic="generate-video",
            subscription="refusing",
            dead_letters="dead-letters",
            deliveries=FEWEST_DELIVERIES,
        )
        yield given_up
        topics.delete_subscription("refusing")
        topics.delete_subscription("burying")


def test_the_tick_resumes_the_video_of_a_dead_letter(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(place, CloudPlace)
    monkeypatch.setattr(reservation, "REPUBLISH_AFTER", timedelta(seconds=1))
    with served(place, delivering=False) as service:
        with giving_up(place.project.topics) as given_up:
            (video,) = service.create("spring", KITE)
            (letter,) = eventually(lambda: given_up)
            assert service.video(video)["phase"] == "reserved"

        with place.delivering(function):
            ended = service.ended(video)

    deliveries = letter["attributes"]["CloudPubSubDeadLetterSourceDeliveryCount"]
    assert (deliveries, ended["status"], ended["attempts"]) == ("5", "completed", 1)
