"""Send a file of requests as one batch, follow it, and write its results: `make bulk FILE=…`.

FILE holds JSON lines, or CSV if its name ends in .csv. Interrupted and run again, it continues: the
same file is the same batch.
"""

import argparse
import sys
import time
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from urllib.parse import urlencode

from shared.settings import InvalidSettingsError, settings
from tools.service import INTERRUPTED, INTERRUPTIONS, Json, RefusedError, Service

_JSON_LINES, _CSV = "application/x-ndjson", "text/csv"
_POLL_SECONDS = 2.0
_LOG_SECONDS = 60.0
_OVER = ("completed", "cancelled")
_WIDTH = 100


class Line:
    """A line that changes on a terminal; elsewhere a new line each minute, and at the end."""

    def __init__(self) -> None:
        self._is_terminal = sys.stdout.isatty()
        self._next = time.monotonic() + _LOG_SECONDS

    def show(self, text: str) -> None:
        if self._is_terminal:
            print(f"\r{text[:_WIDTH]:<{_WIDTH}}", end="", flush=True)
        elif time.monotonic() >= self._next:
            self._next += _LOG_SECONDS
            print(text, flush=True)

    def end(self, text: str) -> None:
        print(f"\r{text[:_WIDTH]:<{_WIDTH}}" if self._is_terminal else text, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bulk", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--url", default=None)
    parser.add_argument("--max-cost-usd", default=None, help="the most that the batch may cost")
    options = parser.parse_args()
    if not options.file.is_file():
        parser.error(f"There is no file {str(options.file)!r}: make bulk FILE=prompts.csv")
    try:
        service = Service(options.url or settings().public_url or "http://localhost:8000")
        batch = _send(service, options.file, options.max_cost_usd)
        batch = _follow(service, batch)
        return _finish(service, batch, options.file)
    except KeyboardInterrupt:
        print(
            "\nStopped. The batch continues; run the command again to follow it.", file=sys.stderr
        )
        return INTERRUPTED
    except (InvalidSettingsError, RefusedError, *INTERRUPTIONS) as error:
        print(error, file=sys.stderr)
        return 1


def _send(service: Service, file: Path, max_cost_usd: str | None) -> Json:
    kind = _CSV if file.suffix.lower() == ".csv" else _JSON_LINES
    query = "" if max_cost_usd is None else f"?{urlencode({'max_cost_usd': max_cost_usd})}"
    batch = service.read(f"/v1/batches{query}", file.read_bytes(), {"Content-Type": kind})
    cost = batch["cost_usd"]["estimated"]
    print(f"{batch['id']}: {batch['total']:,} lines, {cost:,.2f} USD at most", flush=True)
    return batch


def _follow(service: Service, batch: Json) -> Json:
    """Show the progress until the batch is over."""
    path = f"/v1/batches/{batch['id']}"
    line = Line()
    while batch["status"] not in _OVER:
        line.show(_progress(batch))
        time.sleep(_POLL_SECONDS)
        try:
            batch = service.read(path)
        except INTERRUPTIONS as error:
            line.show(f"Waiting for the service: {error}")
    line.end(_progress(batch))
    return batch


def _finish(service: Service, batch: Json, file: Path) -> int:
    """Write the results beside the file, all of them or nothing."""
    target = file.with_name(f"{file.name}.results.jsonl")
    part = target.with_name(f"{target.name}.part")
    results = service.open(f"/v1/batches/{batch['id']}/results")
    with results as answer, part.open("wb") as written:
        copyfileobj(answer, written)
    part.replace(target)
    cost = batch["cost_usd"]["actual"]
    print(f"{target}: the results of {batch['lines']['done']:,} lines; {cost:,.2f} USD")
    videos, refused = batch["videos"], batch["lines"]["refused"]
    if left := refused + videos["failed"] + videos["cancelled"]:
        print(f"{left:,} have no video; the results have the reasons.", file=sys.stderr)
        return 1
    return 0


def _progress(batch: Json) -> str:
    videos, lines = batch["videos"], batch["lines"]
    made = videos["completed"] + videos["cached"] + videos["attached"]
    parts = [f"{batch['status']}: {made:,} videos there"]
    parts += [f"{videos[name]:,} {name.replace('_', ' ')}" for name in _SHOWN if videos[name]]
    if lines["done"] < batch["total"]:
        parts.append(f"{batch['total'] - lines['done']:,} lines to read")
    if lines["refused"]:
        parts.append(f"{lines['refused']:,} refused")
    if (expected := batch["expected_done_at"]) is not None:
        parts.append(f"done at about {datetime.fromtimestamp(expected).astimezone():%a %H:%M}")
    if batch["reason"]:
        parts.append(batch["reason"])
    return ", ".join(parts)


_SHOWN = ("queued", "in_progress", "failed", "cancelled")


if __name__ == "__main__":
    sys.exit(main())
