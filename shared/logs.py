"""Logs: one JSON object a line on stderr, as Cloud Logging reads them."""

import json
import logging
import sys
from contextvars import ContextVar
from typing import Any

trace: ContextVar[str] = ContextVar("trace", default="")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Writes what was given as `extra` beside the message, and the trace of the request."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "severity": record.levelname,
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "message": record.getMessage(),
            "logger": record.name,
        }
        if trace.get():
            entry["trace"] = trace.get()
        entry |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str, ensure_ascii=False)


def log_as_json(level: str) -> None:
    """Send Showreel's own log, and nobody else's, to stderr as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    showreel = logging.getLogger("shared")
    showreel.handlers = [handler]
    showreel.setLevel(level)
    showreel.propagate = False
