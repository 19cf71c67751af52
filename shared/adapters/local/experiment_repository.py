"""The records of experiments in the same SQLite database as the campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.adapters.local.record_pages import first_readable
from shared.adapters.local.record_rows import row_of, stored_record
from shared.domain.errors import NotFoundError
from shared.domain.experiment import Experiment
from shared.records.form import decode, naming, require_place

if TYPE_CHECKING:
    from shared.adapters.local.record_database import RecordDatabase

_COLUMNS = "SELECT id, record, revision FROM experiments"
_ONE = f"{_COLUMNS} WHERE id = ?"
_AFTER = f"{_COLUMNS} WHERE campaign_id = ? AND id > ? ORDER BY id"
_DELETE = "DELETE FROM experiments WHERE campaign_id = ?"


class LocalExperimentRepository:
    """A revision is a digest of a record's JSON, as for campaigns."""

    def __init__(self, database: RecordDatabase) -> None:
        self._database = database

    def get(self, experiment_id: str) -> Experiment:
        with self._database.reading() as connection:
            row = row_of(connection, _ONE, experiment_id)
        if row is None:
            raise NotFoundError("There is no experiment with this id.")
        return _experiment_of(*row)

    def commit(self, experiment: Experiment) -> Experiment:
        derived = {"id": experiment.id, "campaign_id": experiment.campaign_id}
        with self._database.writing() as connection:
            return stored_record(connection, "experiments", derived, experiment, "The experiment")

    def list(self, campaign_id: str, *, after: str | None, limit: int) -> tuple[Experiment, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(_AFTER, (campaign_id, after or ""))
            return first_readable(_experiment_of, rows, limit)

    def delete_campaign(self, campaign_id: str) -> None:
        with self._database.writing() as connection:
            connection.execute(_DELETE, (campaign_id,))


def _experiment_of(experiment_id: str, record: bytes, revision: str) -> Experiment:
    """Raise UnreadableRecordError."""
    with naming(f"experiments/{experiment_id}"):
        stored = decode(record, Experiment, revision=revision)
        require_place(stored.id == experiment_id)
    return stored
