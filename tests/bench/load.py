"""Requests a second over 8 connections: by wrk where it is installed, else by our own client."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.requests import SEEK_BYTES, Request
from tests.bench.socket_load import LoadError, answers_per_second

CONNECTIONS = 8
HAS_WRK = shutil.which("wrk") is not None

_FAULTS = re.compile(r"^\s*(Non-2xx or 3xx responses|Socket errors).*$", re.MULTILINE)
_RATE = re.compile(r"^Requests/sec:\s+([0-9.]+)$", re.MULTILINE)


def requests_per_second(request: Request, port: int, *, seconds: float) -> float:
    """Raise LoadError if a single answer is not a good one."""
    if HAS_WRK:
        return _by_wrk(request, port, seconds)
    return answers_per_second(request, port, connections=CONNECTIONS, seconds=seconds)


def _by_wrk(request: Request, port: int, seconds: float) -> float:
    with TemporaryDirectory() as folder:
        script = Path(folder, "request.lua")
        script.write_text(_script(request))
        duration = f"{round(seconds)}s"
        url = f"http://127.0.0.1:{port}{request.path}"
        wrk = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{duration}", "-s", str(script), url]
        report = subprocess.run(wrk, check=True, capture_output=True, text=True).stdout
    fault, rate = _FAULTS.search(report), _RATE.search(report)
    if fault or not rate:
        raise LoadError(f"{request.method} {request.path}: {fault[0].strip() if fault else report}")
    return float(rate[1])


def _script(request: Request) -> str:
    """JSON's strings are Lua's, as long as they hold nothing but ASCII."""
    lines = [f"wrk.method = {json.dumps(request.method)}", f"wrk.body = {json.dumps(request.body)}"]
    lines += [
        f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}"
        for name, value in request.headers.items()
    ]
    if request.seeks_in is not None:
        lines.append(_SEEK.format(last=request.seeks_in - SEEK_BYTES, more=SEEK_BYTES - 1))
    return "\n".join(lines)


_SEEK = """
request = function()
  local start = math.random(0, {last})
  wrk.headers["Range"] = "bytes=" .. start .. "-" .. (start + {more})
  return wrk.format()
end
"""
