"""Find the object behind a content URL, whatever name it has at the moment."""

from collections.abc import Callable

import pytest

from shared.domain.errors import NotReadyError, ObjectNotFoundError
from shared.domain.storage_layout import clip_path, thumbnail_path
from shared.domain.video import Video
from shared.use_cases.change_versions import cancel_video, promote_video
from shared.use_cases.content import Variant, content_of_file, content_of_video
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


def test_a_current_video_has_its_clip_and_its_thumbnail(ports: FakePorts) -> None:
    video = make(ports)

    clip = content_of_video(ports, video, Variant.VIDEO)
    thumbnail = content_of_video(ports, video, Variant.THUMBNAIL)

    assert name_of(video, current=True) == clip.path
    assert thumbnail_path(CAMPAIGN_ID, video.video_hash, 0) == thumbnail.path


def test_a_historical_video_stays_playable(ports: FakePorts) -> None:
    old = make(ports)
    remake(ports, old)

    found = content_of_video(ports, stored(ports, old), Variant.VIDEO)

    assert name_of(old, current=False) == found.path


@pytest.mark.parametrize("current", [True, False])
def test_a_clip_that_is_not_renamed_yet_is_found(ports: FakePorts, *, current: bool) -> None:
    video = make(ports)
    ports.objects.rename(name_of(video, current=True), name_of(video, current=current))

    found = content_of_video(ports, video, Variant.VIDEO)

    assert name_of(video, current=current) == found.path


def test_a_clip_renamed_between_two_reads_is_found(ports: FakePorts) -> None:
    video = make(ports)
    names = name_of(video, current=False), name_of(video, current=True)
    ports.objects.rename(*reversed(names))
    renaming = Once(lambda: ports.objects.rename(*names), at=1)
    acting = watched(ports, Hooks(before_call=renaming))

    assert names[1] == content_of_video(acting, video, Variant.VIDEO).path


@pytest.mark.parametrize("begin", [reserve, submit], ids=["reserved", "submitted"])
def test_a_pending_video_has_no_content(
    ports: FakePorts, begin: Callable[[FakePorts], Video]
) -> None:
    video = begin(ports)

    with pytest.raises(NotReadyError, match="not finished"):
        content_of_video(ports, video, Variant.VIDEO)


def test_a_video_that_failed_says_why_it_has_no_content(ports: FakePorts) -> None:
    ports.generator.will(Script(ending=b"half a clip"))
    video = make(ports)

    with pytest.raises(NotReadyError, match="not an MP4"):
        content_of_video(ports, video, Variant.VIDEO)


def test_the_content_error_of_a_cancelled_video_says_cancelled(ports: FakePorts) -> None:
    video = cancel_video(ports, CAMPAIGN_ID, reserve(ports).video_hash)

    with pytest.raises(NotReadyError, match="cancelled"):
        content_of_video(ports, video, Variant.THUMBNAIL)


@pytest.mark.parametrize("variant", Variant)
def test_content_missing_from_the_store_is_not_found(ports: FakePorts, variant: Variant) -> None:
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

    assert names[1] == content_of_file(acting, CAMPAIGN_ID, filename_of(video, current=True)).path


def test_a_thumbnail_is_found_by_its_name(ports: FakePorts) -> None:
    video = make(ports)
    path = thumbnail_path(CAMPAIGN_ID, video.video_hash, 0)

    assert path == content_of_file(ports, CAMPAIGN_ID, path.rpartition("/")[2]).path


def test_a_file_of_another_campaign_is_not_found(ports: FakePorts) -> None:
    video = make(ports)

    with pytest.raises(ObjectNotFoundError):
        content_of_file(ports, "autumn", filename_of(video, current=True))
