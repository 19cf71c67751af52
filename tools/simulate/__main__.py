"""Simulate long queues and print what becomes of them: `make simulate`."""

import argparse
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tools.simulate.cases import CASES, PLOTTED
from tools.simulate.report import plot, table
from tools.simulate.results import Result, simulate

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "benchmarks.md"
PLOT = DOCS / "images" / "queue.svg"
SECTION = re.compile(r"(?<=<!-- simulation -->\n).*(?=<!-- /simulation -->)", re.DOTALL)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--write", action="store_true", help="update the documentation")
    options = parser.parse_args(arguments)
    with ProcessPoolExecutor() as pool:
        results = list(pool.map(simulate, CASES))
    print(table(results), end="")
    if options.write:
        write(results)
    return 0


def write(results: Sequence[Result]) -> None:
    PAGE.write_text(SECTION.sub(lambda _: table(results), PAGE.read_text("utf-8")), "utf-8")
    plotted = [each for each in results if each.case.name in PLOTTED]
    PLOT.write_text(plot(plotted), "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
