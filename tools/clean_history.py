"""Take away historical videos: `make clean-history`. `make run` also calls it before it serves.

They go to the trash, or, with TRASH_DAYS=0, for good.
With a data folder it also removes idempotency records after a week; a bucket has a lifecycle rule
for that.
"""

import argparse
import sys

from shared import bootstrap
from shared.domain.errors import ShowreelError
from shared.settings import InvalidSettingsError, settings
from shared.use_cases.answer_once import forget_requests
from shared.use_cases.cleanup_campaign import cleanup_all


def main() -> int:
    parser = argparse.ArgumentParser(prog="make clean-history", description=__doc__)
    parser.add_argument(
        "--keep", type=int, help="how many to keep in each slot; KEEP_HISTORICAL if not given"
    )
    asked: int | None = parser.parse_args().keep
    try:
        keep = settings().keep_historical if asked is None else asked
        count, size_bytes = 0, 0
        for each in cleanup_all(bootstrap.ports(), keep=keep):
            count += len(each.videos)
            size_bytes += each.size_bytes
        if not settings().bucket:
            forget_requests(bootstrap.ports())
    except (InvalidSettingsError, ShowreelError) as error:
        print(error, file=sys.stderr)
        return 1
    if count or asked is not None:
        size = f"{count} historical videos, {size_bytes:,} bytes"
        days = settings().trash_days
        print(f"Moved to the trash for {days} days: {size}." if days else f"Removed {size}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
