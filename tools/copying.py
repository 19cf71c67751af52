"""What the tools share that copy campaigns from one installation to another."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from shared.bootstrap.google_ports import GooglePorts
from shared.bootstrap.local_ports import LocalPorts
from shared.domain.copying import Verdict
from shared.domain.errors import ShowreelError
from shared.settings import InvalidSettingsError, settings
from shared.use_cases.copy_campaigns import CopiedCampaign, Installation

INTERRUPTED = 130


def local_installation(folder: Path) -> Installation:
    """Open a data folder. Nothing is served from it."""
    ports = LocalPorts(replace(settings(), storage_url=f"file:{folder.absolute()}"))
    return Installation(campaigns=ports.campaigns, objects=ports.objects, mirror=ports.mirror)


def this_installation() -> Installation:
    """Open what STORAGE_URL names, a data folder or a bucket."""
    chosen = settings()
    ports = GooglePorts(chosen) if chosen.bucket else LocalPorts(chosen)
    return Installation(campaigns=ports.campaigns, objects=ports.objects, mirror=ports.mirror)


def cloud_installation() -> Installation:
    """Open what STORAGE_URL names. Raise InvalidSettingsError if it is no bucket."""
    chosen = settings()
    if not chosen.bucket:
        raise InvalidSettingsError("STORAGE_URL must name the bucket of the cloud: gs://name.")
    return this_installation()


def copy_and_tell(copy: Callable[[], Iterable[CopiedCampaign]]) -> int:
    """Say what was done after each campaign; return the exit code."""
    copies: list[CopiedCampaign] = []
    try:
        for copied in copy():
            copies.append(copied)
            print(_line(copied), flush=True)
    except (InvalidSettingsError, ShowreelError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Run it again: it goes on where it was.", file=sys.stderr)
        return INTERRUPTED
    print(_sum(copies))
    return 1 if any(copied.transfer.missing or copied.unreadable for copied in copies) else 0


def _line(copied: CopiedCampaign) -> str:
    transfer = copied.transfer
    line = f"{copied.campaign_id}: {copied.verdict}"
    if copied.videos or transfer.objects:
        line += (
            f", {copied.videos} videos, {transfer.objects} objects, {transfer.size_bytes:,} bytes"
        )
    if transfer.missing:
        line += f"; {transfer.missing} clips are missing at their source"
    if copied.unreadable and copied.verdict is not Verdict.UNREADABLE_IN_SOURCE:
        line += f"; {copied.unreadable} records cannot be read, and are carried along as they are"
    return line


def _sum(copies: list[CopiedCampaign]) -> str:
    done = (Verdict.COPY, Verdict.UP_TO_DATE)
    left = sum(copied.verdict not in done for copied in copies)
    return f"{len(copies)} campaigns, of which {left} were left alone."
