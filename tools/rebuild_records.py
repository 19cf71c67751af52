"""Rebuild the records from the JSON beside the videos: `make rebuild-records`.

It is for a database that was lost, or has lost its last commits. Newer records stay as they are,
and no record is removed, so it may run beside the service.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.domain.storage_layout import CACHE
from shared.use_cases.copy_campaigns import CopiedCampaign, copy_campaigns
from shared.use_cases.copy_media import copy_folder
from tools.copying import copy_and_tell, local_installation, this_installation


def main() -> int:
    argparse.ArgumentParser(prog="make rebuild-records", description=__doc__).parse_args()
    return copy_and_tell(rebuild)


def rebuild() -> Iterator[CopiedCampaign]:
    """Copy the JSON to a folder, whose database is then built from it, and copy the records."""
    here = this_installation()
    with TemporaryDirectory(prefix="showreel-records-") as folder:
        rebuilt = local_installation(Path(folder))
        count = copy_folder(here.objects, rebuilt.objects, f"{CACHE}/")
        print(f"{count} records are kept as JSON.", flush=True)
        yield from copy_campaigns(replace(rebuilt, objects=here.objects), here)


if __name__ == "__main__":
    sys.exit(main())
