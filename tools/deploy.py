"""Apply infra/ to a project, or destroy it: `make deploy` and `make destroy`.

Terraform shows its plan and asks; nothing is changed before the answer.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path

from tools.serve import fail

INFRA = Path(__file__).resolve().parents[1] / "infra"
TARGETS = {"apply": "make deploy", "destroy": "make destroy"}

# The provider reads it; Google's own libraries do not.
_PROVIDER_CREDENTIALS = ("GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.deploy", description=__doc__)
    parser.add_argument("action", choices=TARGETS)
    parser.add_argument("project")
    known, arguments = parser.parse_known_args()
    if not known.project:
        return fail(f"Which project? {TARGETS[known.action]} PROJECT=my-project")
    terraform = shutil.which("terraform")
    if terraform is None:
        return fail("There is no terraform: https://developer.hashicorp.com/terraform/install")
    if not has_credentials():
        return fail(
            "There are no credentials for Google Cloud. For your own: gcloud auth "
            "application-default login. For others, set GOOGLE_APPLICATION_CREDENTIALS."
        )
    return run(terraform, known.action, known.project, arguments)


def has_credentials() -> bool:
    """Return whether there are any credentials; Google checks their permissions."""
    import google.auth
    from google.auth.exceptions import DefaultCredentialsError

    environment = os.environ  # noqa: TID251  # The provider's, not Showreel's.
    if any(environment.get(name) for name in _PROVIDER_CREDENTIALS):
        return True
    try:
        with warnings.catch_warnings(action="ignore"):  # User credentials are fine here.
            google.auth.default()
    except DefaultCredentialsError:
        return False
    return True


def run(terraform: str, action: str, project: str, arguments: list[str]) -> int:
    """Return the exit code. Each project has its own workspace, and so its own state."""
    begin = [terraform, f"-chdir={INFRA}"]
    for preparation in (
        ["init"],
        ["workspace", "select", "-or-create=true", project],
    ):
        code = subprocess.run([*begin, *preparation], check=False).returncode
        if code:
            return code
    return wait_for([*begin, action, f"-var=project_id={project}", *arguments])


def wait_for(command: list[str]) -> int:
    """Wait for Terraform, also after Ctrl-C: it gets the signal as well, and ends cleanly."""
    # A child process inherits an ignored signal, but not a handler.
    signal.signal(signal.SIGINT, lambda *_: None)
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
