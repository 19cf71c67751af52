"""The least that a function can be: what everything else is measured against."""

import functions_framework
from flask import Request


@functions_framework.http
def hello(request: Request) -> str:
    return "ok"
