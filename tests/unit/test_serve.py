"""What `make run` says before it starts."""

import errno
import os
from pathlib import Path

import pytest

from tools.serve import misspelt_settings, why_unwritable


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("MAX_VIDEO_PER_CAMPAIGN", "MAX_VIDEOS_PER_CAMPAIGN"),
        ("STORAGE_URI", "STORAGE_URL"),
        ("KEEP_HISTORY", "KEEP_HISTORICAL"),
        ("DAILY_BUDGET", "DAILY_BUDGET_USD"),
        ("log_level", "LOG_LEVEL"),
    ],
)
def test_a_misspelt_setting_is_named_with_the_one_that_was_meant(name: str, meant: str) -> None:
    assert list(misspelt_settings({name: "3"})) == [
        f"{name} is not a setting of Showreel. Did you mean {meant}?"
    ]


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "HOME",
        "PORT",
        "THREADS",
        "LC_ALL",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_CLOUD_REGION",
        "FIRESTORE_EMULATOR_HOST",
        "PUBSUB_EMULATOR_HOST",
        "DOCKER_LOG_LEVEL",
        "WEB_SERVICE",
        "MAX_VIDEOS_PER_CAMPAIGN",
    ],
)
def test_unrelated_variables_are_ignored(name: str) -> None:
    assert list(misspelt_settings({name: "3"})) == []


def test_a_similar_variable_is_ignored_if_the_setting_itself_is_set() -> None:
    assert list(misspelt_settings({"STORAGE_URL": "file:data", "STORAGE_URI": "x"})) == []


def test_a_folder_is_created_and_left_empty(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "data"

    assert why_unwritable(folder) is None
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("folder", ["/proc/showreel", "/dev/null/data", "/sys"])
def test_a_place_that_cannot_be_written_is_named_with_the_reason(folder: str) -> None:
    reason = why_unwritable(Path(folder))

    assert reason is not None
    assert reason.startswith(f"{folder} cannot be written (")
    assert reason.endswith("). Set STORAGE_URL to a writable folder.")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_reported_with_the_advice_to_free_space(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("tools.serve.TemporaryFile", full)

    reason = why_unwritable(tmp_path)

    assert reason is not None
    assert reason.endswith("Free some space, or set STORAGE_URL to a writable folder.")
