"""Find the object behind a content URL, whatever name it has at the moment."""

from collections.abc import Callable

import pytest

from shared.domain.clip import COMPANIONS, Companion
from shared.domain.errors import NotReadyError, ObjectNotFoundError
from shared.domain.storage_layout import clip_path, picture_path
from shared.domain.values import replace
from shared.domain.video import Video
from shared.use_cases.change_versions import cancel_video, promote_video
from shared.use_cases.content import content_of_file, content_of_video, locate_content
from tests.fakes.ports import FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    make,
    pass_life_of_names,
    remake,
    reserve,
    stored,
    submit,
)
from tests.unit.use_cases.watching import Hooks, Once, watched


def name_of(video: Video, *, current: bool) -> str:
    return clip_path(CAMPAIGN_ID, video.video_hash, video.index, current=current)


def filename_of(video: Video, *, current: bool) -> str:
    return name_of(video, current=current).rpartition("/")[2]


def test_a_current_video_has_its_clip_and_its_pictures(ports: FakePorts) -> None:
    video = make(ports)

    assert name_of(video, current=True) == content_of_video(ports, video, None).path
    for each in COMPANIONS:
        path = picture_path(CAMPAIGN_ID, video.video_hash, 0, each)
        assert content_of_video(ports, video, each).path == path
        assert content_of_file(ports, CAMPAIGN_ID, path.rpartition("/")[2]).path == path


@pytest.mark.parametrize("find", [content_of_video, locate_content])
def test_a_video_of_an_earlier_release_has_no_preview_and_says_so(
    ports: FakePorts, find: Callable[[FakePorts, Video, Companion], object]
) -> None:
    video = make(ports)
    assert video.clip is not None
    old = replace(video, clip=replace(video.clip, pictures=("thumbnail",)))

    assert find(ports, old, "thumbnail")
    with pytest.raises(ObjectNotFoundError, match="no preview: it was stored by an earlier"):
        find(ports, old, "preview")


def test_a_historical_video_stays_playable(ports: FakePorts) -> None:
    old = make(ports)
    remake(ports, old)

    found = content_of_video(ports, stored(ports, old), None)

    assert name_of(old, current=False) == found.path


@pytest.mark.parametrize("current", [True, False])
def test_a_clip_that_is_not_renamed_yet_is_found(ports: FakePorts, *, current: bool) -> None:
    video = make(ports)
    ports.objects.rename(name_of(video, current=True), name_of(video, current=current))

    found = content_of_video(ports, video, None)

    assert name_of(video, current=current) == found.path


def test_a_clip_renamed_between_two_reads_is_found(ports: FakePorts) -> None:
    video = make(ports)
    names = name_of(video, current=False), name_of(video, current=True)
    ports.objects.rename(*reversed(names))
    renaming = Once(lambda: ports.objects.rename(*names), at=1)
    acting = watched(ports, Hooks(before_call=renaming))

    assert content_of_video(acting, video, None).path == names[1]


@pytest.mark.parametrize("begin", [reserve, submit], ids=["reserved", "submitted"])
def test_a_pending_video_has_no_content(
    ports: FakePorts, begin: Callable[[FakePorts], Video]
) -> None:
    video = begin(ports)

    with pytest.raises(NotReadyError, match="not finished"):
        content_of_video(ports, video, None)


def test_a_video_that_failed_says_why_it_has_no_content(ports: FakePorts) -> None:
    ports.generator.will(Script(ending=b"half a clip"))
    video = make(ports)

    with pytest.raises(NotReadyError, match="not an MP4"):
        content_of_video(ports, video, None)


def test_the_content_error_of_a_cancelled_video_says_cancelled(ports: FakePorts) -> None:
    video = cancel_video(ports, CAMPAIGN_ID, reserve(ports).video_hash)

    with pytest.raises(NotReadyError, match="cancelled"):
        content_of_video(ports, video, "thumbnail")


@pytest.mark.parametrize("variant", [None, *COMPANIONS])
def test_content_missing_from_the_store_is_not_found(
    ports: FakePorts, variant: Companion | None
) -> None:
    video = make(ports)
    ports.objects.objects.clear()

    with pytest.raises(ObjectNotFoundError):
        content_of_video(ports, video, variant)


@pytest.mark.parametrize("current", [True, False])
def test_a_file_is_found_under_its_old_and_its_new_name(ports: FakePorts, *, current: bool) -> None:
    """A player that holds the old URL can go on seeking."""
    old = make(ports)
    remake(ports, old)

    pass_life_of_names(ports)

    found = content_of_file(ports, CAMPAIGN_ID, filename_of(old, current=current))
    assert name_of(old, current=False) == found.path

    promote_video(ports, CAMPAIGN_ID, old.video_hash)
    pass_life_of_names(ports)
    found = content_of_file(ports, CAMPAIGN_ID, filename_of(old, current=current))
    assert name_of(old, current=True) == found.path


def test_a_file_renamed_between_two_reads_is_found(ports: FakePorts) -> None:
    video = make(ports)
    names = name_of(video, current=False), name_of(video, current=True)
    ports.objects.rename(*reversed(names))
    renaming = Once(lambda: ports.objects.rename(*names), at=1)
    acting = watched(ports, Hooks(before_call=renaming))

    assert content_of_file(acting, CAMPAIGN_ID, filename_of(video, current=True)).path == names[1]


def test_a_file_of_another_campaign_is_not_found(ports: FakePorts) -> None:
    video = make(ports)

    with pytest.raises(ObjectNotFoundError):
        content_of_file(ports, "autumn", filename_of(video, current=True))
