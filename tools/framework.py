"""Serve a function as functions-framework's command does, and keep idle connections for longer.

gunicorn closes a connection that was idle for 2 s. A client that polls every 2 s may reuse it at
that moment: Node's fetch, which keeps idle connections for 4 s, then fails. On Google Cloud the
front end holds the connections of the clients.
"""

import runpy

from gunicorn.config import Keepalive

_KEEP_ALIVE_SECONDS = 75

if __name__ == "__main__":
    Keepalive.default = _KEEP_ALIVE_SECONDS
    runpy.run_module("functions_framework", run_name="__main__")
