"""HTTPS: every public path."""

import functions_framework
from flask import Request, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from shared import bootstrap


@functions_framework.http
def serve_api(request: Request) -> ResponseReturnValue:
    # The platform imports this module for every function; only this one pays for the API.
    from shared.http.api import respond

    return respond(request, bootstrap.serving_ports)


def answer_refused(error: HTTPException) -> ResponseReturnValue:
    """Answer a request that the framework refuses before it calls a function.

    The API answers it as any other path, such as `/favicon.ico`. The other functions answer with a
    problem in place of the framework's HTML page.
    """
    if current_app.name == serve_api.__name__:
        return serve_api(request)
    from shared.http.problems import answer_failure

    return answer_failure(error, request)
