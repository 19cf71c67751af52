"""Shares of a day's budget as files; what every repository keeps is in the contract."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.files.data_folder import DataFolder
from shared.domain.campaign import Change
from shared.domain.daily_budget import DayShare
from shared.domain.errors import StorageError, StorageFullError
from tests.unit.domain.builders import a_campaign

DAY = date(2026, 11, 20)
SHARES = tuple(
    DayShare(day=DAY, number=number, committed=Decimal("3.20"), budget=Decimal(100))
    for number in range(2)
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def repository(root: Path) -> LocalCampaignRepository:
    repository = LocalCampaignRepository(root)
    repository.commit(Change(campaign=a_campaign(), shares=SHARES))
    return repository


def files(root: Path) -> set[str]:
    return {path.name for path in (root / "videos/budget").iterdir()}


@pytest.mark.usefixtures("repository")
def test_a_share_is_a_file_that_a_person_can_read(root: Path) -> None:
    assert files(root) == {"2026-11-20.0.json", "2026-11-20.1.json"}
    assert '"committed": "3.20"' in (root / "videos/budget/2026-11-20.0.json").read_text()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"schema_version": 1}', b"\xff"])
def test_a_damaged_share_is_named_and_nothing_is_taken_from_it(
    repository: LocalCampaignRepository, root: Path, content: bytes
) -> None:
    shares = repository.get_day_shares(DAY, (0, 1))
    (root / "videos/budget/2026-11-20.1.json").write_bytes(content)

    with pytest.raises(StorageError, match=r"^videos/budget/2026-11-20\.1\.json"):
        repository.get_day_shares(DAY, (0, 1))
    with pytest.raises(StorageError):
        repository.commit(Change(campaign=a_campaign("summer"), shares=shares))
    assert repository.get_day_shares(DAY, (0,))[0].committed == Decimal("3.20")


def test_the_file_of_another_share_is_damage(
    repository: LocalCampaignRepository, root: Path
) -> None:
    folder = root / "videos/budget"
    (folder / "2026-11-21.0.json").write_bytes((folder / "2026-11-20.0.json").read_bytes())

    with pytest.raises(StorageError, match="something else"):
        repository.get_day_shares(date(2026, 11, 21), (0,))


@pytest.mark.parametrize("content", [b"", b"spring", b"spring/1/2", b"\xff"])
def test_a_damaged_promise_is_named(
    repository: LocalCampaignRepository, root: Path, content: bytes
) -> None:
    (root / "videos/budget/.promise").write_bytes(content)

    with pytest.raises(StorageError, match=r"^videos/budget/\.promise is damaged: remove it"):
        repository.get_day_shares(DAY, (0,))
    assert repository.get_campaign("spring").campaign_id == "spring"


def test_a_promise_of_a_campaign_that_is_gone_is_forgotten(
    repository: LocalCampaignRepository, root: Path
) -> None:
    (root / "videos/budget/.promise").write_bytes(b"autumn/0123")

    assert len(repository.get_day_shares(DAY, (0, 1))) == 2
    assert ".promise" not in files(root)


def test_a_commit_that_fails_after_its_promise_changes_nothing(
    repository: LocalCampaignRepository, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process lives on, and so do all others."""
    campaign = repository.get_campaign("spring")
    shares = repository.get_day_shares(DAY, (0, 1))
    taken = tuple(replace(share, committed=Decimal(50)) for share in shares)
    change = Change(campaign=replace(campaign, cache_hits=1), shares=taken)
    place = DataFolder.replace

    def fail_at_the_journal(self: DataFolder, aside: object, parts: tuple[str, ...]) -> None:
        if parts[-1] == ".journal":
            raise OSError(28, "No space left on device")
        place(self, aside, parts)  # type: ignore[arg-type]  # It is handed on as it came.

    monkeypatch.setattr(DataFolder, "replace", fail_at_the_journal)
    with suppress(StorageFullError):
        repository.commit(change)
    assert ".promise" in files(root)
    monkeypatch.undo()

    assert repository.get_day_shares(DAY, (0, 1)) == shares
    assert repository.commit(change).shares == repository.get_day_shares(DAY, (0, 1))
