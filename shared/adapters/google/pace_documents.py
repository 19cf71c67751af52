"""The paces of models as documents of Firestore: `paces/<model>`."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from shared.adapters.google.firestore_documents import Document, FirestoreDocuments, Write
from shared.domain.errors import UnreadableRecordError
from shared.domain.pacing import Pace
from shared.records.form import require_place, to_record
from shared.records.paces import pace_from_record

PACES = "paces"


def write_of_pace(pace: Pace) -> Write:
    return Write(path=_path_of(pace.model), fields=to_record(pace), revision=pace.revision)


def read_pace(documents: FirestoreDocuments, model: str) -> Pace:
    """Raise UnreadableRecordError."""
    stored = documents.get(_path_of(model))
    return Pace(model=model) if stored is None else _pace_of(stored, model)


def read_paces(documents: FirestoreDocuments, models: Iterable[str]) -> Mapping[str, Pace]:
    """Leave out those that cannot be read."""
    paths = {model: _path_of(model) for model in models}
    found = documents.get_all(paths.values()) if paths else {}
    paces: dict[str, Pace] = {}
    for model, path in paths.items():
        with suppress(UnreadableRecordError):
            paces[model] = _pace_of(found[path], model) if path in found else Pace(model=model)
    return paces


def _pace_of(document: Document, model: str) -> Pace:
    try:
        stored = pace_from_record(document.fields, revision=document.revision)
        require_place(stored.model == model)
    except UnreadableRecordError as error:
        raise UnreadableRecordError(
            f"{document.path}: {error.message}",
            is_newer=error.is_newer,
            revision=document.revision,
        ) from error
    return stored


def _path_of(model: str) -> str:
    return f"{PACES}/{model}"
