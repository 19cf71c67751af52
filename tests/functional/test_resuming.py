"""A folder's queue, which resumes what an earlier run left, starts soon after the first request."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.bootstrap import local_ports
from tests.eventually import eventually
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


def test_nothing_is_started_before_the_first_request(
    gallery_copy: FolderPlace, is_queue_running: Callable[[], bool]
) -> None:
    threads = set(threading.enumerate())

    with served(gallery_copy):
        assert set(threading.enumerate()) <= threads

    assert not is_queue_running()


@pytest.mark.parametrize("path", ["/", "/favicon.ico", f"/v1/campaigns/{GALLERY}"])
def test_any_request_starts_the_queue(
    gallery_copy: FolderPlace, is_queue_running: Callable[[], bool], path: str
) -> None:
    with served(gallery_copy) as service:
        service.get(path)

        assert eventually(is_queue_running)

    assert not is_queue_running()


def test_the_first_answer_does_not_wait_for_the_queue(
    gallery_copy: FolderPlace,
    is_queue_running: Callable[[], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local_ports, "_FIRST_TICK_SECONDS", 3600)
    with served(gallery_copy) as service:
        assert service.get(f"/v1/campaigns/{GALLERY}").status_code == 200

        assert not is_queue_running()


def test_a_first_create_is_delivered_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_ports, "_FIRST_TICK_SECONDS", 3600)
    with serving(tmp_path / "data", SYNTHETIC_SECONDS="1800") as service:
        (video,) = service.create("spring", KITE)

        assert service.in_phase(video, "generating")


def test_an_idle_service_finishes_the_videos_of_an_earlier_run(tmp_path: Path) -> None:
    with served(FolderPlace(tmp_path / "data"), delivering=False) as earlier:
        earlier.create("spring", KITE)

    with serving(tmp_path / "data") as service:
        assert service.get("/health").status_code == 200

        assert eventually(lambda: any("/curr_" in path for path in service.files()))
