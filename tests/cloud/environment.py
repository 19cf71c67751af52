"""Keeps tests, and the emulated cloud, away from every real Google account."""

import os

LOOPBACK = "127.0.0.1,localhost"


def keep_off_the_cloud() -> None:
    """Call this before google.auth is imported: it reads most of these variables only then.

    Without it, google.auth takes the credentials of whoever runs the tests, or asks for the
    metadata server of a virtual machine for three seconds.
    """
    os.environ["NO_GCE_CHECK"] = "true"
    os.environ["CLOUDSDK_CONFIG"] = os.devnull
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_API_USE_CLIENT_CERTIFICATE"):
        os.environ.pop(name, None)
    for name in ("NO_PROXY", "no_proxy"):
        others = os.environ.get(name)
        os.environ[name] = f"{LOOPBACK},{others}" if others else LOOPBACK


def ignore_env_file() -> None:
    """Keep the settings of a developer's own `.env` file out of this process and its children."""
    os.environ["PYTHON_DOTENV_DISABLED"] = "1"
