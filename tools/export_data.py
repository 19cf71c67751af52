"""Copy what is in the cloud to a data folder: `make export-data`. It may be run again.

The folder is then a working local installation: STORAGE_URL=file:folder make run
"""

import argparse
import sys
from pathlib import Path

from shared.use_cases.copy_campaigns import copy_campaigns
from tools.copying import cloud_installation, copy_and_tell, local_installation


def main() -> int:
    parser = argparse.ArgumentParser(prog="make export-data", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("data"))
    folder: Path = parser.parse_args().folder
    return copy_and_tell(lambda: copy_campaigns(cloud_installation(), local_installation(folder)))


if __name__ == "__main__":
    sys.exit(main())
