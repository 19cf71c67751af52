import sqlite3
from pathlib import Path

import pytest

from shared.adapters.google.firestore_documents import FirestoreDocuments
from shared.adapters.google.play_repository import COUNTS, VIEWS, FirestorePlayRepository
from shared.adapters.local.play_database import FILE
from shared.adapters.local.play_repository import LocalPlayRepository
from shared.domain.errors import StorageError, UnreadableRecordError
from tests.contract.play_contract import (
    TODAY,
    DamagedPlaysContract,
    ForgottenViewsContract,
    PlayContract,
    send,
)
from tests.unit.domain.builders import A_VIDEO, a_beacon
from tools.in_memory.play_repository import InMemoryPlayRepository


class TestInMemoryPlayRepository(PlayContract, ForgottenViewsContract):
    @pytest.fixture
    def plays(self) -> InMemoryPlayRepository:
        return InMemoryPlayRepository()


class TestFirestorePlayRepository(PlayContract, DamagedPlaysContract):
    documents: FirestoreDocuments

    @pytest.fixture
    def plays(self, firestore_host: str, project: str) -> FirestorePlayRepository:
        self.documents = FirestoreDocuments(project=project, database="showreel-plays")
        return FirestorePlayRepository(self.documents)

    def damage_view(self, view_id: str) -> None:
        self.documents.client.document(f"{VIEWS}/{view_id}").update({"video_id": 7})

    @pytest.mark.parametrize("change", [{"plays": "many"}, {"bin_3": "x"}])
    def test_any_damaged_field_of_counts_is_found(
        self, plays: FirestorePlayRepository, change: dict[str, str]
    ) -> None:
        send(plays, a_beacon(played_ms=1000))
        self.damage_counts(A_VIDEO, change)

        with pytest.raises(UnreadableRecordError):
            plays.counts_of_campaign("spring", TODAY, TODAY)

    def damage_counts(self, video_id: str, change: dict[str, str] | None = None) -> None:
        name = f"{COUNTS}/{video_id}~{TODAY.isoformat()}~~"
        self.documents.client.document(name).update(change or {"arm": "A"})


class TestLocalPlayRepository(PlayContract, ForgottenViewsContract, DamagedPlaysContract):
    root: Path

    @pytest.fixture
    def plays(self, tmp_path: Path) -> LocalPlayRepository:
        self.root = tmp_path / "data"
        return LocalPlayRepository(self.root)

    def damage_view(self, view_id: str) -> None:
        self.execute("UPDATE views SET record = '{\"video_id\":7}' WHERE view_id = ?", view_id)

    def damage_counts(self, video_id: str) -> None:
        self.execute("UPDATE counts SET record = '{\"plays\":' WHERE video_id = ?", video_id)

    def execute(self, statement: str, argument: str) -> None:
        with sqlite3.connect(self.root / FILE) as connection:
            connection.execute(statement, (argument,))
        connection.close()

    def test_another_process_sees_what_was_counted(
        self, plays: LocalPlayRepository, tmp_path: Path
    ) -> None:
        send(plays, a_beacon(played_ms=1000))

        other = LocalPlayRepository(tmp_path / "data")
        send(other, a_beacon(played_ms=3000))

        ((_, counts),) = plays.counts_of_video(A_VIDEO, TODAY, TODAY)
        assert (counts.plays, counts.played_ms) == (1, 3000)

    def test_a_folder_in_which_nothing_was_counted_gets_no_file(
        self, plays: LocalPlayRepository, tmp_path: Path
    ) -> None:
        plays.counts_of_video(A_VIDEO, TODAY, TODAY)
        plays.delete_campaign("spring")

        assert not (tmp_path / "data").exists()

    def test_a_file_whose_making_was_cut_off_is_made(
        self, plays: LocalPlayRepository, tmp_path: Path
    ) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / FILE).touch()

        send(plays, a_beacon(played_ms=1000))

        assert len(plays.counts_of_video(A_VIDEO, TODAY, TODAY)) == 1

    def test_the_file_of_a_newer_release_is_not_touched(
        self, plays: LocalPlayRepository, tmp_path: Path
    ) -> None:
        send(plays, a_beacon(played_ms=1000))
        plays.close()
        with sqlite3.connect(tmp_path / "data" / FILE) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()

        with pytest.raises(StorageError, match="newer Showreel"):
            send(plays, a_beacon(2, played_ms=1000))

    def test_a_damaged_file_is_reported_and_can_be_moved_away(
        self, plays: LocalPlayRepository, tmp_path: Path
    ) -> None:
        send(plays, a_beacon(1, played_ms=1000))
        plays.close()
        file = tmp_path / "data" / FILE
        file.write_bytes(b"not a database" * 1000)

        with pytest.raises(StorageError, match="Move it away"):
            plays.counts_of_video(A_VIDEO, TODAY, TODAY)

        file.rename(tmp_path / "moved")
        send(plays, a_beacon(2, played_ms=2000))
        ((_, counts),) = plays.counts_of_video(A_VIDEO, TODAY, TODAY)
        assert (counts.plays, counts.played_ms) == (1, 2000)
