"""The record of an experiment."""

import msgspec

from shared.domain.experiment import Experiment
from shared.records.form import Record, encode, from_record, parse

# Threads that are the first to read the same type crash the process (msgspec 0.22). An import
# belongs to one thread: from here on, it is known.
msgspec.json.Decoder(Experiment)


def experiment_from_record(record: Record, *, revision: str = "") -> Experiment:
    """Raise UnreadableRecordError if it is not one of an experiment, or of a newer schema."""
    return from_record(record, Experiment, revision)


def encode_experiment(experiment: Experiment) -> bytes:
    return encode(experiment)


def decode_experiment(content: bytes, *, revision: str = "") -> Experiment:
    """Raise UnreadableRecordError, as `experiment_from_record`."""
    return experiment_from_record(parse(content), revision=revision)
