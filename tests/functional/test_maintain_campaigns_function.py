"""maintain_campaigns as it is deployed: a tick in, whatever is due done."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest

from shared import bootstrap
from shared.domain.errors import UnavailableError
from tests.eventually import eventually
from tests.functional.pushes import a_message, push
from tests.functional.showreel import KITE, Showreel, function, go_on


@pytest.fixture
def worker(showreel: Showreel) -> Showreel:
    """maintain_campaigns beside `showreel`."""
    return replace(showreel, app=function("maintain_campaigns"))


def test_a_tick_wakes_a_video_whose_message_was_never_published(
    showreel: Showreel, worker: Showreel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as fault:
        fault.setattr(bootstrap.ports().queue, "publish", unavailable)
        (video,) = showreel.create("spring", KITE)
    assert showreel.video(video)["phase"] == "reserved"
    go_on(monkeypatch, by=timedelta(minutes=1))

    assert push(worker, a_message(None)).status_code == 200

    assert eventually(lambda: showreel.video(video)["phase"] == "done")


def unavailable(*_: object, **__: object) -> NoReturn:
    raise UnavailableError("Pub/Sub does not answer.")


@pytest.mark.parametrize("data", [b"", b"garbage", base64.b64encode(b"{}"), json.dumps(1).encode()])
def test_the_data_of_a_tick_is_ignored(worker: Showreel, data: bytes) -> None:
    assert push(worker, a_message(data)).status_code == 200


def test_an_unresponsive_store_makes_pubsub_redeliver_the_tick(
    worker: Showreel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.ports().campaigns, "due", unavailable)

    assert push(worker, a_message(None)).status_code == 503
