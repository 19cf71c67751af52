"""The local queue, which picks up what an earlier run left, starts with the first answer."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.functional.places import FolderPlace
from tests.functional.showreel import GALLERY, KITE, served, serving


@pytest.fixture
def family() -> str:
    """Only a folder needs it: Pub/Sub keeps what is unfinished."""
    return "local"


@pytest.fixture
def is_queue_running() -> Callable[[], bool]:
    """Services that other tests keep have queues of their own."""

    def queues() -> set[threading.Thread]:
        return {each for each in threading.enumerate() if "_tick_until_closed" in each.name}

    others = queues()
    return lambda: bool(queues() - others)


def test_nothing_is_started_before_something_is_asked(
    gallery_copy: FolderPlace, is_queue_running: Callable[[], bool]
) -> None:
    with served(gallery_copy):
        assert not is_queue_running()


@pytest.mark.parametrize("path", ["/", f"/v1/campaigns/{GALLERY}"])
def test_an_answer_starts_the_queue(
    gallery_copy: FolderPlace, is_queue_running: Callable[[], bool], path: str
) -> None:
    with served(gallery_copy) as service:
        service.get(path)

        assert is_queue_running()

    assert not is_queue_running()


def test_content_starts_the_queue(
    gallery_copy: FolderPlace, is_queue_running: Callable[[], bool]
) -> None:
    generated = gallery_copy.folder / "videos" / "generated" / GALLERY
    (clip,) = generated.glob("curr_*_0.mp4")

    with served(gallery_copy) as service:
        service.get(f"/api/v1/content/videos/{GALLERY}/{clip.name}")

        assert is_queue_running()


def test_a_first_create_starts_the_queue(tmp_path: Path) -> None:
    with serving(tmp_path / "data", SYNTHETIC_SECONDS="1800") as service:
        (video,) = service.create("spring", KITE)

        assert service.in_phase(video, "generating")
