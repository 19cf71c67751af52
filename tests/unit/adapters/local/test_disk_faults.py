"""A data folder that is full, read-only, or on a disk that fails."""

import errno
import fcntl
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.object_store import LocalObjectStore
from shared.domain.campaign import Change
from shared.domain.errors import (
    ObjectExistsError,
    StorageError,
    StorageFullError,
    UnavailableError,
    VideoNotFoundError,
)
from shared.domain.values import replace
from shared.ports.campaign_repository import VideoQuery
from tests.contract.object_store_contract import BrokenStream
from tests.unit.domain.builders import a_campaign, a_reserved_video

PATH = "videos/generated/spring/curr_0123456789abcdef_0.mp4"


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount something at `folder`. Only root may: for others the test is skipped."""
    tool = shutil.which("mount") or pytest.skip("NOT TESTED HERE: there is no mount.")
    done = subprocess.run(
        [tool, *options, str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"NOT TESTED HERE: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run([shutil.which("umount") or "", "--lazy", str(folder)], check=True)


def local_store(root: Path) -> LocalObjectStore:
    return LocalObjectStore(root, now=lambda: datetime.now(UTC))


def put(root: Path, content: bytes = b"a clip") -> None:
    local_store(root).put(PATH, BytesIO(content), content_type="video/mp4")


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A data folder of one megabyte, with a campaign of one video and no space left."""
    root = tmp_path / "full"
    root.mkdir()
    with mounted(root, "-t", "tmpfs", "-o", "size=1m", "tmpfs"):
        make_campaign(root)
        fill(root / "ballast")
        yield root


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A data folder with a campaign and a clip, mounted read-only: that stops root too."""
    root = tmp_path / "read-only"
    make_campaign(root)
    put(root)
    with mounted(root, "--bind", str(root)):
        subprocess.run(
            [shutil.which("mount") or "", "-o", "remount,bind,ro", str(root)], check=True
        )
        yield root


def fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def make_campaign(root: Path) -> None:
    change = Change(campaign=a_campaign(), videos=(a_reserved_video(1),))
    LocalCampaignRepository(root).commit(change)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (errno.EROFS, "Mount it writable"),
        (errno.EACCES, "make this user its owner"),
        (errno.EIO, "Check the disk"),
        (errno.ENOTSUP, "another disk"),
        (errno.ENODEV, "cannot be used: No such device"),
    ],
)
def test_a_fault_of_the_disk_says_what_to_do_and_leaves_no_file(
    tmp_path: Path, code: int, advice: str
) -> None:
    stream = BrokenStream(OSError(code, os.strerror(code), str(tmp_path)))

    with pytest.raises(StorageError, match=advice) as caught:
        local_store(tmp_path).put(PATH, stream, content_type="video/mp4")

    assert str(tmp_path) not in caught.value.message
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("code", "advice"),
    [(errno.ENOSPC, "full. Free some space"), (errno.EDQUOT, "quota .* raise")],
)
def test_a_full_disk_may_have_space_again(tmp_path: Path, code: int, advice: str) -> None:
    stream = BrokenStream(OSError(code, os.strerror(code), str(tmp_path)))

    with pytest.raises(StorageFullError, match=advice):
        local_store(tmp_path).put(PATH, stream, content_type="video/mp4")


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP, errno.EIO])
def test_a_file_system_without_hard_links_keeps_objects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def link(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", link)
    store = local_store(tmp_path)

    put(tmp_path)
    with pytest.raises(ObjectExistsError):
        put(tmp_path)
    store.rename(PATH, f"{PATH}.mp4")
    store.sign(PATH, expires_in=timedelta(minutes=1))

    assert list(store.list("videos/")) == [store.head(f"{PATH}.mp4")]


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_syncs_no_folders_keeps_objects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    sync = os.fsync

    def fsync(file: int) -> None:
        if stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(code, os.strerror(code))
        sync(file)

    monkeypatch.setattr(os, "fsync", fsync)

    put(tmp_path)

    assert local_store(tmp_path).head(PATH).size == len(b"a clip")


def test_a_file_system_without_locks_is_named_as_the_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)

    with pytest.raises(StorageError, match="cannot do what storing needs"):
        put(tmp_path)


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN])
def test_a_temporary_disk_fault_raises_unavailable(tmp_path: Path, code: int) -> None:
    stream = BrokenStream(OSError(code, os.strerror(code)))

    with pytest.raises(UnavailableError):
        local_store(tmp_path).put(PATH, stream, content_type="video/mp4")


def test_a_full_disk_takes_no_object_and_keeps_no_part_of_one(full: Path) -> None:
    with pytest.raises(StorageFullError):
        put(full)

    assert list(local_store(full).list("videos/generated/")) == []
    assert list((full / ".tmp").iterdir()) == []


def test_a_full_disk_takes_no_commit_and_can_still_be_read(full: Path) -> None:
    repository = LocalCampaignRepository(full)
    campaign, video = repository.get_campaign("spring"), repository.get_video("spring", f"{1:016x}")
    changed = Change(
        campaign=replace(campaign, cache_hits=1),
        videos=(replace(video, prompt="x" * 9000), a_reserved_video(2)),
    )

    with pytest.raises(StorageFullError):
        repository.commit(changed)

    assert repository.get_campaign("spring") == campaign
    assert repository.list_videos(VideoQuery()).videos == (video,)


def test_a_disk_that_has_space_again_is_used_again(full: Path) -> None:
    with pytest.raises(StorageFullError):
        put(full)
    (full / "ballast").unlink()

    put(full)

    assert local_store(full).head(PATH).size == 6


@pytest.mark.parametrize(
    "write",
    [
        lambda root: local_store(root).put("new.mp4", BytesIO(), content_type="video/mp4"),
        lambda root: local_store(root).rename(PATH, "new.mp4"),
        lambda root: local_store(root).delete(PATH),
        lambda root: local_store(root).sign(PATH, expires_in=timedelta(minutes=1)),
        lambda root: LocalCampaignRepository(root).commit(Change(campaign=a_campaign("summer"))),
        lambda root: LocalCampaignRepository(root).commit_video(a_reserved_video(2)),
        lambda root: LocalCampaignRepository(root).add_savings("spring", Decimal(1), 1),
    ],
    ids=["put", "rename", "delete", "first sign", "commit", "commit_video", "add_savings"],
)
def test_a_read_only_folder_says_how_to_make_it_writable(
    read_only: Path, write: Callable[[Path], object]
) -> None:
    with pytest.raises(StorageError, match="Mount it writable"):
        write(read_only)


def test_a_read_only_folder_can_be_read(read_only: Path) -> None:
    repository = LocalCampaignRepository(read_only)

    assert repository.get_campaign("spring").campaign_id == "spring"
    assert len(repository.list_videos(VideoQuery()).videos) == 1
    assert repository.due(datetime.now(UTC), limit=9)
    with pytest.raises(VideoNotFoundError):
        repository.get_video("spring", f"{9:016x}")
    assert local_store(read_only).head(PATH).size == 6
