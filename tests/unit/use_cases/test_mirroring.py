"""The JSON beside the videos follows the records, and no request waits for it."""

import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest

from shared.adapters.record_mirror import ObjectStoreMirror
from shared.domain.agreement import Disagreement
from shared.domain.errors import RetryLaterError, StorageError, UnavailableError
from shared.domain.reconciling import CampaignState
from shared.domain.schedule import COMMIT_DELAY, MIRRORED_AFTER, TICK
from shared.domain.storage_layout import CACHE, MIRROR_CURSOR
from shared.domain.values import replace
from shared.domain.video import Phase, Video
from shared.ports.object_store import PutMode
from shared.ports.video_generator import Submission
from shared.records.files import file_path_of
from shared.use_cases import mirroring
from shared.use_cases.begin_campaign import change_campaign
from shared.use_cases.campaign_state import load_campaign_state
from shared.use_cases.change_versions import cancel_video, delete_video, promote_video
from shared.use_cases.create_videos import create_videos
from shared.use_cases.delete_campaign import delete_campaign
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.mirroring import sweep_mirror
from shared.use_cases.reconcile import repair_disagreements
from shared.use_cases.regenerate_videos import regenerate_video
from tests.fakes.ports import FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    a_request,
    deliver,
    make,
    remake,
    reserve,
    settle,
    stored,
    submit,
    wake,
)

FOLDER = f"{CACHE}/{CAMPAIGN_ID}"
A_SECOND = timedelta(seconds=1)


def names(ports: FakePorts) -> set[str]:
    paths = ports.json.objects
    return {path.removeprefix(f"{FOLDER}/") for path in paths if path.startswith(FOLDER)}


def in_json(ports: FakePorts, video: Video) -> Video | None:
    return ports.mirror.read_video(CAMPAIGN_ID, video.video_hash, current=True)


def stale(ports: FakePorts) -> tuple[str, ...]:
    return ports.mirror.stale(ports.mirror.list(CAMPAIGN_ID), state(ports))


def state(ports: FakePorts) -> CampaignState:
    return load_campaign_state(ports.campaigns, CAMPAIGN_ID)


def sweep(ports: FakePorts) -> None:
    ports.clock.advance(A_SECOND)
    sweep_mirror(ports, end=ports.now() + TICK)


def lose_json(ports: FakePorts) -> None:
    for path in [path for path in ports.json.objects if CACHE in path]:
        del ports.json.objects[path]


def test_no_request_writes_json(ports: FakePorts) -> None:
    create_videos(ports, a_request("A red bicycle", "A blue bicycle"))
    assert names(ports) == set()

    sweep(ports)

    assert len(names(ports)) == 3
    assert stale(ports) == ()


def test_the_submission_is_in_the_json_before_it_is_made(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Video | None] = []
    submit_to_generator = ports.generator.submit

    def note(submission: Submission) -> object:
        seen.append(in_json(ports, video))
        return submit_to_generator(submission)

    monkeypatch.setattr(ports.generator, "submit", note)
    video = reserve(ports)
    deliver(ports)

    (written,) = seen
    assert written is not None
    assert (written.phase, len(written.attempts)) == (Phase.SUBMITTING, 1)


