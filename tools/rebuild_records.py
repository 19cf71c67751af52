"""Rebuild the records from the JSON beside the videos: `make rebuild-records`.

It is for a database that was lost, or has lost its last commits. The newest of each record is kept,
so it may run beside the service.
"""

import argparse
import sys

from shared.domain.errors import ShowreelError
from shared.settings import InvalidSettingsError, settings
from shared.use_cases.rebuild_records import (
    RebuiltCampaign,
    rebuild_batches,
    rebuild_records,
    remove_deleted,
)
from tools.copy_campaigns import ports_of
from tools.service import INTERRUPTED


def main() -> int:
    argparse.ArgumentParser(prog="make rebuild-records", description=__doc__).parse_args()
    campaigns = changed = unreadable = 0
    try:
        here = ports_of(settings())
        for rebuilt in rebuild_records(here.mirror, here.campaigns):
            campaigns += 1
            changed += rebuilt.is_changed
            unreadable += rebuilt.unreadable is not None
            print(_line(rebuilt), flush=True)
        if removed := remove_deleted(here.campaigns, here.objects):
            print(f"Deleted campaigns removed: {removed}", flush=True)
        for batch_id in rebuild_batches(here.mirror, here.batches, here.objects):
            print(f"{batch_id}: rebuilt", flush=True)
    except (InvalidSettingsError, ShowreelError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Run it again to continue.", file=sys.stderr)
        return INTERRUPTED
    print(f"Campaigns: {campaigns} read, {changed} changed, {unreadable} unreadable.")
    return 1 if unreadable else 0


def _line(rebuilt: RebuiltCampaign) -> str:
    if rebuilt.unreadable:
        return f"{rebuilt.campaign_id}: skipped: {rebuilt.unreadable}"
    if rebuilt.is_changed:
        return f"{rebuilt.campaign_id}: rebuilt, {rebuilt.videos} videos"
    return f"{rebuilt.campaign_id}: up to date"


if __name__ == "__main__":
    sys.exit(main())
