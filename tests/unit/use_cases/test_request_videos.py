"""Create what a message asks for once, however often it comes and whichever process dies."""

import json
from decimal import Decimal

import pytest

from shared.domain.errors import (
    InvalidRequestError,
    ModelRetiredError,
    UnavailableError,
)
from shared.domain.storage_layout import answer_path
from shared.domain.values import replace
from shared.domain.video import Video
from shared.use_cases.change_versions import cancel_video, delete_video
from shared.use_cases.create_videos import CreateVideos
from shared.use_cases.request_videos import request_videos
from tests.fakes.ports import POLICY, FakePorts
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    a_request,
    make,
    remake,
    reserve,
    settle,
)
from tests.unit.use_cases.watching import (
    DiedError,
    Hooks,
    Once,
    at_every_call,
    die,
    watched,
)

ONE = "2070443601311540"
OTHER = "2070443601311541"


def asked(prompt: str = "A red bicycle") -> CreateVideos:
    return a_request(prompt)


def receipt(ports: FakePorts, message_id: str = ONE) -> dict[str, object]:
    content = ports.objects.objects[answer_path(message_id)].content
    return dict(json.loads(content))


def videos(ports: FakePorts) -> list[Video]:
    return list(ports.campaigns.videos.values())


def test_a_receipt_has_the_result_of_its_message(ports: FakePorts) -> None:
    request_videos(ports, ONE, asked)

    (video,) = videos(ports)
    assert receipt(ports) == {
        "message_id": ONE,
        "received_at": ports.now().isoformat(),
        "campaign_id": CAMPAIGN_ID,
        "video_ids": [video.id],
        "error": None,
    }


def test_a_duplicate_delivered_after_the_video_was_deleted_changes_nothing(
    ports: FakePorts,
) -> None:
    request_videos(ports, ONE, asked)
    (video,) = videos(ports)
    delete_video(ports, CAMPAIGN_ID, video.video_hash)

    request_videos(ports, ONE, asked)

    assert videos(ports) == []


def test_the_same_prompts_in_another_message_find_the_same_video(ports: FakePorts) -> None:
    request_videos(ports, ONE, asked)
    request_videos(ports, OTHER, asked)

    assert receipt(ports, ONE)["video_ids"] == receipt(ports, OTHER)["video_ids"]


@pytest.mark.parametrize("ended", [True, False])
def test_a_message_whose_process_crashes_at_any_call_is_carried_out_once(*, ended: bool) -> None:
    """Also where the video that was made has come to a bad end before the next delivery."""

    def simulate(at: int) -> bool:
        ports = FakePorts()
        hook = Once(die, at=at)
        try:
            request_videos(watched(ports, Hooks(before_call=hook)), ONE, asked)
        except DiedError:
            if ended:
                for video in videos(ports):
                    cancel_video(ports, CAMPAIGN_ID, video.video_hash)
        request_videos(ports, ONE, asked)
        (video,) = videos(ports)
        assert receipt(ports)["video_ids"] == [video.id]
        return hook.has_acted

    at_every_call(simulate)


def test_concurrent_deliveries_are_carried_out_once() -> None:
    def simulate(at: int) -> bool:
        ports = FakePorts()
        hook = Once(lambda: request_videos(ports, ONE, asked), at=at)
        request_videos(watched(ports, Hooks(before_call=hook)), ONE, asked)
        (video,) = videos(ports)
        assert receipt(ports)["video_ids"] == [video.id]
        return hook.has_acted

    at_every_call(simulate)


def test_an_invalid_request_is_recorded_and_not_decoded_again(ports: FakePorts) -> None:
    def retired() -> CreateVideos:
        raise ModelRetiredError("It is gone.")

    request_videos(ports, ONE, retired)
    request_videos(ports, ONE, asked)

    assert receipt(ports)["error"] == {"code": "model_retired", "message": "It is gone."}
    assert videos(ports) == []


def test_a_request_that_exceeds_the_daily_budget_is_not_retried_the_next_day() -> None:
    ports = FakePorts(policy=replace(POLICY, daily_budget_usd=Decimal(0)))

    request_videos(ports, ONE, asked)
    ports.policy = POLICY
    request_videos(ports, ONE, asked)
    request_videos(ports, OTHER, asked)

    assert "budget_exceeded" in str(receipt(ports)["error"])
    assert receipt(ports, OTHER)["video_ids"] == [video.id for video in videos(ports)]


def test_a_request_for_a_busy_slot_is_rejected(ports: FakePorts) -> None:
    """To refuse the message would slow down its subscription, and end in the dead letters."""
    make(ports, "A blue bicycle")
    reserve(ports, "A green bicycle")

    request_videos(ports, ONE, asked)

    assert "slot_busy" in str(receipt(ports)["error"])
    assert receipt(ports)["video_ids"] == []


def test_a_regenerated_video_is_not_taken_for_the_messages_own(ports: FakePorts) -> None:
    """It has the metadata of the one that it replaces, and so names the same message."""
    request_videos(ports, ONE, asked)
    settle(ports)
    (video,) = videos(ports)
    remake(ports, video)

    request_videos(ports, ONE, asked)

    assert receipt(ports)["video_ids"] == [video.id]


def test_an_unresponsive_store_leaves_no_receipt(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object) -> None:
        raise UnavailableError("The database does not answer.")

    monkeypatch.setattr(ports.campaigns, "commit", unavailable)

    with pytest.raises(UnavailableError):
        request_videos(ports, ONE, asked)
    assert answer_path(ONE) not in ports.objects.objects


def test_a_message_id_that_leads_elsewhere_is_refused(ports: FakePorts) -> None:
    with pytest.raises(InvalidRequestError):
        request_videos(ports, "../campaign", asked)
    assert videos(ports) == []
