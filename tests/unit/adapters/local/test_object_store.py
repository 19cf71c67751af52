"""What the object store does that only a folder can."""

import os
import shutil
import stat
import tracemalloc
from datetime import UTC, datetime
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from shared.adapters.local.object_store import LocalObjectStore
from shared.domain.errors import ObjectExistsError, ObjectNotFoundError, StorageError
from shared.ports.object_store import PutMode
from tests.contract.object_store_contract import NO_NAMES, BrokenStream

PATH = "videos/generated/spring/curr_0123456789abcdef_0.mp4"
OTHER = "videos/generated/spring/0123456789abcdef_0.mp4"
SECRET = b"not for you"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(root: Path) -> LocalObjectStore:
    return LocalObjectStore(root, now=lambda: datetime.now(UTC))


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the data folder, with a file that has the name of a clip."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / Path(PATH).name).write_bytes(SECRET)
    return folder


def put(store: LocalObjectStore, path: str, content: bytes = b"a clip") -> None:
    store.put(path, BytesIO(content), content_type="video/mp4")


def files(root: Path) -> list[str]:
    found = (path for path in root.rglob("*") if path.is_file() and path.name != "_names.lock")
    return sorted(str(path.relative_to(root)) for path in found)


def test_an_object_is_the_file_of_its_path(store: LocalObjectStore, root: Path) -> None:
    put(store, PATH)

    assert (root / PATH).read_bytes() == b"a clip"
    assert files(root) == [PATH]


def test_a_file_added_by_hand_is_an_object(store: LocalObjectStore, root: Path) -> None:
    (root / PATH).parent.mkdir(parents=True)
    (root / PATH).write_bytes(b"a clip")

    assert [info.path for info in store.list("videos/")] == [PATH]
    assert store.head(PATH).size == 6


def test_the_data_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "data").symlink_to("disk")
    store = LocalObjectStore(tmp_path / "data", now=lambda: datetime.now(UTC))

    put(store, PATH)

    assert (tmp_path / "disk" / PATH).exists()


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("clip.mp4", "video/mp4"),
        ("thumb.jpg", "image/jpeg"),
        ("campaign.json", "application/json"),
        ("other", "application/octet-stream"),
    ],
)
def test_the_suffix_says_the_content_type(
    store: LocalObjectStore, name: str, content_type: str
) -> None:
    put(store, name)

    assert store.head(name).content_type == content_type


def test_the_etag_survives_a_rename(store: LocalObjectStore) -> None:
    """A player that holds the old name's etag can go on with the ranges of the new name."""
    put(store, PATH)
    etag = store.head(PATH).etag

    store.rename(PATH, OTHER)

    assert store.head(OTHER).etag == etag


def test_the_etag_survives_a_copy_of_the_folder(
    store: LocalObjectStore, root: Path, tmp_path: Path
) -> None:
    put(store, PATH)
    shutil.copytree(root, tmp_path / "copy")

    copy = LocalObjectStore(tmp_path / "copy", now=lambda: datetime.now(UTC))

    assert copy.head(PATH).etag == store.head(PATH).etag


def test_a_stream_has_no_buffer_that_reads_more_than_was_asked(store: LocalObjectStore) -> None:
    put(store, PATH, bytes(1_000_000))

    with store.open(PATH) as stream:
        stream.read(10)
        assert os.lseek(stream.fileno(), 0, os.SEEK_CUR) == 10


def test_a_reader_of_a_replaced_object_gets_the_whole_old_one(store: LocalObjectStore) -> None:
    put(store, PATH)

    with store.open(PATH) as stream:
        store.put(PATH, BytesIO(b"b"), content_type="video/mp4", mode=PutMode.OVERWRITE)
        assert stream.read() == b"a clip"


@pytest.mark.parametrize("path", NO_NAMES)
def test_a_name_that_leaves_the_folder_is_not_written(
    store: LocalObjectStore, root: Path, path: str
) -> None:
    put(store, PATH)

    with pytest.raises(StorageError):
        put(store, path)
    with pytest.raises(StorageError):
        store.rename(PATH, path)

    assert files(root.parent) == [f"data/{PATH}"]


def test_an_interrupted_put_leaves_no_file(store: LocalObjectStore, root: Path) -> None:
    with pytest.raises(RuntimeError):
        store.put(PATH, BrokenStream(RuntimeError()), content_type="video/mp4")

    assert files(root) == []


def test_a_create_that_is_refused_leaves_no_file(store: LocalObjectStore, root: Path) -> None:
    put(store, PATH)

    with pytest.raises(ObjectExistsError):
        put(store, PATH)

    assert files(root) == [PATH]


def test_temporary_files_of_a_killed_process_are_removed_after_a_while(
    store: LocalObjectStore, root: Path
) -> None:
    put(store, PATH)
    abandoned, recent = root / ".tmp/abandoned", root / ".tmp/recent"
    abandoned.touch()
    recent.touch()
    os.utime(abandoned, (0, 0))

    put(store, OTHER)

    assert (abandoned.exists(), recent.exists()) == (False, True)


