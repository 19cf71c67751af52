"""Rebuild the records from the JSON beside the videos: `make rebuild-records`.

In Firestore, it is for a database that was lost: newer records stay as they are. In a data folder,
the files replace all records, also after an edit; the former database is kept under another name.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.bootstrap.local_ports import LocalPorts
from shared.domain.storage_layout import CACHE
from shared.settings import settings
from shared.use_cases.copy_campaigns import CopiedCampaign, copy_campaigns
from shared.use_cases.copy_media import copy_folder
from tools.copying import cloud_installation, copy_and_tell, local_installation


def main() -> int:
    argparse.ArgumentParser(prog="make rebuild-records", description=__doc__).parse_args()
    if settings().bucket:
        return copy_and_tell(rebuild)
    count = LocalPorts(settings()).campaigns.rebuild()
    print(f"{count} campaigns were rebuilt from their JSON.")
    return 0


def rebuild() -> Iterator[CopiedCampaign]:
    """The JSON in the bucket is what a local installation reads, so one reads a copy of it."""
    cloud = cloud_installation()
    with TemporaryDirectory(prefix="showreel-records-") as folder:
        local = local_installation(Path(folder))
        count = copy_folder(cloud.objects, local.objects, f"{CACHE}/")
        print(f"{count} records are in the bucket.", flush=True)
        yield from copy_campaigns(replace(local, objects=cloud.objects), cloud)


if __name__ == "__main__":
    sys.exit(main())
