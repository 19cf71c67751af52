"""docs/idempotency.md covers every request that changes something, and every message."""

import re
from pathlib import Path

from shared.http.endpoints import ENDPOINTS
from tools.doctor.expected import FUNCTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "idempotency.md"


def rows(first_column: str) -> dict[str, tuple[str, ...]]:
    """Return the other cells of a table, by the first one."""
    tables = re.split(r"\n\n", PAGE.read_text("utf-8"))
    (table,) = [each for each in tables if each.startswith(f"| {first_column} |")]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    return {name.strip("`"): tuple(rest) for name, *rest in cells}


def test_every_request_that_changes_something_is_documented() -> None:
    changing = {
        f"{endpoint.method} {endpoint.path}": endpoint.takes_key
        for endpoint in ENDPOINTS
        if endpoint.method != "GET"
    }
    told = {
        name: under_key == "the first answer" for name, (_, under_key) in rows("request").items()
    }

    assert told.pop("GET and HEAD") is False
    assert changing == told


def test_every_message_is_documented() -> None:
    assert set(rows("message to")) == set(FUNCTIONS)
