"""What a process of its own would do, in this one: to start Python with Google's SDKs is slow."""

import io
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from unittest.mock import patch

from shared import bootstrap
from shared.settings import settings


@contextmanager
def configured(environment: Mapping[str, str]) -> Iterator[None]:
    """Let settings, adapters and logs be those of these variables until the end of the block."""
    log = logging.getLogger("shared")
    handlers, level, propagates = log.handlers, log.level, log.propagate
    # The framework writes its own variables into the environment; they go with ours.
    with patch.object(bootstrap, "_ports", None), patch.dict(os.environ, environment):
        settings.cache_clear()
        try:
            yield
        finally:
            bootstrap.close()
            settings.cache_clear()
            log.handlers, log.propagate = handlers, propagates
            log.setLevel(level)


@dataclass(frozen=True, kw_only=True)
class Ended:
    returncode: int
    stdout: str
    stderr: str


def run_tool(name: str, *arguments: object, **environment: str) -> Ended:
    """Run `python -m tools.NAME ARGUMENTS`."""
    out, error = io.StringIO(), io.StringIO()
    command = [name, *map(str, arguments)]
    with configured(environment), patch.object(sys, "argv", command):
        logging.getLogger("shared").handlers = []
        with redirect_stdout(out), redirect_stderr(error):
            code: int = import_module(f"tools.{name}").main()
    return Ended(returncode=code, stdout=out.getvalue(), stderr=error.getvalue())
