"""Days' budgets as files; what every repository keeps is in the contract."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared.adapters.local.campaign_repository import LocalCampaignRepository
from shared.adapters.local.files.data_folder import DataFolder
from shared.domain.campaign import Change
from shared.domain.daily_budget import DayBudget
from shared.domain.errors import StorageError, StorageFullError
from tests.unit.domain.builders import a_campaign

DAY = date(2026, 11, 20)
DAYS = tuple(
    DayBudget(day=date(2026, 11, number), committed=Decimal("3.20")) for number in (20, 21)
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def repository(root: Path) -> LocalCampaignRepository:
    repository = LocalCampaignRepository(root)
    repository.commit(Change(campaign=a_campaign(), days=DAYS))
    return repository


def files(root: Path) -> set[str]:
    return {path.name for path in (root / "videos/budget").iterdir()}


@pytest.mark.usefixtures("repository")
def test_a_day_is_a_file_that_a_person_can_read(root: Path) -> None:
    assert files(root) == {"2026-11-20.json", "2026-11-21.json"}
    assert '"committed": "3.20"' in (root / "videos/budget/2026-11-20.json").read_text()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"schema_version": 1}', b"\xff"])
def test_a_damaged_day_is_named_and_nothing_is_taken_from_it(
    repository: LocalCampaignRepository, root: Path, content: bytes
) -> None:
    days = (repository.get_day(DAY), repository.get_day(DAYS[1].day))
    (root / "videos/budget/2026-11-21.json").write_bytes(content)

    with pytest.raises(StorageError, match=r"^videos/budget/2026-11-21\.json"):
        repository.get_day(DAYS[1].day)
    with pytest.raises(StorageError):
        repository.commit(Change(campaign=a_campaign("summer"), days=days))
    assert repository.get_day(DAY).committed == Decimal("3.20")


def test_the_file_of_another_day_is_damage(repository: LocalCampaignRepository, root: Path) -> None:
    folder = root / "videos/budget"
    (folder / "2026-11-21.json").write_bytes((folder / "2026-11-20.json").read_bytes())

    with pytest.raises(StorageError, match="something else"):
        repository.get_day(date(2026, 11, 21))


@pytest.mark.parametrize("content", [b"", b"spring", b"spring/1/2", b"\xff"])
def test_a_damaged_promise_is_named(
    repository: LocalCampaignRepository, root: Path, content: bytes
) -> None:
    (root / "videos/budget/.promise").write_bytes(content)

    with pytest.raises(StorageError, match=r"^videos/budget/\.promise is damaged: remove it"):
        repository.get_day(DAY)
    assert repository.get_campaign("spring").campaign_id == "spring"


def test_a_promise_of_a_campaign_that_is_gone_is_forgotten(
    repository: LocalCampaignRepository, root: Path
) -> None:
    (root / "videos/budget/.promise").write_bytes(b"autumn/0123")

    assert repository.get_day(DAY).revision
    assert ".promise" not in files(root)


def test_a_commit_that_fails_after_its_promise_changes_nothing(
    repository: LocalCampaignRepository, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process lives on, and so do all others."""
    campaign = repository.get_campaign("spring")
    days = (repository.get_day(DAY), repository.get_day(DAYS[1].day))
    taken = tuple(replace(day, committed=Decimal(50)) for day in days)
    change = Change(campaign=replace(campaign, cache_hits=1), days=taken)
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

    assert repository.get_day(DAY) == days[0]
    assert repository.commit(change).days[0] == repository.get_day(DAY)


def test_what_an_earlier_release_has_stored_in_shares_is_part_of_the_day(
    repository: LocalCampaignRepository, root: Path
) -> None:
    for number in (0, 31):
        share = f'{{"schema_version": 1, "day": "2026-11-22", "committed": "{number}.50"}}'
        (root / f"videos/budget/2026-11-22.{number}.json").write_text(share)

    day = repository.get_day(date(2026, 11, 22))
    campaign = repository.get_campaign("spring")
    repository.commit(Change(campaign=replace(campaign, cache_hits=1), days=(day,)))

    assert repository.get_day(date(2026, 11, 22)).committed == 32
