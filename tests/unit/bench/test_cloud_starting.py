"""Where the emulator is missing."""

import pytest

from tests.bench.cloud_starting import measure_cloud_starts
from tests.bench.report import Verdict


def test_without_an_emulator_the_rows_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    rows = measure_cloud_starts(rounds=1)

    assert [Verdict.SKIPPED] * 2 == [row.verdict for row in rows]
    assert all("Install" in row.what for row in rows)
