"""Say what an installation lacks, and what to do about it: `make doctor`.

Nothing is generated, changed or paid for. The exit code is 1 if something is missing or could not
be checked.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from shared.domain.errors import UnavailableError
from shared.settings import InvalidSettingsError, Settings, environment, read_settings
from tools.doctor.cloud import Cloud, NotCheckedError, NotEmulatedError, hosts_of
from tools.doctor.findings import Finding, is_well, note, ok, problem, summary, table, unknown
from tools.doctor.functions import function_findings, key_findings
from tools.doctor.laptop import laptop_findings
from tools.doctor.models import model_findings
from tools.doctor.resources import (
    bucket_findings,
    database_findings,
    index_findings,
    notification_findings,
    scheduler_findings,
    topic_findings,
)
from tools.doctor.rights import grant_findings, own_findings
from tools.serve import misspelt_settings

Check = Callable[[Cloud], Iterator[Finding]]

INSTALLATION: Mapping[str, Check] = {
    "bucket": bucket_findings,
    "notification of new clips": notification_findings,
    "topics": topic_findings,
    "databases": database_findings,
    "indexes of the databases": index_findings,
    "scheduler job": scheduler_findings,
    "functions": function_findings,
    "keys of the functions": key_findings,
    "rights of the functions": grant_findings,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make doctor", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="the port of make run")
    parser.add_argument("--region", default="", help="the region of the functions")
    options = parser.parse_args()
    found = [*findings(port=options.port, region=options.region)]
    for line in table(found):
        print(line)
    print(f"\n{summary(found)}")
    return 0 if is_well(found) else 1


def findings(*, port: int, region: str) -> Iterator[Finding]:
    try:
        given = environment()
        chosen = read_settings(given)
    except InvalidSettingsError as error:
        for sentence in str(error).splitlines():
            yield problem("settings", sentence, "Correct the environment, or the file .env.")
        return
    yield ok("settings")
    yield from (note("settings", sentence) for sentence in misspelt_settings(given))
    if not chosen.bucket:
        yield from laptop_findings(chosen, port)
    yield from cloud_findings(Cloud(chosen, hosts_of(chosen, given), region=region))


def cloud_findings(cloud: Cloud) -> Iterator[Finding]:
    """Yield what is found in the project that the settings name, if they name one."""
    if not needs_cloud(cloud.settings):
        yield note("cloud", "Videos are in a folder and synthetic: there is no cloud to check.")
        return
    try:
        cloud.renew_token()
    except UnavailableError as error:
        login = "gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS."
        yield problem("credentials", error.message, login)
        return
    yield ok("credentials", cloud.account)
    checks: dict[str, Check] = {"rights of these credentials": own_findings}
    if cloud.settings.bucket:
        checks |= INSTALLATION
    if not cloud.settings.simulated:
        checks["models"] = partial(model_findings, today=datetime.now(UTC).date())
    for subject, check in checks.items():
        yield from _carried_out(subject, check, cloud)


def needs_cloud(chosen: Settings) -> bool:
    return bool(chosen.bucket) or not chosen.simulated


def _carried_out(subject: str, check: Check, cloud: Cloud) -> Iterator[Finding]:
    try:
        yield from check(cloud)
    except NotCheckedError as error:
        yield unknown(subject, str(error))
    except NotEmulatedError:
        yield note(subject, "Not checked: the emulated cloud has no such service.")


if __name__ == "__main__":
    sys.exit(main())
