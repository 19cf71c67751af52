"""The records of experiments in Firestore: `campaigns/<campaign_id>/experiments/<id>`."""

from shared.adapters.google.firestore_documents import Document, FirestoreDocuments, Write
from shared.adapters.google.firestore_pages import delete_all, named_page
from shared.domain.errors import NotFoundError
from shared.domain.experiment import Experiment
from shared.domain.identity import campaign_of_experiment
from shared.domain.values import replace
from shared.records.form import from_record, naming, require_place, to_record


class FirestoreExperimentRepository:
    """A revision is the time of a document's last change, as for campaigns."""

    def __init__(self, documents: FirestoreDocuments) -> None:
        self._documents = documents

    def get(self, experiment_id: str) -> Experiment:
        document = self._documents.get(_path(experiment_id))
        if document is None:
            raise NotFoundError("There is no experiment with this id.")
        return _experiment_of(document)

    def commit(self, experiment: Experiment) -> Experiment:
        path, fields = _path(experiment.id), to_record(experiment)
        write = Write(path=path, fields=fields, revision=experiment.revision)
        (revision,) = self._documents.commit([write])
        return replace(experiment, revision=revision)

    def list(self, campaign_id: str, *, after: str | None, limit: int) -> tuple[Experiment, ...]:
        first = None if after is None else _path(after)
        folder = _folder_of(campaign_id)
        return named_page(self._documents, folder, _experiment_of, after=first, limit=limit)

    def delete_campaign(self, campaign_id: str) -> None:
        client = self._documents.client
        delete_all(self._documents, client.collection(_folder_of(campaign_id)))


def _folder_of(campaign_id: str) -> str:
    return f"campaigns/{campaign_id}/experiments"


def _path(experiment_id: str) -> str:
    """Raise NotFoundError if it cannot be the id of an experiment."""
    return f"{_folder_of(campaign_of_experiment(experiment_id))}/{experiment_id}"


def _experiment_of(document: Document) -> Experiment:
    """Raise UnreadableRecordError."""
    with naming(document.path):
        experiment = from_record(document.fields, Experiment, revision=document.revision)
        require_place(document.path == _path(experiment.id))
    return experiment
