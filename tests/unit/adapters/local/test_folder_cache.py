import os
import time
from pathlib import Path

import pytest

from shared.adapters.local.records.folder_cache import FolderCache

A_SECOND = 1_000_000_000


class Derivation:
    """Tells how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


@pytest.fixture
def cache(tmp_path: Path) -> FolderCache[int]:
    return FolderCache(tmp_path, Derivation())


def set_time(folder: Path, nanoseconds: int) -> None:
    os.utime(folder, ns=(nanoseconds, nanoseconds))


def test_a_folder_at_rest_is_read_once(tmp_path: Path, cache: FolderCache[int]) -> None:
    set_time(tmp_path, time.time_ns() - A_SECOND)

    assert [cache.get() for _ in range(3)] == [1, 1, 1]


def test_a_folder_that_has_changed_is_read_again(tmp_path: Path, cache: FolderCache[int]) -> None:
    set_time(tmp_path, time.time_ns() - 2 * A_SECOND)
    cache.get()
    set_time(tmp_path, time.time_ns() - A_SECOND)

    assert [cache.get() for _ in range(3)] == [2, 2, 2]


@pytest.mark.parametrize("ahead", [0, 60 * A_SECOND])
def test_a_folder_that_has_just_changed_is_not_trusted(
    tmp_path: Path, cache: FolderCache[int], ahead: int
) -> None:
    """A second change within the kernel's tick would leave the folder's time as it is."""
    set_time(tmp_path, time.time_ns() + ahead)

    assert [cache.get() for _ in range(3)] == [1, 2, 3]


def test_another_folder_of_the_same_name_is_read(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        set_time(tmp_path / name, A_SECOND)
    (tmp_path / "link").symlink_to("first")
    cache = FolderCache(tmp_path / "link", Derivation())
    cache.get()
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to("second")

    assert cache.get() == 2


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FolderCache(tmp_path / "gone", Derivation()).get()
