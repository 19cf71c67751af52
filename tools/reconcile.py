"""Compare records, slots, money, objects and operations, and mend what is safe: `make reconcile`.

Nothing is changed without --repair; nothing that was paid for is deleted without
--delete-orphans. The exit code is 1 while there is a disagreement that is not mended.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from decimal import Decimal
from functools import partial

from shared import bootstrap
from shared.domain.agreement import Disagreement
from shared.domain.errors import ShowreelError
from shared.domain.identity import parse_video_id
from shared.ports import Ports
from shared.settings import InvalidSettingsError, settings
from shared.use_cases.damaged_records import discard_damaged, restore_record
from shared.use_cases.mending import delete_without_record
from shared.use_cases.reconcile import (
    Verdict,
    find_disagreements,
    find_lost_operations,
    mend_disagreements,
    reconcile_all,
)

INTERRUPTED = 130
_PROGRESS_EVERY = 100

Compare = Callable[[Ports, str], tuple[Verdict, ...]]


def main() -> int:
    options = _options()
    try:
        _decide(bootstrap.ports(), options)
        counts: Counter[str] = Counter()
        verdicts = list(_verdicts(bootstrap.ports(), options, counts))
    except (InvalidSettingsError, ShowreelError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What was mended stays mended.", file=sys.stderr)
        return INTERRUPTED
    print(
        _as_json(verdicts) if options.json else _as_table(verdicts, _place(), counts["campaigns"])
    )
    return 1 if any(_is_left(verdict) for verdict in verdicts) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make reconcile", description=__doc__)
    parser.add_argument("--campaign", help="look at this campaign alone")
    parser.add_argument("--repair", action="store_true", help="mend what loses nothing")
    parser.add_argument(
        "--delete-orphans",
        action="store_true",
        help="delete clips and thumbnails of which no record knows; they were paid for",
    )
    parser.add_argument(
        "--restore-damaged",
        metavar="VIDEO_ID",
        help="put the JSON beside the videos in place of this damaged record",
    )
    parser.add_argument(
        "--delete-damaged",
        metavar="VIDEO_ID",
        help="delete this damaged record with its objects; its dollars stay counted",
    )
    parser.add_argument("--json", action="store_true", help="write JSON instead of a table")
    return parser.parse_args()


def _decide(ports: Ports, options: argparse.Namespace) -> None:
    """Do to damaged records what a person has decided."""
    if options.restore_damaged:
        restore_record(ports, *parse_video_id(options.restore_damaged))
    if options.delete_damaged:
        discard_damaged(ports, *parse_video_id(options.delete_damaged))


def _verdicts(ports: Ports, options: argparse.Namespace, counts: Counter[str]) -> Iterator[Verdict]:
    look = partial(_look, ports, mend_disagreements if options.repair else find_disagreements)
    if options.campaign:
        looked_at = iter([(options.campaign, look(options.campaign))])
    else:
        looked_at = reconcile_all(ports, look)
    for number, (_, verdicts) in enumerate(looked_at, start=1):
        counts["campaigns"] = number
        if number % _PROGRESS_EVERY == 0:
            print(f"{number:,} campaigns looked at", file=sys.stderr, flush=True)
        yield from _without_orphans(ports, verdicts) if options.delete_orphans else verdicts


def _look(ports: Ports, compare: Compare, campaign_id: str) -> tuple[Verdict, ...]:
    return (*compare(ports, campaign_id), *find_lost_operations(ports, campaign_id))


def _without_orphans(ports: Ports, verdicts: tuple[Verdict, ...]) -> Iterator[Verdict]:
    for verdict in verdicts:
        deleted = delete_without_record(ports, [verdict.finding])
        yield Verdict(finding=verdict.finding, mended=bool(deleted) or verdict.mended)


def _is_left(verdict: Verdict) -> bool:
    """Money at risk is no disagreement: it is held as what it is."""
    return not verdict.mended and verdict.finding.kind is not Disagreement.MONEY_AT_RISK


def _as_json(verdicts: list[Verdict]) -> str:
    findings = [{**asdict(each.finding), "mended": each.mended} for each in verdicts]
    return json.dumps(findings, indent=2, default=str)


def _place() -> str:
    chosen = settings()
    if chosen.bucket:
        return (
            f"gs://{chosen.bucket} and Firestore {chosen.firestore_database} of "
            f"{chosen.google_cloud_project}"
        )
    missing = "" if chosen.data_folder.is_dir() else ", which does not exist"
    return f"{chosen.data_folder}{missing}"


def _as_table(verdicts: list[Verdict], place: str, campaigns: int) -> str:
    looked_at = f"{campaigns:,} campaign{'' if campaigns == 1 else 's'} in {place}"
    if not verdicts:
        return f"{looked_at}: {'everything agrees' if campaigns else 'nothing to compare'}."
    rows = [("campaign", "what", "about", "USD", ""), *map(_row, verdicts)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    details = [each.finding.detail for each in verdicts]
    told = [f"{line}\n    {detail}" for line, detail in zip(lines[1:], details, strict=True)]
    return "\n".join([lines[0], *told, "", f"{looked_at}: {_sum(verdicts)}"])


def _row(verdict: Verdict) -> tuple[str, ...]:
    finding = verdict.finding
    usd = str(finding.usd) if finding.usd else ""
    mended = "mended" if verdict.mended else ""
    return finding.campaign_id, finding.kind, finding.subject, usd, mended


def _sum(verdicts: list[Verdict]) -> str:
    left = sum(map(_is_left, verdicts))
    at_risk = [
        each.finding.usd
        for each in verdicts
        if each.finding.kind is Disagreement.MONEY_AT_RISK and not each.mended
    ]
    mended = sum(verdict.mended for verdict in verdicts)
    return f"{left} left, {mended} mended; {sum(at_risk, Decimal(0))} USD at risk."


if __name__ == "__main__":
    sys.exit(main())
