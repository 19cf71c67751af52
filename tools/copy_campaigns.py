"""Copy all campaigns from one installation to another: `make copy FROM=… TO=…`.

Both are in the form of STORAGE_URL. Experiments, reviews, plays and webhooks are not copied. A copy
may be interrupted and run again. A folder that was copied from a bucket is a working installation:
STORAGE_URL=file:folder make run
"""

import argparse
import sys
from collections.abc import Callable, Iterable

from shared.bootstrap.google_ports import GooglePorts
from shared.bootstrap.local_ports import LocalPorts
from shared.domain.copying import CopyDecision
from shared.domain.errors import ShowreelError
from shared.settings import InvalidSettingsError, Settings, environment, read_settings
from shared.use_cases.copy_campaigns import CopiedCampaign, Installation, copy_campaigns
from tools.service import INTERRUPTED


def main() -> int:
    parser = argparse.ArgumentParser(prog="make copy FROM=… TO=…", description=__doc__)
    parser.add_argument("source", help="such as file:data")
    parser.add_argument("target", help="such as gs://my-project-videos")
    options = parser.parse_args()
    return report(lambda: copy(options.source, options.target))


def copy(source_url: str, target_url: str) -> Iterable[CopiedCampaign]:
    """Raise InvalidSettingsError for two buckets, or if there is no folder to copy from."""
    source, target = at(source_url), at(target_url)
    if source.bucket and target.bucket:
        raise InvalidSettingsError("FROM or TO must be a folder: one Firestore has the records.")
    if not source.bucket and not source.data_folder.is_dir():
        raise InvalidSettingsError(f"There is no folder {source.data_folder}.")
    return copy_campaigns(installation(source), installation(target))


def at(storage_url: str) -> Settings:
    """Return this process's settings with another STORAGE_URL. Raise InvalidSettingsError."""
    if not storage_url:
        raise InvalidSettingsError(
            "Name both installations: make copy FROM=file:data TO=gs://my-project-videos"
        )
    return read_settings({**environment(), "STORAGE_URL": storage_url})


def installation(settings: Settings) -> Installation:
    """Open an installation. Nothing is served from it."""
    ports = ports_of(settings)
    return Installation(campaigns=ports.campaigns, objects=ports.objects, mirror=ports.mirror)


def ports_of(settings: Settings) -> GooglePorts | LocalPorts:
    """Return the adapters of an installation."""
    return GooglePorts(settings) if settings.bucket else LocalPorts(settings)


def report(copy: Callable[[], Iterable[CopiedCampaign]]) -> int:
    """Print a line after each campaign and a summary; return the exit code."""
    copies: list[CopiedCampaign] = []
    try:
        for copied in copy():
            copies.append(copied)
            print(_line(copied), flush=True)
    except (InvalidSettingsError, ShowreelError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Run the command again to continue.", file=sys.stderr)
        return INTERRUPTED
    print(_summary(copies))
    return 1 if any(copied.transfer.missing or copied.unreadable for copied in copies) else 0


def _line(copied: CopiedCampaign) -> str:
    transfer = copied.transfer
    line = f"{copied.campaign_id}: {copied.decision}"
    if copied.videos or transfer.objects:
        line += (
            f", {copied.videos} videos, {transfer.objects} objects, {transfer.size_bytes:,} bytes"
        )
    if transfer.missing:
        line += f"; {transfer.missing} clips are missing at their source"
    if copied.unreadable and copied.decision is not CopyDecision.UNREADABLE_IN_SOURCE:
        line += f"; {copied.unreadable} unreadable records are copied unchanged"
    return line


def _summary(copies: list[CopiedCampaign]) -> str:
    done = (CopyDecision.COPY, CopyDecision.UP_TO_DATE)
    left = sum(copied.decision not in done for copied in copies)
    return f"{len(copies)} campaigns, of which {left} were left alone."


if __name__ == "__main__":
    sys.exit(main())
