"""Chores: objects follow the records, also when two processes do the same at once."""

from datetime import timedelta

import pytest

from shared.domain.errors import StorageError, StorageFullError
from shared.domain.schedule import COMMIT_DELAY, NAME_LIFE
from shared.domain.storage_layout import clip_path
from shared.domain.video import Video
from shared.use_cases.change_versions import delete_video, promote_video
from shared.use_cases.finish_chores import finish_chores
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.mirroring import mirror_campaign
from shared.use_cases.reconcile import find_disagreements
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.rules import assert_agreement
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    make,
    pass_life_of_names,
    remake,
)
from tests.unit.use_cases.watching import Hooks, Once, watched


def promote_and_die(ports: FakePorts, video: Video) -> None:
    """Leave the names of the slot's objects as they were."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    acting = watched(ports, Hooks(before_effect=Once(interrupt, at=1)))
    with pytest.raises(KeyboardInterrupt):
        promote_video(acting, CAMPAIGN_ID, video.video_hash)


def names_of(ports: FakePorts, video: Video) -> set[bool]:
    """Return for which states there is a clip with the name: True stands for current."""
    return {
        current
        for current in (True, False)
        if clip_path(CAMPAIGN_ID, video.video_hash, 0, current=current) in ports.objects.objects
    }


def paths_of(ports: FakePorts, video: Video) -> list[str]:
    return [path for path in ports.objects.objects if video.video_hash in path]


class NoSignatures:
    def verify(
        self, path: str, *, expires: str, signature: str, disposition: str | None = None
    ) -> None:
        raise NotImplementedError


def test_without_chores_no_commit_is_made(ports: FakePorts) -> None:
    make(ports)
    before = ports.campaigns.get_campaign(CAMPAIGN_ID)

    finish_chores(ports, CAMPAIGN_ID)

    assert ports.campaigns.get_campaign(CAMPAIGN_ID) == before


def test_objects_get_the_names_that_their_records_promise(
    ports: FakePorts, old: Video, new: Video
) -> None:
    promote_and_die(ports, old)

    finish_chores(ports, CAMPAIGN_ID)

    assert_agreement(ports)


def test_a_rename_overtaken_by_a_commit_is_repeated(
    ports: FakePorts, old: Video, new: Video
) -> None:
    """The slower of two goes by a record that has changed, and puts right what it did."""
    promote_and_die(ports, old)
    promoting = Once(lambda: promote_video(ports, CAMPAIGN_ID, new.video_hash), at=0)

    finish_chores(watched(ports, Hooks(before_effect=promoting)), CAMPAIGN_ID)

    assert_agreement(ports)


def test_an_object_removed_during_its_rename_is_removed_under_both_names(
    ports: FakePorts, old: Video, new: Video
) -> None:
    promote_and_die(ports, old)
    name = clip_path(CAMPAIGN_ID, new.video_hash, 0, current=True)
    clip = ports.objects.objects[name]

    def delete_but_miss_a_clip_under_way() -> None:
        delete_video(ports, CAMPAIGN_ID, new.video_hash)
        ports.objects.objects[name] = clip

    deleting = Once(delete_but_miss_a_clip_under_way, at=0)
    finish_chores(watched(ports, Hooks(before_effect=deleting)), CAMPAIGN_ID)

    assert_agreement(ports)


def test_a_chore_that_fails_stays_for_the_tick_and_keeps_no_other(
    ports: FakePorts, old: Video, new: Video
) -> None:
    def fail() -> None:
        raise StorageError("The disk is full.")

    promote_and_die(ports, old)
    before = ports.campaigns.get_campaign(CAMPAIGN_ID).chores

    finish_chores(watched(ports, Hooks(before_effect=Once(fail, at=0))), CAMPAIGN_ID)

    assert len(before) == 2
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).chores == before[:1]


def test_the_chore_of_a_missing_clip_is_given_up(ports: FakePorts, old: Video, new: Video) -> None:
    promote_and_die(ports, old)
    ports.objects.objects.clear()

    finish_chores(ports, CAMPAIGN_ID)

    assert ports.campaigns.get_campaign(CAMPAIGN_ID).chores == ()


def test_a_clip_keeps_its_former_name_while_a_signed_url_may_read_it(
    ports: FakePorts, old: Video, new: Video
) -> None:
    ports.clock.advance(NAME_LIFE - timedelta(minutes=10))
    maintain_campaigns(ports)

    assert names_of(ports, old) == {True, False}
    assert find_disagreements(ports, CAMPAIGN_ID) == ()


def test_a_former_name_is_removed_when_no_signed_url_can_be_valid(
    ports: FakePorts, old: Video, new: Video
) -> None:
    pass_life_of_names(ports)

    assert (names_of(ports, old), names_of(ports, new)) == ({False}, {True})
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).delayed == ()
    assert ports.campaigns.due(ports.now(), limit=9) == ()


def test_a_former_name_that_is_used_again_stays_and_the_other_is_scheduled_for_removal(
    ports: FakePorts, old: Video, new: Video
) -> None:
    ports.clock.advance(NAME_LIFE / 2)
    promote_video(ports, CAMPAIGN_ID, old.video_hash)
    ports.clock.advance(NAME_LIFE / 2)
    maintain_campaigns(ports)

    assert names_of(ports, old) == names_of(ports, new) == {True, False}
    pass_life_of_names(ports)
    assert (names_of(ports, old), names_of(ports, new)) == ({True}, {False})


def test_in_a_folder_a_clip_has_one_name(ports: FakePorts) -> None:
    ports.local_signatures = NoSignatures()
    old = make(ports)

    remake(ports, old)

    assert names_of(ports, old) == {False}
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).delayed == ()


def test_a_video_deleted_by_request_is_removed_at_once(
    ports: FakePorts, old: Video, new: Video
) -> None:
    delete_video(ports, CAMPAIGN_ID, old.video_hash)

    assert names_of(ports, old) == set()
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).delayed == ()


def test_history_that_a_new_version_pushes_out_stays_while_a_signed_url_may_read_it(
    ports: FakePorts, old: Video, new: Video
) -> None:
    remake(ports, new)

    assert (CAMPAIGN_ID, old.video_hash) not in ports.campaigns.videos
    assert False in names_of(ports, old)
    mirror_campaign(ports.mirror, ports.campaigns, CAMPAIGN_ID)
    assert find_disagreements(ports, CAMPAIGN_ID) == ()
    pass_life_of_names(ports)
    assert names_of(ports, old) == set()


def test_a_name_promoted_during_its_removal_is_restored(
    ports: FakePorts, old: Video, new: Video
) -> None:
    ports.clock.advance(NAME_LIFE)
    promoting = Once(lambda: promote_video(ports, CAMPAIGN_ID, old.video_hash), at=0)

    finish_chores(watched(ports, Hooks(before_effect=promoting)), CAMPAIGN_ID)

    assert True in names_of(ports, old)
    assert_agreement(ports)


@pytest.mark.parametrize("refused", [("delete_unchanged",), ("delete", "delete_unchanged")])
def test_the_json_of_a_removed_video_is_removed_when_the_store_permits_it(
    ports: FakePorts, old: Video, monkeypatch: pytest.MonkeyPatch, refused: tuple[str, ...]
) -> None:
    mirror_campaign(ports.mirror, ports.campaigns, CAMPAIGN_ID)

    def refuse(_: object) -> None:
        raise StorageFullError("The disk is full.")

    with monkeypatch.context() as full:
        for method in refused:
            full.setattr(ports.objects, method, refuse)
        delete_video(ports, CAMPAIGN_ID, old.video_hash)
        maintain_campaigns(ports)
        ports.clock.advance(COMMIT_DELAY)
        maintain_campaigns(ports)
    pass_life_of_names(ports)
    maintain_campaigns(ports)

    assert paths_of(ports, old) == []
