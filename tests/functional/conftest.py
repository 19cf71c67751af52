"""A service for each test, and one finished campaign that many tests look at."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functional.showreel import BOAT, GALLERY, KITE, Showreel, serving


@pytest.fixture
def showreel(tmp_path: Path) -> Iterator[Showreel]:
    """A service over an empty data folder."""
    with serving(tmp_path / "data") as service:
        yield service


@pytest.fixture
def endless(tmp_path: Path) -> Iterator[Showreel]:
    """A service whose generator accepts everything and finishes nothing."""
    with serving(tmp_path / "data", SYNTHETIC_SECONDS="3600") as service:
        yield service


@pytest.fixture(scope="session")
def gallery_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which slot 0 has a current and a historical video, and slot 1 a current."""
    folder = tmp_path_factory.mktemp("gallery") / "data"
    with serving(folder) as service:
        first, second = service.create(GALLERY, KITE, BOAT)
        service.ended(second)
        regenerated = service.post(f"/v1/videos/{service.ended(first)['id']}/regenerate")
        service.ended(regenerated.json)
    return folder


@pytest.fixture
def gallery_copy(gallery_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(gallery_folder, tmp_path / "gallery"))


@pytest.fixture
def gallery(gallery_copy: Path) -> Iterator[Showreel]:
    """A service over a copy of the finished campaign."""
    with serving(gallery_copy) as service:
        yield service


@pytest.fixture
def endless_gallery(gallery_copy: Path) -> Iterator[Showreel]:
    """The same, where nothing new is ever finished."""
    with serving(gallery_copy, SYNTHETIC_SECONDS="3600") as service:
        yield service


@pytest.fixture(scope="module")
def refusing(gallery_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showreel]:
    """A service for all tests of a module, none of which changes anything."""
    folder = Path(shutil.copytree(gallery_folder, tmp_path_factory.mktemp("refusing") / "data"))
    with serving(folder, SYNTHETIC_SECONDS="3600") as service:
        yield service


@pytest.fixture
def nothing_is_written(refusing: Showreel) -> Iterator[None]:
    before = refusing.snapshot()
    yield
    assert refusing.snapshot() == before
