"""The local queue, which picks up what an earlier run left, starts with the first answer."""

import threading
from pathlib import Path

import pytest

from tests.functional.showreel import GALLERY, KITE, serving


def is_queue_running() -> bool:
    return any("_tick_until_closed" in thread.name for thread in threading.enumerate())


def test_nothing_is_started_before_something_is_asked(gallery_copy: Path) -> None:
    with serving(gallery_copy):
        assert not is_queue_running()


@pytest.mark.parametrize("path", ["/", f"/v1/campaigns/{GALLERY}"])
def test_an_answer_starts_the_queue(gallery_copy: Path, path: str) -> None:
    with serving(gallery_copy) as service:
        service.get(path)

        assert is_queue_running()

    assert not is_queue_running()


def test_content_starts_the_queue(gallery_copy: Path) -> None:
    (clip,) = (gallery_copy / "videos" / "generated" / GALLERY).glob("curr_*_0.mp4")

    with serving(gallery_copy) as service:
        service.get(f"/api/v1/content/videos/{GALLERY}/{clip.name}")

        assert is_queue_running()


def test_a_first_create_starts_the_queue(tmp_path: Path) -> None:
    with serving(tmp_path / "data", SYNTHETIC_SECONDS="3600") as service:
        (video,) = service.create("spring", KITE)

        assert service.in_phase(video, "generating")
