"""The table of docs/benchmarks.md: that it is what is simulated, and that it meets its targets."""

from collections import Counter
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from tools.simulate.__main__ import PAGE, PLOT, SECTION
from tools.simulate.cases import CASES, PLOTTED, RATE, Case
from tools.simulate.pubsub import Latency
from tools.simulate.report import plot, table
from tools.simulate.results import Result, simulate
from tools.simulate.world import World

MINUTE = 60.0
SMALL = {case.name: case for case in CASES}["300"]


@pytest.fixture(scope="module")
def small() -> Result:
    return simulate(SMALL)


def rows() -> dict[str, dict[str, str]]:
    """Return the documented table: by its first column, then by its heads."""
    section = SECTION.search(PAGE.read_text("utf-8"))
    assert section
    heads, _, *lines = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in section[0].strip().splitlines()
    ]
    return {line[0]: dict(zip(heads, line, strict=True)) for line in lines}


def pace_writes_in_a_second(row: dict[str, str]) -> int:
    return int(row["pace writes (most in 1 s)"].partition("(")[2].rstrip(")"))


def number(cell: str) -> float:
    return float(cell.partition(" ")[0].replace(",", ""))


def test_the_document_has_the_simulated_results(small: Result) -> None:
    """`make simulate SIMULATE_ARGS=--write` writes it."""
    written = SECTION.search(PAGE.read_text("utf-8"))

    assert written
    heads, rule, row = table([small]).splitlines(keepends=True)
    assert written[0].startswith(heads + rule)
    assert row in written[0]
    assert list(rows()) == [case.name for case in CASES]


def test_every_documented_video_ends_and_none_is_paid_twice_or_lost() -> None:
    for case, row in zip(CASES, rows().values(), strict=True):
        ended = sum(number(row[end]) for end in ("completed", "filtered", "failed"))
        assert ended == case.videos, case.name
        assert row["paid twice / lost"] == "0 / 0", case.name
        assert number(row["failed"]) == 0 or case.deaths, case.name
        assert number(row["longest record, kB"]) <= 8, case.name
        assert pace_writes_in_a_second(row) <= 3, case.name
        assert number(row["filtered: reported within, s"]) <= MINUTE, case.name


@pytest.mark.parametrize("name", [case.name for case in CASES if case.name.startswith("10,000")])
def test_ten_thousand_videos_meet_the_targets(name: str) -> None:
    row = rows()[name]

    assert number(row["refused (429)"]) <= 0.01 * number(row["completed"])
    assert number(row["commits each"]) <= number(rows()["1"]["commits each"]) + 1
    assert number(row["interactive: longest wait, s"]) <= 2 * MINUTE
    assert number(row["all ended, min"]) <= 1.05 * number(row["ideal, min"])
    assert number(row["first shown after, s"]) <= 100
    assert row["messages / 503 / dead letters"].endswith(" / 0 / 0")


def test_a_quota_below_the_rate_shows_as_refusals() -> None:
    """So the table could say something else than 0."""
    case = Case(name="a quota of 10", bulk=60, rates=((0.0, RATE / 5),))

    result = simulate(case)

    assert result.completed == 60
    assert result.refused > 5


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_processes_and_lost_messages_pay_nothing_twice_and_lose_no_clip(seed: int) -> None:
    case = Case(name="all at once", bulk=100, filtered=0.05, lost=0.2, deaths=0.01, seed=seed)

    result = simulate(case)

    assert (result.paid_twice, result.lost, result.unfinished) == (0, 0, 0)
    assert result.completed + result.filtered + result.failed == 100
    assert result.postponed > 10


def test_a_tick_makes_the_same_calls_for_300_waiting_videos_as_for_3000() -> None:
    # No turn is late: a late one is written, too.
    prompt = Latency(seconds=0.001, cold_starts=0.0)
    few, many = (
        calls_of_a_tick(Case(name="waiting", bulk=count, latency=prompt)) for count in (300, 3000)
    )

    assert few == many
    assert few["waiting"] > 20


def calls_of_a_tick(case: Case) -> Counter[str]:
    """Return the calls of the third minute that no step makes."""
    world, calls = World(case), Counter[str]()
    records, paces = world.ports.records, world.ports.paces

    def counted(port: object, name: str) -> Callable[..., object]:
        method = getattr(port, name)

        def call(*arguments: object, **options: object) -> object:
            calls[name] += 2 * MINUTE <= world.clock.seconds < 3 * MINUTE
            return method(*arguments, **options)

        return call

    turns = ("waiting", "survey", "anything_waits", "commit_pace")
    for port, name in ((records, "due"), *((paces, each) for each in turns)):
        setattr(port, name, counted(port, name))
    world.run(minutes=3)
    return calls


def test_the_ideal_time_is_that_of_a_full_quota() -> None:
    assert Case(name="", bulk=50).ideal_seconds == 90.0
    assert Case(name="", bulk=10_000).ideal_seconds == 199 * MINUTE + 90.0
    down = Case(name="", bulk=100, down=(MINUTE, 11 * MINUTE))
    assert down.ideal_seconds == 11 * MINUTE + 90.0


def test_the_plot_has_a_panel_for_each_case_and_a_line_for_each_count(small: Result) -> None:
    drawn = ET.fromstring(plot([small, small, small]))  # noqa: S314  # It is our own.

    lines = [each for each in drawn.iter() if each.tag.endswith("polyline")]
    assert len(lines) == 9
    first, last = zip(*(_ends(line.get("points", "")) for line in lines[:3]), strict=True)
    nothing, everything = first[2], last[2]
    assert first == (nothing, nothing, nothing)
    assert last == (everything, nothing, everything)


def _ends(points: str) -> tuple[str, str]:
    """Return the heights at which a line begins and ends."""
    heights = [point.partition(",")[2] for point in points.split()]
    return heights[0], heights[-1]


def test_the_documented_plot_is_of_documented_cases() -> None:
    drawn = ET.fromstring(PLOT.read_text("utf-8"))  # noqa: S314  # It is our own.

    assert set(PLOTTED) <= set("\n".join(drawn.itertext()).splitlines())
    assert set(PLOTTED) <= {case.name for case in CASES}
    assert f"](images/{PLOT.name})" in PAGE.read_text("utf-8")
