"""What is looked at before a server is started, so that it is said at once and not by a request."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryFile

from shared.settings import Settings

_SIMILAR = 0.8
# Settings of Google's clients that resemble ours, and the one that only the platform sets.
_OTHERS = {"FIRESTORE_EMULATOR_HOST", "PUBSUB_EMULATOR_HOST"}
_OF_PLATFORM = {"K_SERVICE"}


def misspelt_settings(environment: Mapping[str, str]) -> Iterator[str]:
    """Return a sentence about each name that is no setting but resembles one that is not set."""
    known = {setting.name.upper() for setting in fields(Settings)}
    missing = known - environment.keys() - _OF_PLATFORM
    for name in sorted(environment.keys() - known - _OTHERS):
        for meant in get_close_matches(name.upper(), missing, n=1, cutoff=_SIMILAR):
            yield f"{name} is not a setting of Showreel. Did you mean {meant}?"


def why_unwritable(folder: Path) -> str | None:
    """Create the folder if there is none, and write into it; return what prevents that."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as probe:
            probe.write(b"probe")
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        return f"{folder} cannot be written ({reason}). Set STORAGE_URL to a folder that can."
    return None
