"""Rebuild the records from the JSON beside the videos: `make rebuild-records`.

For a database that was lost, or that lost its last commits. Newer records are kept, and no record
is removed, so this may run beside the service.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from tempfile import TemporaryDirectory

from shared.domain.storage_layout import CACHE
from shared.settings import settings
from shared.use_cases.copy_campaigns import CopiedCampaign, copy_campaigns
from shared.use_cases.copy_media import copy_folder
from tools.copy_campaigns import at, installation, report


def main() -> int:
    argparse.ArgumentParser(prog="make rebuild-records", description=__doc__).parse_args()
    return report(rebuild)


def rebuild() -> Iterator[CopiedCampaign]:
    """Copy the JSON to a folder, where a database is built from it, and copy the records."""
    here = installation(settings())
    with TemporaryDirectory(prefix="showreel-records-") as folder:
        rebuilt = installation(at(f"file://{folder}"))
        count = copy_folder(here.objects, rebuilt.objects, f"{CACHE}/")
        print(f"{count} records were found as JSON.", flush=True)
        yield from copy_campaigns(replace(rebuilt, objects=here.objects), here)


if __name__ == "__main__":
    sys.exit(main())
