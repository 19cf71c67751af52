"""What the mirror keeps over every object store."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest

from shared.adapters.record_mirror import ObjectStoreMirror
from shared.domain.campaign import Campaign
from shared.domain.money import Savings
from shared.domain.reconciling import CampaignState
from shared.domain.slot import Slot, Version
from shared.domain.storage_layout import CACHE
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import (
    Failure,
    Phase,
    VersionState,
    Video,
)
from shared.domain.video_steps import (
    begin_attempt,
    begin_check,
    begin_storing,
)
from shared.ports import utc_now
from shared.ports.object_store import ObjectStore, PutMode
from shared.records.form import decode
from tests.contract.batch_repository_contract import a_batch
from tests.unit.domain.builders import (
    NOW,
    SOON,
    a_campaign,
    a_generating_video,
    a_reserved_video,
    a_submitting_video,
    taken_back,
)

FOLDER = f"{CACHE}/spring"
HASH = f"{1:016x}"
NAME = f"{FOLDER}/{HASH}.json"
CURRENT = f"{FOLDER}/curr_{HASH}.json"
CAMPAIGN = f"{FOLDER}/campaign.json"


def a_mirror(objects: ObjectStore, gap: timedelta = timedelta()) -> ObjectStoreMirror:
    return ObjectStoreMirror(objects, gap=gap, now=utc_now)


def a_failed_video() -> Video:
    failure = Failure(code="failed", message="It failed.")
    return a_reserved_video(1, phase=Phase.FAILED, version_state=None, failure=failure, due_at=None)


def shown(video: Video, state: VersionState = VersionState.CURRENT) -> Video:
    return replace(video, phase=Phase.DONE, version_state=state, due_at=None)


def state_of(*videos: Video, campaign: Campaign | None = None) -> CampaignState:
    return CampaignState.of(campaign or a_campaign(), videos)


def write(objects: ObjectStore, path: str, content: bytes) -> None:
    file = BytesIO(content)
    objects.put(path, file, content_type="application/json", mode=PutMode.OVERWRITE)


def contents(objects: ObjectStore) -> dict[str, bytes]:
    found = {}
    for info in objects.list(f"{FOLDER}/"):
        with objects.open(info.path) as file:
            found[info.path] = file.read()
    return found


def mirrored(objects: ObjectStore, state: CampaignState) -> ObjectStoreMirror:
    mirror = a_mirror(objects)
    assert mirror.update(mirror.list("spring"), state) == ()
    return mirror


def lose_one(objects: ObjectStore) -> str:
    objects.delete(NAME)
    return NAME


def lose_the_campaign(objects: ObjectStore) -> str:
    objects.delete(CAMPAIGN)
    return CAMPAIGN


def damage_one(objects: ObjectStore) -> str:
    write(objects, NAME, b"{")
    return NAME


def leave_an_older_one(objects: ObjectStore) -> str:
    write(objects, NAME, contents(objects)[NAME].replace(b"It failed.", b"It is failing."))
    return NAME


def leave_that_of_another_video(objects: ObjectStore) -> str:
    write(objects, NAME, contents(objects)[f"{FOLDER}/{2:016x}.json"])
    return NAME


def leave_the_name_of_another_state(objects: ObjectStore) -> str:
    write(objects, CURRENT, contents(objects)[NAME])
    return CURRENT


FAULTS = [
    lose_one,
    lose_the_campaign,
    damage_one,
    leave_an_older_one,
    leave_that_of_another_video,
    leave_the_name_of_another_state,
]


class RecordMirrorContract:
    """A subclass gives the fixture `store`, an object store that is empty."""

    def test_a_mirrored_record_is_read(self, store: ObjectStore) -> None:
        videos = (a_generating_video(1, metadata={"a.b/c`": "plain"}), shown(a_reserved_video(2)))
        mirror = mirrored(store, state_of(*videos))

        assert contents(store).keys() == {CAMPAIGN, NAME, f"{FOLDER}/curr_{2:016x}.json"}
        assert decode(contents(store)[CAMPAIGN], Campaign) == a_campaign()
        for video in videos:
            found = mirror.read_video("spring", video.video_hash, current=video.is_current)
            assert found == video

    @pytest.mark.parametrize("fault", FAULTS)
    def test_stale_json_is_found_and_repaired(
        self, store: ObjectStore, fault: Callable[[ObjectStore], str]
    ) -> None:
        state = state_of(a_failed_video(), a_generating_video(2))
        mirror = mirrored(store, state)
        before = contents(store)
        path = fault(store)
        assert (path,) == mirror.stale(mirror.list("spring"), state)

        assert mirror.update(mirror.list("spring"), state) == ()

        assert mirror.stale(mirror.list("spring"), state) == ()
        assert contents(store) == before

    def test_a_file_whose_record_is_missing_is_found_and_kept(self, store: ObjectStore) -> None:
        """A database that has lost commits is restored from it."""
        mirror = mirrored(store, state_of(a_failed_video(), a_generating_video(2)))
        former = state_of(a_failed_video())

        assert mirror.update(mirror.list("spring"), former) == ()

        assert mirror.stale(mirror.list("spring"), former) == (f"{FOLDER}/{2:016x}.json",)

    def test_the_file_of_a_removed_video_is_removed(self, store: ObjectStore) -> None:
        gone = a_generating_video(2)
        mirror = mirrored(store, state_of(a_failed_video(), gone))
        state = state_of(a_failed_video())
        state = replace(state, campaign=state.campaign.without_video(gone))

        assert mirror.update(mirror.list("spring"), state) == ()

        assert mirror.stale(mirror.list("spring"), state) == ()

    def test_the_name_of_a_file_follows_the_state_of_its_record(self, store: ObjectStore) -> None:
        for state in (VersionState.CURRENT, VersionState.HISTORICAL, VersionState.CURRENT):
            mirrored(store, state_of(shown(a_reserved_video(1), state)))

            path = CURRENT if state is VersionState.CURRENT else NAME
            assert set(contents(store)) == {path, CAMPAIGN}

    def test_a_file_that_changed_since_the_listing_is_left_alone(self, store: ObjectStore) -> None:
        """Of two that write at once, the one that has read an older record gives way."""
        old, new = a_failed_video(), replace(a_failed_video(), failure=None)
        mirrored(store, state_of(replace(old, tags=("a",))))
        mirror = a_mirror(store)
        listing = mirror.list("spring")
        mirrored(store, state_of(new))
        newest = contents(store)

        assert mirror.update(listing, state_of(old)) == (NAME,)
        assert mirror.update(listing, state_of()) == ()

        assert contents(store) == newest

    def test_a_lease_alone_is_not_written(self, store: ObjectStore) -> None:
        waiting = a_generating_video(1)
        mirror = mirrored(store, state_of(waiting))
        saved = replace(a_campaign(), savings=Savings(amount=Decimal(1), hits=1))

        for step in (begin_check, begin_storing):
            held = step(waiting, lease_expires_at=SOON)
            assert mirror.stale(mirror.list("spring"), state_of(held, campaign=saved)) == ()

    def test_a_cancellation_and_an_operation_are_written(self, store: ObjectStore) -> None:
        mirror = mirrored(store, state_of(a_submitting_video(1)))

        for video in (
            a_generating_video(1),
            replace(a_submitting_video(1), cancel_requested=True),
            taken_back(a_submitting_video(1)),
        ):
            assert mirror.stale(mirror.list("spring"), state_of(video)) == (NAME,)

    def test_a_submission_is_written_over_any_file(self, store: ObjectStore) -> None:
        mirror = a_mirror(store)
        mirror.write_submission(a_submitting_video(1))
        assert mirror.read_video("spring", HASH, current=False) == a_submitting_video(1)

        postponed = taken_back(a_submitting_video(1))
        mirrored(store, state_of(postponed))
        second = begin_attempt(postponed, now=NOW, lease_expires_at=SOON)
        mirror.write_submission(second)

        assert mirror.read_video("spring", HASH, current=False) == second

    @pytest.mark.parametrize(
        "reserved",
        [a_reserved_video(1), taken_back(a_submitting_video(1))],
    )
    def test_an_intended_submission_is_not_overwritten_by_an_older_record(
        self, store: ObjectStore, reserved: Video
    ) -> None:
        """Records that are rebuilt must not permit another one."""
        mirror = a_mirror(store)
        mirror.write_submission(begin_attempt(reserved, now=NOW, lease_expires_at=SOON))
        before = contents(store)[NAME]

        assert mirror.update(mirror.list("spring"), state_of(reserved)) == ()

        assert contents(store)[NAME] == before

    def test_files_that_are_newer_than_the_records_are_kept(self, store: ObjectStore) -> None:
        """The records were restored from a backup."""
        newer = replace(a_campaign(), updated_at=NOW + timedelta(minutes=2))
        mirror = mirrored(store, state_of(a_failed_video(), campaign=newer))
        before = contents(store)

        older = state_of(a_generating_video(1), campaign=replace(newer, updated_at=NOW))
        listing = mirror.list("spring")

        assert mirror.stale(listing, older) == ()
        assert mirror.update(listing, older) == ()
        assert contents(store) == before

    def test_the_file_of_a_record_that_cannot_be_read_is_kept(self, store: ObjectStore) -> None:
        mirror = mirrored(store, state_of(a_failed_video(), a_generating_video(2)))
        before = contents(store)[NAME]

        damaged = state_with_damaged(a_generating_video(2))
        assert mirror.update(mirror.list("spring"), damaged) == ()

        assert contents(store)[NAME] == before
        assert mirror.read_video("spring", HASH, current=True) == a_failed_video()

    def test_an_unreadable_record_without_a_file_gets_one(self, store: ObjectStore) -> None:
        mirrored(store, state_with_damaged())

        assert contents(store)[CURRENT] == b'{"phase": "dreaming"}'

    def test_an_unreadable_file_is_no_record(self, store: ObjectStore) -> None:
        mirror = mirrored(store, state_of(a_failed_video()))
        write(store, f"{CACHE}/spring/{2:016x}.json", b"\xff")
        # The copy of another campaign's video.
        write(store, f"{CACHE}/spring/{3:016x}.json", contents(store)[NAME])

        for number in (2, 3):
            assert mirror.read_video("spring", f"{number:016x}", current=True) is None

    def test_a_clock_that_is_behind_that_of_the_store_delays_nothing(
        self, store: ObjectStore
    ) -> None:
        mirror = ObjectStoreMirror(
            store, gap=timedelta(seconds=0.01), now=lambda: utc_now() - timedelta(days=1)
        )
        mirror.write_submission(a_submitting_video(1))
        mirror.write_submission(postponed := taken_back(a_submitting_video(1)))
        assert mirror.read_video("spring", HASH, current=False) == postponed

    def test_a_batch_is_written_again_after_the_one_second_limit(self, store: ObjectStore) -> None:
        """A bucket takes one write of a name each second."""
        mirror = a_mirror(store, gap=timedelta(seconds=1.1))
        mirror.write_batch(a_batch())

        mirror.write_batch(cancelled := replace(a_batch(), cancelled_at=NOW))

        assert mirror.read_batch(a_batch().batch_id) == cancelled

    def test_given_videos_are_updated_alone(self, store: ObjectStore) -> None:
        mirror = mirrored(store, state_of(a_failed_video(), a_generating_video(2)))
        before = contents(store)

        mirror.update(mirror.list("spring"), state_of(shown(a_reserved_video(1))), only={HASH})

        assert before.keys() - {NAME} | {CURRENT} == contents(store).keys()

    def test_foreign_files_are_left_alone(self, store: ObjectStore) -> None:
        mirror = mirrored(store, state_of())
        write(store, f"{FOLDER}/notes.txt", b"mine")

        assert mirror.stale(mirror.list("spring"), state_of()) == ()
        mirror.remove(mirror.list("spring"))

        assert set(contents(store)) == {f"{FOLDER}/notes.txt"}


def state_with_damaged(*videos: Video) -> CampaignState:
    """The record of the first video, which its slot shows, cannot be read."""
    damaged = Unreadable(
        campaign_id="spring",
        video_hash=HASH,
        detail="It was damaged.",
        is_newer=False,
        content=b'{"phase": "dreaming"}',
        revision="1",
    )
    slot = Slot(index=0, current=Version(video_hash=HASH, fingerprint="f"))
    return CampaignState.of(replace(a_campaign(), slots=(slot,)), videos, (damaged,))
