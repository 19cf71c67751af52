"""Measure Showreel against the targets, as ratios within one run: what `make bench` does."""

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import cores
from tests.bench.beacons import measure_beacons
from tests.bench.campaign import make_campaign
from tests.bench.cloud_starting import count_beacons, measure_cloud_starts
from tests.bench.growth import measure_growth
from tests.bench.load import HAS_WRK
from tests.bench.promise import measure_promise
from tests.bench.report import Row, table
from tests.bench.servers import ROOT, write_byte_code
from tests.bench.starting import measure_starts
from tests.bench.streaming import measure_streaming
from tests.bench.throughput import measure_throughput
from tests.bench.weight import count_first_answers, count_imports
from tools.emulated_cloud.environment import ignore_env_file, keep_off_the_cloud

PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """\
# Benchmarks

What `make bench BENCH_ARGS=--write` last measured. Everything is a ratio within one run: to a
function that only answers `ok` under the same framework and interpreter (hello), or to nginx.
"""
NOTES = """\
- Each round runs each case once, in random order. A ratio is taken within its round; the table has
  the median of these and its bootstrap interval. A target is met or missed by the whole interval.
- Hello against hello is the control: what it shows is noise.
- Instructions are counted by callgrind, in the main thread, and repeat to a tenth of a percent.
  Times depend on what else the machine does.
- The least is what a function takes that answers with a record of the same database: it checks and
  logs nothing. The rest, up to the target, is what the target leaves for Showreel.
- A start is the time from a new process to its first answer, which reads a record.
- A beacon is of a view of its own, with a signed token. The run ends unless each one is counted in
  the report. Beacons, and the hello that they are compared with, have the load of our own client.
- The data folder holds a campaign that the system has made. Its first clip is enlarged to 6 MB, the
  size of eight seconds of Veo, by a box that players skip. 8 connections, kept alive.
- A wrong status, a broken connection or different bytes end the run.
"""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How often things are measured, and for how long each time."""

    starts: int
    rounds: int
    seconds: float


FULL = Scale(starts=21, rounds=9, seconds=1)
QUICK = Scale(starts=3, rounds=1, seconds=1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look that proves nothing")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md as well")
    options = parser.parse_args()
    rows = measure(QUICK if options.quick else FULL)
    result = f"{conditions()}\n\n{table(rows)}"
    print(result)
    if options.write:
        # What follows the notes is written by hand, and by other tools.
        _, heading, rest = PAGE.read_text().partition("\n## ")
        PAGE.write_text(f"{HEAD}\n{result}\n{NOTES}{heading}{rest}")


def measure(scale: Scale) -> list[Row]:
    keep_off_the_cloud()
    ignore_env_file()
    with TemporaryDirectory() as folder, cores.pinned_to(cores.FOR_LOAD):
        return list(_measured(scale, Path(folder)))


def _measured(scale: Scale, folder: Path) -> Iterator[Row]:
    write_byte_code()
    say("making a campaign of four videos")
    with cores.pinned_to(cores.ALL):
        campaign = make_campaign(folder / "data")
    say("counting instructions")
    yield count_imports()
    if scale is FULL:
        yield count_first_answers(campaign)
        yield from count_beacons()
    say("counting commits")
    yield from measure_promise()
    say("starting servers")
    yield from measure_starts(campaign, rounds=scale.starts)
    yield from measure_cloud_starts(rounds=scale.starts)
    say("asking a warm service")
    yield from measure_throughput(campaign, rounds=scale.rounds, seconds=scale.seconds)
    say("reporting plays")
    yield from measure_beacons(campaign, rounds=scale.rounds, seconds=scale.seconds)
    say("streaming content")
    yield from measure_streaming(campaign, rounds=scale.rounds, seconds=scale.seconds)
    say("filling data folders")
    yield from measure_growth(campaign, folder, rounds=scale.rounds)


def conditions() -> str:
    client = "wrk" if HAS_WRK else "its own client, as wrk is not installed: nginx waits for it"
    pinned = "servers on one core, load on another" if cores.ARE_SEPARATE else "one core for all"
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores; {pinned}; load by {client}."
    )


def say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
