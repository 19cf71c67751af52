"""Copy a data folder into the cloud: `make import-data`. It may be stopped and run again."""

import argparse
import sys
from pathlib import Path

from shared.use_cases.copy_campaigns import copy_campaigns
from tools.copying import cloud_installation, copy_and_tell, local_installation


def main() -> int:
    parser = argparse.ArgumentParser(prog="make import-data", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("data"))
    folder: Path = parser.parse_args().folder
    if not folder.is_dir():
        print(f"There is no folder {folder}. Name one: make import-data DATA=…", file=sys.stderr)
        return 1
    return copy_and_tell(lambda: copy_campaigns(local_installation(folder), cloud_installation()))


if __name__ == "__main__":
    sys.exit(main())
