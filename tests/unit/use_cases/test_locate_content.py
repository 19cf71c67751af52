"""Say by the records where content is; the objects are asked only while a rename is due."""

from collections.abc import Callable
from itertools import count

import pytest

from shared.domain.campaign import Change, Chore, ChoreKind
from shared.domain.chores import with_chores
from shared.domain.clip import COMPANIONS, Companion
from shared.domain.errors import NotFoundError, NotReadyError
from shared.domain.storage_layout import clip_path, picture_path
from shared.domain.video import Video
from shared.ports.object_store import ObjectInfo
from shared.use_cases.change_versions import promote_video
from shared.use_cases.content import locate_clips, locate_content, locate_file
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import CAMPAIGN_ID, make, remake, reserve, stored, submit
from tests.unit.use_cases.watching import Hooks, watched


def name_of(video: Video, *, current: bool) -> str:
    return clip_path(CAMPAIGN_ID, video.video_hash, video.index, current=current)


def filename_of(video: Video, *, current: bool) -> str:
    return name_of(video, current=current).rpartition("/")[2]


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakePorts], None]:
    """Let no object be looked at from now on."""

    def head(path: str) -> ObjectInfo:
        raise AssertionError(path)

    return lambda ports: monkeypatch.setattr(ports.objects, "head", head)


def test_both_versions_of_a_slot_are_located_without_reading_the_store(
    ports: FakePorts, unasked: Callable[[FakePorts], None]
) -> None:
    old = make(ports)
    new = remake(ports, old)
    old = stored(ports, old)
    unasked(ports)

    expected = {old.id: name_of(old, current=False), new.id: name_of(new, current=True)}
    assert locate_clips(ports, (old, new)) == expected


@pytest.mark.parametrize("picture", COMPANIONS)
def test_a_picture_is_located_without_reading_the_store(
    ports: FakePorts, unasked: Callable[[FakePorts], None], picture: Companion
) -> None:
    video = make(ports)
    unasked(ports)

    expected = picture_path(CAMPAIGN_ID, video.video_hash, 0, picture)
    assert locate_content(ports, video, picture) == expected
    assert locate_file(ports, CAMPAIGN_ID, expected.rpartition("/")[2]) == expected


@pytest.mark.parametrize("renamed", [True, False])
def test_a_clip_whose_rename_is_due_is_looked_for(ports: FakePorts, *, renamed: bool) -> None:
    video = make(ports)
    rename = Chore(kind=ChoreKind.RENAME, video_hash=video.video_hash, index=0)
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    ports.campaigns.commit(Change(campaign=with_chores(campaign, rename)))
    if not renamed:
        ports.objects.rename(name_of(video, current=True), name_of(video, current=False))

    located = locate_content(ports, video, None)

    assert name_of(video, current=renamed) == located


def test_videos_of_several_campaigns_are_located_by_one_read(
    ports: FakePorts,
) -> None:
    old = make(ports)
    videos = (remake(ports, old), stored(ports, old), make(ports, campaign_id="autumn"))
    calls = count()
    watching = watched(ports, Hooks(before_call=lambda: next(calls)))

    located = locate_clips(watching, videos)

    assert len(located) == 3
    assert next(calls) == 1


@pytest.mark.parametrize("begin", [reserve, submit], ids=["reserved", "submitted"])
def test_a_pending_video_has_no_location(
    ports: FakePorts, begin: Callable[[FakePorts], Video]
) -> None:
    video = begin(ports)

    with pytest.raises(NotReadyError):
        locate_content(ports, video, None)
    with pytest.raises(NotFoundError):
        locate_file(ports, CAMPAIGN_ID, filename_of(video, current=True))


@pytest.mark.parametrize("current", [True, False])
def test_a_file_is_located_by_its_old_and_its_new_name(ports: FakePorts, *, current: bool) -> None:
    """A player that holds the old URL can go on seeking."""
    old = make(ports)
    remake(ports, old)
    name = filename_of(old, current=current)

    assert name_of(old, current=False) == locate_file(ports, CAMPAIGN_ID, name)

    promote_video(ports, CAMPAIGN_ID, old.video_hash)
    assert name_of(old, current=True) == locate_file(ports, CAMPAIGN_ID, name)


def test_a_foreign_file_name_is_not_located(ports: FakePorts) -> None:
    video = make(ports)
    elsewhere = clip_path("autumn", video.video_hash, 1, current=True).rpartition("/")[2]

    for campaign_id, filename in [
        ("autumn", filename_of(video, current=True)),
        (CAMPAIGN_ID, elsewhere),
        (CAMPAIGN_ID, "curr_0123456789abcdef_0.mp4"),
        (CAMPAIGN_ID, "campaign.json"),
        (CAMPAIGN_ID, f"thumb_{video.video_hash}_0.mp4"),
    ]:
        with pytest.raises(NotFoundError):
            locate_file(ports, campaign_id, filename)
