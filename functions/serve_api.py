"""HTTPS: every public path."""

import functions_framework
from flask import Request
from flask.typing import ResponseReturnValue

from shared import bootstrap


@functions_framework.http
def serve_api(request: Request) -> ResponseReturnValue:
    # The platform imports this module for every function; only this one pays for the API.
    from shared.http.api import respond

    response = respond(request, bootstrap.ports)
    if response.direct_passthrough:
        # The server gets the stream alone, and closes nothing else.
        bootstrap.resume()
    else:
        response.call_on_close(bootstrap.resume)
    return response
