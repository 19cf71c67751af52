"""What a laptop needs: a folder that can be written, an intact database, space, and a port."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from shared.settings import Settings
from tools.doctor.findings import Finding, note, ok, problem
from tools.serve import why_unusable, why_unwritable

_LEAST_FREE_BYTES = 1_000_000_000
_DATABASE = ".records.db"


def laptop_findings(chosen: Settings, port: int) -> Iterator[Finding]:
    yield from _folder_findings(chosen.data_folder)
    yield _port_finding(port)
    names = {pair.partition(":")[0].strip() for pair in chosen.api_keys.split(",") if pair}
    listed = ", ".join(sorted(names))
    yield ok("API keys", f"Of {listed}." if names else "None: the API accepts every caller.")


def _folder_findings(folder: Path) -> Iterator[Finding]:
    subject = f"folder {folder}"
    if not folder.is_dir():
        yield note(subject, "It does not exist; make run creates it.")
        return
    if reason := why_unwritable(folder):
        yield problem(subject, reason)
    else:
        yield ok(subject)
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1e9:.1f} GB are free; a clip of 8 seconds takes about 6 MB."
    if free < _LEAST_FREE_BYTES:
        yield problem("disk", detail, "Free some space, or make clean-history.")
    else:
        yield ok("disk", detail)
    yield _database_finding(folder / _DATABASE)


def _database_finding(file: Path) -> Finding:
    if not file.exists():
        return note("database", "It does not exist; make run rebuilds it from the JSON.")
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            [verdict], *_ = connection.execute("PRAGMA quick_check(1)")
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        rebuild = (
            f"Stop the server and remove {file}: it is rebuilt from the JSON beside the videos."
        )
        return problem("database", f"It is damaged: {verdict}", rebuild)
    return ok("database")


def _port_finding(port: int) -> Finding:
    subject = f"port {port}"
    reason = why_unusable(port)
    if reason is None:
        return ok(subject, "It is free.")
    return note(subject, f"{reason}, perhaps by a running server.", "make run PORT=8001")
