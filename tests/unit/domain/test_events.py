"""An event is derived from the record of its end, by any process and at any time."""

from datetime import timedelta
from decimal import Decimal

import pytest

from shared.domain.batch import batch_ends_of
from shared.domain.campaign import Change
from shared.domain.errors import NotFoundError
from shared.domain.events import EventType, budget_warning, ends_of, of_video
from shared.domain.identity import require_event_id
from shared.domain.removal import begin_deletion, remove
from shared.domain.values import replace
from shared.domain.versions import cancel, complete, fail, promote
from shared.domain.video import AttemptOutcome, Failure, Phase
from tests.contract.batch_repository_contract import a_batch
from tests.unit.domain.builders import (
    CLIP,
    NOW,
    SOON,
    a_campaign,
    a_generating_video,
    a_reserved_video,
    a_storing_video,
)

FAILURE = Failure(code="content_filtered", message="A policy.")


def types(change: Change) -> list[EventType]:
    return [event.type for event in change.events]


@pytest.mark.parametrize("phase", Phase)
def test_a_video_has_the_event_of_its_end_and_none_before(phase: Phase) -> None:
    video = a_generating_video(phase=phase, completed_at=SOON, failure=FAILURE)

    expected = {
        Phase.DONE: [EventType.VIDEO_COMPLETED],
        Phase.FAILED: [EventType.VIDEO_FAILED],
        Phase.CANCELLED: [EventType.VIDEO_CANCELLED],
    }
    assert [event.type for event in ends_of(video)] == expected.get(phase, [])


def test_an_event_has_the_facts_of_its_video() -> None:
    video = a_generating_video(
        7, phase=Phase.FAILED, completed_at=SOON, failure=FAILURE, requested_by="shop"
    )

    (event,) = ends_of(video)

    assert (event.campaign_id, event.created_at, event.requested_by) == ("spring", SOON, "shop")
    assert event.video is not None
    assert (event.video.id, event.video.failure) == (video.id, FAILURE)


def test_equal_ends_have_equal_ids_and_other_events_have_others() -> None:
    done = a_storing_video(1, phase=Phase.DONE, completed_at=NOW)
    batch = a_batch(completed_at=NOW)
    later = replace(done, completed_at=NOW + timedelta(microseconds=1))
    other = a_storing_video(2, phase=Phase.DONE, completed_at=NOW)

    events = [
        *ends_of(done),
        *ends_of(later),
        *ends_of(other),
        *(of_video(kind, done, at=NOW) for kind in list(EventType)[3:7]),
        budget_warning("spring", used=Decimal(8), budget=Decimal(10), at=NOW),
        *batch_ends_of(batch),
    ]

    assert len({require_event_id(event.id) for event in events}) == 9
    assert ends_of(replace(done, index=3))[0].id == events[0].id


def test_a_batch_in_progress_has_no_event() -> None:
    assert batch_ends_of(a_batch()) == ()


def test_a_record_without_the_time_of_its_end_has_no_event() -> None:
    assert ends_of(a_storing_video(phase=Phase.DONE, completed_at=None)) == ()


@pytest.mark.parametrize("text", ["", "evt_", f"evt_{'0' * 31}", f"evt_{'G' * 32}", "evt_\u0661"])
def test_what_cannot_be_the_id_of_an_event_is_not_found(text: str) -> None:
    with pytest.raises(NotFoundError):
        require_event_id(text)


def test_a_cancelled_video_has_not_failed() -> None:
    video = a_reserved_video()
    change = cancel(a_campaign(), video, now=SOON)

    assert types(change) == [EventType.VIDEO_CANCELLED]
    assert change.events == ends_of(change.videos[0])


def test_a_video_that_is_being_made_is_only_asked_to_be_cancelled() -> None:
    assert cancel(a_campaign(), a_generating_video(), now=SOON).events == ()


def test_a_video_that_fails_and_is_completed_after_all_has_both_events() -> None:
    failed = fail(
        a_campaign(),
        a_generating_video(),
        failure=FAILURE,
        outcome=AttemptOutcome.POSSIBLY_BILLED,
        now=NOW,
    )
    found = replace(failed.videos[0], phase=Phase.STORING)
    done = complete(failed.campaign, found, replaced=None, clip=CLIP, now=SOON)

    assert types(failed.then(done)) == [EventType.VIDEO_FAILED, EventType.VIDEO_COMPLETED]


def test_a_promoted_video_replaces_another_without_an_event() -> None:
    first = complete(a_campaign(), a_storing_video(1), replaced=None, clip=CLIP, now=NOW)
    second = complete(first.campaign, a_storing_video(2), replaced=None, clip=CLIP, now=NOW)
    (shown,), (historical,) = first.videos, second.videos
    change = promote(second.campaign, historical, replaced=shown, now=SOON)

    assert types(change) == [EventType.VIDEO_PROMOTED]
    assert change.events[0].video is not None
    assert change.events[0].video.id == historical.id


def test_changes_that_follow_each_other_are_one_commit() -> None:
    first = cancel(a_campaign(), a_reserved_video(1), now=NOW)
    second = cancel(first.campaign, a_reserved_video(2), now=NOW)
    gone = remove(second.campaign, first.videos, now=SOON)

    change = first.then(second).then(gone)

    assert change.campaign == gone.campaign
    assert change.videos == second.videos
    assert change.removed == first.videos
    assert change.events == (*first.events, *second.events, *gone.events)
    assert types(gone) == [EventType.VIDEO_DELETED]


def test_a_deletion_cancels_each_video_that_waits_with_its_event() -> None:
    videos = (a_reserved_video(1), a_reserved_video(2))

    change = begin_deletion(a_campaign(), videos, now=NOW)

    assert types(change) == [EventType.VIDEO_CANCELLED] * 2
    assert [each.phase for each in change.videos] == [Phase.CANCELLED] * 2
