"""One request to the bucket and its answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

Resource = dict[str, Any]
"""An object's metadata, as the JSON API writes it."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """`path` and `query` are as they came, still encoded; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def line(self) -> str:
        """The method and the decoded path and query, which faults are matched against."""
        return f"{self.method} {unquote(self.target)}"


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def json(self) -> Resource:
        resource: Resource = json.loads(self.body)
        return resource

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def answer_json(resource: object, status: int = 200) -> Answer:
    return Answer(
        status=status,
        headers={"content-type": "application/json; charset=UTF-8"},
        body=json.dumps(resource).encode(),
    )


def refuse(status: int, reason: str, message: str) -> Answer:
    """Answer an error as the JSON API does."""
    detail = {"domain": "global", "reason": reason, "message": message}
    return answer_json({"error": {"code": status, "message": message, "errors": [detail]}}, status)


def refuse_xml(status: int, code: str, message: str, details: str = "") -> Answer:
    """Answer an error as the XML API does, which serves signed URLs."""
    more = f"<Details>{escape(details)}</Details>" if details else ""
    body = (
        f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code>"
        f"<Message>{escape(message)}</Message>{more}</Error>"
    )
    return Answer(
        status=status,
        headers={"content-type": "application/xml; charset=UTF-8"},
        body=body.encode(),
    )
