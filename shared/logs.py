"""Logs: one JSON object per line on stderr, with the special fields of Cloud Logging."""

import json
import logging
import re
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared.domain.errors import ShowreelError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

requested_by: ContextVar[str | None] = ContextVar("requested_by", default=None)
"""The name of the current request's API key, if any."""

_trace: ContextVar[tuple[str, str]] = ContextVar("trace", default=("", ""))

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_TRACEPARENT = r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?"
_CLOUD_TRACE = r"([0-9a-f]{32})/([0-9]{1,20})(?:;o=([0-9]+))?"


def begin_request(environ: "WSGIEnvironment") -> None:
    """Set the trace of the current request, and reset the fields of this thread's last one."""
    requested_by.set(None)
    _trace.set((environ.get("HTTP_TRACEPARENT", ""), environ.get("HTTP_X_CLOUD_TRACE_CONTEXT", "")))


def trace_fields(traceparent: str, cloud_trace: str, *, project: str) -> dict[str, object]:
    """Return the fields that link a line to its trace, from either header of the platform."""
    if found := re.fullmatch(_TRACEPARENT, traceparent):
        trace, span, sampled = found[1], found[2], int(found[3], 16) % 2 == 1
    elif found := re.fullmatch(_CLOUD_TRACE, cloud_trace):
        trace, span, sampled = found[1], f"{int(found[2]):016x}", found[3] == "1"
    else:
        return {}
    return {
        "logging.googleapis.com/trace": f"projects/{project}/traces/{trace}",
        "logging.googleapis.com/spanId": span,
        "logging.googleapis.com/trace_sampled": sampled,
    }


class JsonFormatter(logging.Formatter):
    """Writes the message, the `extra` fields, the caller and the request's trace."""

    def __init__(self, *, project: str = "") -> None:
        """`project` is the project of the traces; without it, lines have no trace fields."""
        super().__init__()
        self._project = project

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "severity": record.levelname,
            "time": _rfc_3339(record.created),
            "message": record.getMessage(),
            "logger": record.name,
            **self._request_fields(),
        }
        entry |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            entry |= self._error_fields(record.exc_info[1])
        return json.dumps(entry, default=str, ensure_ascii=False)

    def _error_fields(self, error: BaseException | None) -> dict[str, object]:
        """Return what an expected error says, or the stack trace of any other."""
        if error is None:
            return {}
        if not isinstance(error, ShowreelError):
            return {"exception": "".join(traceback.format_exception(error))}
        cause = {"cause": repr(error.__cause__)} if error.__cause__ else {}
        return {"code": error.code, "detail": error.message, **cause}

    def _request_fields(self) -> dict[str, object]:
        caller = {"requested_by": requested_by.get()} if requested_by.get() else {}
        trace = _trace.get()
        if not self._project or not any(trace):
            return {**caller}
        return {**caller, **trace_fields(*trace, project=self._project)}


def log_as_json(level: str, *, project: str = "") -> None:
    """Send the log of `shared`, and of no other package, to stderr as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(project=project))
    showreel = logging.getLogger("shared")
    showreel.handlers = [handler]
    showreel.setLevel(level)
    showreel.propagate = False


def _rfc_3339(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
