"""The table that `make chaos` prints."""

from tests.chaos.findings import Finding, Kind
from tests.chaos.report import Row, table

PAID_TWICE = Finding(Kind.PAID_TWICE, "video_spring.0 was submitted 2 times")
MISSING = Finding(Kind.DISAGREEMENT, "missing are []")


def test_the_table_counts_violations_and_their_sum() -> None:
    create, promote = Row(what="create", points=2), Row(what="promote", points=1)
    create.add((PAID_TWICE, PAID_TWICE, MISSING), ticks=3)
    create.add((), ticks=15)
    promote.add((MISSING,))

    _, _, *rows = table([create, promote]).splitlines()

    assert rows == [
        "| create | 2 | 2 | 1 | 0 | 0 | 1 | 0 | 15 |",
        "| promote | 1 | 1 | 0 | 0 | 0 | 1 | 0 | 0 |",
        "| **all** | 3 | 3 | 1 | 0 | 0 | 2 | 0 | 15 |",
    ]
