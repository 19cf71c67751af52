"""The least that a function can be that reads a document with Google's own client."""

import os
from typing import Any

import functions_framework
from flask import Request
from google.cloud import firestore


@functions_framework.http
def firestore_floor(request: Request) -> dict[str, Any]:
    # A client opens a gRPC channel, which must not be there when the server forks.
    client = firestore.Client(project=os.environ["GOOGLE_CLOUD_PROJECT"])
    return client.document(request.path.strip("/")).get().to_dict() or {}
