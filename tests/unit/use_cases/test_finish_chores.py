"""Chores: objects follow the records, also when two processes do the same at once."""

import pytest

from shared.domain.errors import StorageError
from shared.domain.storage_layout import clip_path
from shared.domain.video import Video
from shared.use_cases.change_versions import delete_video, promote_video
from shared.use_cases.finish_chores import finish_chores
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.rules import assert_agreement
from tests.unit.use_cases.scenes import CAMPAIGN_ID, make, remake
from tests.unit.use_cases.watching import Hooks, Once, watched


@pytest.fixture
def old(ports: FakePorts) -> Video:
    return make(ports)


@pytest.fixture
def new(ports: FakePorts, old: Video) -> Video:
    """What replaced `old`."""
    return remake(ports, old)


def promote_and_die(ports: FakePorts, video: Video) -> None:
    """Leave the names of the slot's objects as they were."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    acting = watched(ports, Hooks(before_effect=Once(interrupt, at=1)))
    with pytest.raises(KeyboardInterrupt):
        promote_video(acting, CAMPAIGN_ID, video.video_hash)


def test_where_there_are_none_nothing_is_committed(ports: FakePorts) -> None:
    make(ports)
    before = ports.campaigns.get_campaign(CAMPAIGN_ID)

    finish_chores(ports, CAMPAIGN_ID)

    assert before == ports.campaigns.get_campaign(CAMPAIGN_ID)


def test_objects_get_the_names_that_their_records_promise(
    ports: FakePorts, old: Video, new: Video
) -> None:
    promote_and_die(ports, old)

    finish_chores(ports, CAMPAIGN_ID)

    assert_agreement(ports)


def test_who_is_overtaken_while_renaming_renames_again(
    ports: FakePorts, old: Video, new: Video
) -> None:
    """The slower of two goes by a record that has changed, and puts right what it did."""
    promote_and_die(ports, old)
    promoting = Once(lambda: promote_video(ports, CAMPAIGN_ID, new.video_hash), at=0)

    finish_chores(watched(ports, Hooks(before_effect=promoting)), CAMPAIGN_ID)

    assert_agreement(ports)


def test_who_renames_what_is_removed_meanwhile_removes_it_too(
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

    assert 2 == len(before)
    assert before[:1] == ports.campaigns.get_campaign(CAMPAIGN_ID).chores


def test_a_clip_that_somebody_took_away_is_no_chore_for_ever(
    ports: FakePorts, old: Video, new: Video
) -> None:
    promote_and_die(ports, old)
    ports.objects.objects.clear()

    finish_chores(ports, CAMPAIGN_ID)

    assert () == ports.campaigns.get_campaign(CAMPAIGN_ID).chores
