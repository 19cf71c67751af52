"""Compare records, slots, money, objects and operations, and repair what is safe: `make reconcile`.

Nothing is changed without --repair; nothing that was paid for is deleted without
--delete-orphans. Each finding is written at once. The exit code is 1 if a disagreement is left, or
if the comparison ended early.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from msgspec.structs import asdict

from shared import bootstrap
from shared.domain.agreement import Disagreement, Finding
from shared.domain.errors import ShowreelError, UnreadableRecordError
from shared.domain.identity import parse_video_id
from shared.domain.money import ZERO
from shared.domain.schedule import MIRRORED_AFTER
from shared.domain.values import replace
from shared.ports import Ports
from shared.settings import InvalidSettingsError, settings
from shared.use_cases.damaged_records import discard_damaged, restore_record
from shared.use_cases.reconcile import (
    awaits_mirror,
    find_disagreements,
    find_lost_operations,
    find_without_campaign,
    reconcile_campaigns,
    repair_disagreements,
)
from shared.use_cases.repairing import delete_without_record
from tools.service import INTERRUPTED

_PROGRESS_EVERY = 100


@dataclass
class Tally:
    """Counts while findings are written; none of them is kept."""

    campaigns: int = 0
    without_json: int = 0
    left: int = 0
    repaired: int = 0
    usd_at_risk: Decimal = ZERO
    findings: int = 0

    def count(self, finding: Finding) -> None:
        self.findings += 1
        if finding.repaired:
            self.repaired += 1
        elif finding.kind is Disagreement.MONEY_AT_RISK:
            # The campaign's money already holds it as possibly spent: this is not a disagreement.
            self.usd_at_risk += finding.usd
        else:
            self.left += 1


def main() -> int:
    options = _options()
    tally = Tally()
    write = _write_json if options.json else _write_lines
    try:
        _decide(bootstrap.ports(), options)
        write(findings(bootstrap.ports(), options, tally))
    except (InvalidSettingsError, ShowreelError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Repairs made so far are kept.", file=sys.stderr)
        return INTERRUPTED
    if not options.json:
        print(_summary(tally, _place()))
    return 1 if tally.left else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make reconcile", description=__doc__)
    parser.add_argument("--campaign", help="compare only this campaign")
    parser.add_argument("--repair", action="store_true", help="repair what loses nothing")
    parser.add_argument(
        "--delete-orphans",
        action="store_true",
        help="delete clips and pictures without a record; they were paid for",
    )
    parser.add_argument(
        "--restore-damaged",
        metavar="VIDEO_ID",
        help="replace this damaged record by the JSON beside the videos",
    )
    parser.add_argument(
        "--delete-damaged",
        metavar="VIDEO_ID",
        help="delete this damaged record with its objects; its dollars stay counted",
    )
    parser.add_argument("--json", action="store_true", help="write a JSON array instead of lines")
    return parser.parse_args()


def _decide(ports: Ports, options: argparse.Namespace) -> None:
    """Carry out what a person has decided about damaged records."""
    if options.restore_damaged:
        restore_record(ports, *parse_video_id(options.restore_damaged))
    if options.delete_damaged:
        discard_damaged(ports, *parse_video_id(options.delete_damaged))


def findings(ports: Ports, options: argparse.Namespace, tally: Tally) -> Iterator[Finding]:
    """Yield and count each finding as soon as its campaign is compared."""
    compare = partial(_compare, ports, repairing=options.repair)
    found = (
        _of_one(ports, compare, options.campaign, tally)
        if options.campaign
        else _of_all(ports, compare, tally)
    )
    for each in found:
        finding = _deleted(ports, each) if options.delete_orphans else each
        tally.count(finding)
        yield finding


def _of_one(
    ports: Ports, compare: Callable[[str], tuple[Finding, ...]], campaign_id: str, tally: Tally
) -> Iterator[Finding]:
    yield from compare(campaign_id)
    tally.campaigns = 1
    with suppress(UnreadableRecordError):
        tally.without_json = awaits_mirror(ports, ports.campaigns.get_campaign(campaign_id))


def _of_all(
    ports: Ports, compare: Callable[[str], tuple[Finding, ...]], tally: Tally
) -> Iterator[Finding]:
    for campaign, found in reconcile_campaigns(ports, compare):
        tally.campaigns += 1
        tally.without_json += awaits_mirror(ports, campaign)
        if tally.campaigns % _PROGRESS_EVERY == 0:
            print(f"{tally.campaigns:,} campaigns compared", file=sys.stderr, flush=True)
        yield from found
    yield from find_without_campaign(ports)


def _compare(ports: Ports, campaign_id: str, *, repairing: bool) -> tuple[Finding, ...]:
    compare = repair_disagreements if repairing else find_disagreements
    return (*compare(ports, campaign_id), *find_lost_operations(ports, campaign_id))


def _deleted(ports: Ports, finding: Finding) -> Finding:
    return replace(finding, repaired=True) if delete_without_record(ports, [finding]) else finding


def _write_lines(found: Iterable[Finding]) -> None:
    for each in found:
        usd = f"  {each.usd} USD" if each.usd else ""
        repaired = "  repaired" if each.repaired else ""
        line = f"{each.campaign_id}  {each.kind}  {each.subject}{usd}{repaired}"
        print(f"{line}\n    {each.detail}", flush=True)


def _write_json(found: Iterable[Finding]) -> None:
    """Write one array. It has no end if the comparison ends early."""
    separator = "[\n"
    for each in found:
        print(separator + json.dumps(asdict(each), default=str), end="", flush=True)
        separator = ",\n"
    print("[]" if separator == "[\n" else "\n]")


def _place() -> str:
    chosen = settings()
    if chosen.bucket:
        return (
            f"gs://{chosen.bucket} and Firestore {chosen.firestore_database} of "
            f"{chosen.google_cloud_project}"
        )
    missing = "" if chosen.data_folder.is_dir() else ", which does not exist"
    return f"{chosen.data_folder}{missing}"


def _summary(tally: Tally, place: str) -> str:
    compared = f"{_campaigns(tally.campaigns)} in {place}"
    unwritten = (
        f"\nNot compared: the JSON of {_campaigns(tally.without_json)} that changed within the "
        f"last {MIRRORED_AFTER // timedelta(minutes=1)} minutes; the tick may have yet to write it."
        if tally.without_json
        else ""
    )
    if tally.findings:
        at_risk = f"{tally.usd_at_risk:.2f} USD at risk"
        return f"\n{compared}: {tally.left} left, {tally.repaired} repaired; {at_risk}.{unwritten}"
    verdict = "everything agrees" if tally.campaigns else "nothing to compare"
    return f"{compared}: {verdict}.{unwritten}"


def _campaigns(count: int) -> str:
    return f"{count:,} campaign{'' if count == 1 else 's'}"


if __name__ == "__main__":
    sys.exit(main())