def test_hidden_files_are_no_objects(store: LocalObjectStore, root: Path) -> None:
    put(store, PATH)
    (root / PATH).with_name(".DS_Store").touch()
    (root / ".hidden").mkdir()
    (root / ".hidden/clip.mp4").touch()

    assert [info.path for info in store.list("")] == [PATH]


def test_a_delete_removes_the_folders_that_it_leaves_empty(
    store: LocalObjectStore, root: Path
) -> None:
    put(store, "videos/attempts/spring/0123456789abcdef/1/sample_0.mp4")
    put(store, "videos/attempts/spring/0123456789abcdef/2/sample_0.mp4")
    put(store, PATH)

    store.delete("videos/attempts/spring/0123456789abcdef/1/sample_0.mp4")
    assert (root / "videos/attempts/spring/0123456789abcdef/2").exists()
    assert not (root / "videos/attempts/spring/0123456789abcdef/1").exists()

    store.rename("videos/attempts/spring/0123456789abcdef/2/sample_0.mp4", OTHER)
    assert not (root / "videos/attempts").exists()


def test_the_data_folder_stays_when_it_is_empty(store: LocalObjectStore, root: Path) -> None:
    put(store, "clip.mp4")

    store.delete("clip.mp4")

    assert root.exists()


@pytest.mark.parametrize("linked", [PATH, *map(str, list(Path(PATH).parents)[:-1])])
def test_a_link_is_never_followed(
    store: LocalObjectStore, root: Path, outside: Path, linked: str
) -> None:
    """Neither a linked file nor a folder on the way to one, at whichever depth."""
    target = outside / Path(PATH).relative_to(Path(linked).parent)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(SECRET)
    (root / linked).parent.mkdir(parents=True)
    (root / linked).symlink_to(outside / Path(linked).name)

    with pytest.raises(ObjectNotFoundError):
        store.open(PATH)
    with pytest.raises(ObjectNotFoundError):
        store.head(PATH)
    assert list(store.list("videos/")) == []
    with pytest.raises((StorageError, ObjectExistsError)):
        put(store, PATH, b"overwritten")
    with pytest.raises((StorageError, ObjectNotFoundError)):
        store.rename(PATH, "elsewhere.mp4")
    store.delete(PATH)

    assert target.read_bytes() == SECRET
    assert (root / linked).is_symlink()


def test_an_overwrite_replaces_a_link_and_not_what_it_points_to(
    store: LocalObjectStore, root: Path, outside: Path
) -> None:
    target = outside / Path(PATH).name
    (root / PATH).parent.mkdir(parents=True)
    (root / PATH).symlink_to(target)

    store.put(PATH, BytesIO(b"a clip"), content_type="video/mp4", mode=PutMode.OVERWRITE)

    assert ((root / PATH).read_bytes(), target.read_bytes()) == (b"a clip", SECRET)


def test_a_rename_onto_a_link_does_not_lose_the_object(
    store: LocalObjectStore, root: Path, outside: Path
) -> None:
    put(store, OTHER)
    (root / PATH).symlink_to(outside / Path(PATH).name)

    with pytest.raises(StorageError):
        store.rename(OTHER, PATH)

    assert (root / OTHER).read_bytes() == b"a clip"


def test_new_files_are_not_written_through_a_link(
    store: LocalObjectStore, root: Path, outside: Path
) -> None:
    root.mkdir()
    (root / ".tmp").symlink_to(outside)

    with pytest.raises(StorageError):
        put(store, PATH)


def test_a_pipe_is_not_an_object_and_blocks_no_reader(store: LocalObjectStore, root: Path) -> None:
    (root / PATH).parent.mkdir(parents=True)
    os.mkfifo(root / PATH)

    with pytest.raises(ObjectNotFoundError):
        store.open(PATH)


def test_a_file_in_the_place_of_a_folder_is_named_as_the_cause(store: LocalObjectStore) -> None:
    put(store, "videos/generated")

    with pytest.raises(StorageError, match="blocks this path"):
        put(store, PATH)


class Zeros(RawIOBase):
    """A stream of many zeros that are never all in memory."""

    def __init__(self, size: int) -> None:
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer will do
        size = min(self._left, len(buffer))
        buffer[:size] = bytes(size)
        self._left -= size
        return size


def test_memory_stays_flat_for_a_large_object(store: LocalObjectStore) -> None:
    size = 200 * 1024 * 1024
    tracemalloc.start()
    store.put(PATH, cast("BinaryIO", Zeros(size)), content_type="video/mp4")
    with store.open(PATH) as stream:
        total = sum(len(block) for block in iter(lambda: stream.read(256 * 1024), b""))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert total == size
    assert peak < 4 * 1024 * 1024


def test_an_object_may_be_read_by_other_users(store: LocalObjectStore, root: Path) -> None:
    """A web server in front of the data folder runs under a name of its own."""
    umask = os.umask(0o022)
    try:
        put(store, PATH)
    finally:
        os.umask(umask)

    assert stat.S_IMODE((root / PATH).stat().st_mode) == 0o644
