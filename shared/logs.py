"""Logs: one JSON object a line on stderr, with the special fields of Cloud Logging."""

import json
import logging
import re
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

who: ContextVar[str] = ContextVar("who", default="")
"""The name of the caller of the request, where it is known. No secret."""

_trace: ContextVar[Mapping[str, object]] = ContextVar("trace", default={})  # noqa: B039  # Never changed.

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_CLOUD_TRACE = re.compile(r"([0-9a-f]{32})(?:/([0-9]{1,20}))?(?:;o=([0-9]+))?")
_SPAN_IDS = 2**64


def begin_request(headers: Mapping[str, str]) -> None:
    """Forget the request that this thread answered before, and take the trace of this one."""
    who.set("")
    _trace.set(trace_of(headers))


def trace_of(headers: Mapping[str, str]) -> dict[str, object]:
    """Return the `id`, `span` and `sampled` that a front end sent, in either of the two forms."""
    if found := _TRACEPARENT.fullmatch(headers.get("traceparent", "")):
        return {"id": found[1], "span": found[2], "sampled": int(found[3], 16) % 2 == 1}
    if found := _CLOUD_TRACE.fullmatch(headers.get("X-Cloud-Trace-Context", "")):
        span = int(found[2] or 0) % _SPAN_IDS
        return {"id": found[1], "span": f"{span:016x}" if span else "", "sampled": found[3] == "1"}
    return {}


class JsonFormatter(logging.Formatter):
    """Writes what was given as `extra` beside the message, the caller, and the request's trace."""

    def __init__(self, *, project: str = "") -> None:
        """`project` is the one whose traces they are; without it there is no trace to link to."""
        super().__init__()
        self._project = project

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "severity": record.levelname,
            "time": _rfc_3339(record.created),
            "message": record.getMessage(),
            "logger": record.name,
            **self._of_request(),
        }
        entry |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str, ensure_ascii=False)

    def _of_request(self) -> dict[str, object]:
        entry: dict[str, object] = {"who": who.get()} if who.get() else {}
        trace = _trace.get()
        if trace and self._project:
            name = f"projects/{self._project}/traces/{trace['id']}"
            entry["logging.googleapis.com/trace"] = name
            entry["logging.googleapis.com/trace_sampled"] = trace["sampled"]
            if trace["span"]:
                entry["logging.googleapis.com/spanId"] = trace["span"]
        return entry


def log_as_json(level: str, *, project: str = "") -> None:
    """Send Showreel's own log, and nobody else's, to stderr as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(project=project))
    showreel = logging.getLogger("shared")
    showreel.handlers = [handler]
    showreel.setLevel(level)
    showreel.propagate = False


def _rfc_3339(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06}Z"
