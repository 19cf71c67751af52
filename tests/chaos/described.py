"""Sends requests as they are, and compares answers with the service's own description."""

import json
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

import msgspec
from flask import Flask
from openapi_schema_validator import OAS31Validator
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from shared.http.api import match
from shared.http.openapi import describe, operation_id
from tests.chaos.any_request import AnyRequest, Json


def description() -> Json:
    described = describe(base_url="http://localhost/")
    return dict(msgspec.json.decode(msgspec.json.encode(described)))


def answer_of(app: Flask, request: AnyRequest, path: str) -> Response:
    """No client comes between that would tidy the request up."""
    sent = json.dumps(request.body) if isinstance(request.body, dict) else request.body
    builder = EnvironBuilder(method=request.method, data=sent or b"")
    environ = builder.get_environ()
    builder.close()
    raw = unquote_to_bytes(path.encode("utf-8", "surrogatepass"))
    query = urlencode(request.query, errors="surrogatepass")
    if isinstance(request.body, dict):
        environ["CONTENT_TYPE"] = "application/json"
    environ |= {"PATH_INFO": raw.decode("latin-1"), "QUERY_STRING": query}
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    content, status, headers = run_wsgi_app(app, environ, buffered=True)
    return Response(content, status, Headers(headers))


class Description:
    def __init__(self) -> None:
        self.document = description()
        self._components = {"components": self.document["components"]}
        self._operations = {
            operation["operationId"]: operation
            for methods in self.document["paths"].values()
            for operation in methods.values()
        }

    def problem_with(self, method: str, path: str, answer: Response) -> str | None:
        """Return what of the answer is not as described."""
        if answer.status_code >= 500:
            return "a fault of the service's own"
        described = self._described(method, path, answer.status_code)
        if method == "HEAD":
            return "HEAD with a body" if answer.data else None
        if "content" not in described:
            return "a body that is not described" if answer.data else None
        if answer.mimetype not in described["content"]:
            return f"the content type {answer.mimetype!r} is not described"
        if not answer.is_json:
            return None
        return self._invalid(described["content"][answer.mimetype]["schema"], answer.get_json())

    def _described(self, method: str, path: str, status: int) -> Json:
        raw = unquote_to_bytes(path.encode("utf-8", "surrogatepass"))
        try:
            endpoint, _ = match(method, raw.decode("utf-8", "replace"))
            operation = operation_id(endpoint)
        except HTTPException:
            # Problems are described alike everywhere, so any operation will do for unknown paths.
            operation, status = "service_health", 404
        answers: dict[str, Any] = self._operations[operation]["responses"]
        return dict(answers.get(str(status), answers["default"]))

    def _invalid(self, schema: Json, content: object) -> str | None:
        errors = OAS31Validator(schema | self._components).iter_errors(content)
        return next((str(error.message) for error in errors), None)