@pytest.mark.parametrize("error", [UnavailableError("It hangs."), StorageError("No.")])
def test_without_its_json_nothing_is_submitted_nor_recorded(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The bucket that does not take the file would not take the clip either."""

    def refuse(_: Video) -> None:
        raise error

    video = reserve(ports)
    with monkeypatch.context() as patch:
        patch.setattr(ports.mirror, "write_submission", refuse)
        try:
            wake(ports, video)
        except RetryLaterError:
            assert isinstance(error, UnavailableError)
        assert ports.generator.submissions == []
        assert (stored(ports, video).phase, stored(ports, video).attempts) == (Phase.RESERVED, ())

    settle(ports)

    assert stored(ports, video).phase is Phase.DONE
    assert len(ports.generator.submissions) == 1


def test_a_step_writes_the_json_of_its_current_and_replaced_videos_at_once(
    ports: FakePorts,
) -> None:
    old = make(ports)
    ports.clock.advance(A_SECOND)
    new = remake(ports, old)

    assert {f"{old.video_hash}.json", f"curr_{new.video_hash}.json", "campaign.json"} == names(
        ports
    )
    assert stored(ports, new) == replace(
        in_json(ports, new) or new, revision=stored(ports, new).revision
    )


def test_no_name_is_written_more_than_once_a_second(ports: FakePorts) -> None:
    ports.mirror = ObjectStoreMirror(ports.json, gap=A_SECOND, now=ports.clock)
    video = submit(ports, script=Script(running_checks=1))
    assert (in_json(ports, video) or video).phase is Phase.SUBMITTING

    sweep(ports)

    assert (in_json(ports, video) or video).phase is Phase.GENERATING
    assert stale(ports) == ()


def test_a_repair_waits_until_a_name_can_be_written_again(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(seconds: float) -> None:
        ports.clock.advance(timedelta(seconds=seconds))

    monkeypatch.setattr(time, "sleep", sleep)
    ports.mirror = ObjectStoreMirror(ports.json, gap=A_SECOND, now=ports.clock)
    video = make(ports)
    ports.clock.advance(MIRRORED_AFTER)
    ports.json.put(file_path_of(video), BytesIO(b"{}"), content_type="", mode=PutMode.OVERWRITE)

    found = repair_disagreements(ports, CAMPAIGN_ID)

    assert [(each.kind, each.repaired) for each in found] == [(Disagreement.METADATA_STALE, True)]


def cancel(ports: FakePorts, video: Video) -> None:
    """The campaign stays as it is."""
    new = regenerate_video(ports, CAMPAIGN_ID, video.video_hash).video
    wake(ports, new)
    sweep(ports)
    cancel_video(ports, CAMPAIGN_ID, new.video_hash)


def promote(ports: FakePorts, video: Video) -> None:
    remake(ports, video)
    sweep(ports)
    promote_video(ports, CAMPAIGN_ID, video.video_hash)


CHANGES: list[Callable[[FakePorts, Video], object]] = [
    lambda ports, video: change_campaign(ports, CAMPAIGN_ID, budget_usd=None),
    lambda ports, video: delete_video(ports, CAMPAIGN_ID, video.video_hash),
    cancel,
    promote,
]


@pytest.mark.parametrize("change", CHANGES, ids=["budget", "delete", "cancel", "promote"])
def test_changes_by_requests_are_swept(
    ports: FakePorts, change: Callable[[FakePorts, Video], object]
) -> None:
    video = make(ports)
    sweep(ports)
    assert stale(ports) == ()
    ports.clock.advance(A_SECOND)
    change(ports, video)
    assert stale(ports) != ()

    sweep(ports)

    assert stale(ports) == ()


def test_json_left_stale_by_a_crash_is_swept_once(ports: FakePorts) -> None:
    make(ports)
    lose_json(ports)
    sweep(ports)
    assert stale(ports) == ()

    ports.clock.advance(COMMIT_DELAY)
    sweep(ports)
    lose_json(ports)
    sweep(ports)

    assert names(ports) == set()


def test_a_commit_that_is_seen_late_is_swept(ports: FakePorts) -> None:
    make(ports)
    sweep(ports)
    ports.clock.advance(COMMIT_DELAY - 3 * A_SECOND)
    began = ports.now()
    sweep(ports)
    sweep(ports)
    campaign = ports.campaigns.campaigns[CAMPAIGN_ID]
    ports.campaigns.campaigns[CAMPAIGN_ID] = replace(campaign, updated_at=ports.now())
    ports.campaigns.written_at[CAMPAIGN_ID, None] = began

    sweep(ports)

    assert stale(ports) == ()


def test_an_interrupted_sweep_continues_where_it_stopped(ports: FakePorts) -> None:
    ids = [f"campaign{number}" for number in range(4)]
    for campaign_id in ids:
        create_videos(ports, a_request("A red bicycle", campaign_id=campaign_id))
        ports.clock.advance(COMMIT_DELAY)
    look = ports.mirror.list
    swept: list[str] = []

    def slow(campaign_id: str) -> object:
        swept.append(campaign_id)
        ports.clock.advance(TICK)
        return look(campaign_id)

    for _ in ids:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ports.mirror, "list", slow)
            sweep_mirror(ports, end=ports.now() + TICK)

    assert ids == swept


def test_a_campaign_whose_json_cannot_be_written_does_not_hold_the_others(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_videos(ports, a_request("A red bicycle", campaign_id="broken"))
    create_videos(ports, a_request("A red bicycle"))
    look = ports.mirror.list

    def fail(campaign_id: str) -> object:
        if campaign_id == "broken":
            raise UnavailableError("It hangs.")
        return look(campaign_id)

    monkeypatch.setattr(ports.mirror, "list", fail)
    sweep(ports)

    assert stale(ports) == ()


def test_the_tick_sweeps_stale_json(ports: FakePorts) -> None:
    reserve(ports)
    maintain_campaigns(ports)

    assert stale(ports) == ()
    assert MIRROR_CURSOR in ports.json.objects


def test_the_json_of_a_deleted_campaign_is_removed(ports: FakePorts) -> None:
    make(ports)

    assert delete_campaign(ports, CAMPAIGN_ID)

    assert names(ports) == set()


@pytest.mark.parametrize("count", [1, 2, 5, 11])
def test_a_sweep_ends_if_more_changes_than_a_page_have_one_time(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(mirroring, "_CHANGES_AT_ONCE", 2)
    for number in range(count):
        create_videos(ports, a_request("A red bicycle", campaign_id=f"c{number}"))

    sweep(ports)

    for number in range(count):
        assert f"{CACHE}/c{number}/campaign.json" in ports.json.objects


def test_a_campaign_that_could_not_be_mirrored_is_swept_again(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if other campaigns have changed since, for as long as an hour."""
    create_videos(ports, a_request("A red bicycle", campaign_id="broken"))
    with monkeypatch.context() as patch:
        patch.setattr(ports.mirror, "update", refuse)
        sweep(ports)
        ports.clock.advance(COMMIT_DELAY * 3)
        create_videos(ports, a_request("A red bicycle"))
        sweep(ports)
    assert not [path for path in ports.json.objects if path != MIRROR_CURSOR]

    sweep(ports)

    assert f"{CACHE}/broken/campaign.json" in ports.json.objects


def refuse(*_arguments: object, **_options: object) -> object:
    raise UnavailableError("It hangs.")
