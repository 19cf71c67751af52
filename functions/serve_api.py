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
    """Answer what the framework refuses with a page: `/favicon.ico`, a path with a line's end.

    Of the API every path is its own; of the other functions what was wrong is a problem, too.
    """
    if current_app.name == serve_api.__name__:
        return serve_api(request)
    from shared.http.problems import answer_failure

    return answer_failure(error, request)
