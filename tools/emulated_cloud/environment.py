"""Keep tests and the emulated cloud away from every real Google account."""

import os
from os import environ  # noqa: TID251  # It prepares what this process and its children read.

LOOPBACK = "127.0.0.1,localhost"


def keep_off_the_cloud() -> None:
    """Call this before google.auth is imported: it reads most of these variables only then.

    Without it, google.auth uses the developer's own credentials, or waits three seconds for a
    virtual machine's metadata server.
    """
    environ["NO_GCE_CHECK"] = "true"
    environ["CLOUDSDK_CONFIG"] = os.devnull
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_API_USE_CLIENT_CERTIFICATE"):
        environ.pop(name, None)
    for name in ("NO_PROXY", "no_proxy"):
        others = environ.get(name)
        environ[name] = f"{LOOPBACK},{others}" if others else LOOPBACK


def ignore_env_file() -> None:
    """Keep the settings of a developer's own `.env` file out of this process and its children."""
    environ["PYTHON_DOTENV_DISABLED"] = "1"
