"""docs/repeats.md tells of every request and message that there is."""

import re
from pathlib import Path

from shared.http.operations import OPERATIONS
from shared.http.routes import ROUTES
from tools.emulated_cloud.project import FUNCTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "repeats.md"


def rows(first_column: str) -> dict[str, tuple[str, ...]]:
    """Return the other cells of a table, by the first one."""
    tables = re.split(r"\n\n", PAGE.read_text("utf-8"))
    (table,) = [each for each in tables if each.startswith(f"| {first_column} |")]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    return {name.strip("`"): tuple(rest) for name, *rest in cells}


def test_every_request_that_may_change_something_is_there() -> None:
    changing = {
        f"{method} {path}": OPERATIONS[endpoint].takes_key
        for path, methods in ROUTES.items()
        for method, endpoint in methods.items()
        if method != "GET"
    }
    told = {
        name: under_key == "the first answer" for name, (_, under_key) in rows("request").items()
    }

    assert told.pop("GET and HEAD") is False
    assert changing == told


def test_every_message_is_there() -> None:
    assert set(rows("message to")) == set(FUNCTIONS)
