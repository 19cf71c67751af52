"""All that is in a project of the emulated cloud, to be put into another one."""

from collections.abc import Iterator
from typing import Any

from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore
from google.cloud.storage import Bucket, Client  # type: ignore[import-untyped]

Contents = tuple[dict[str, tuple[bytes, str]], dict[str, dict[str, Any]]]
"""Every object with its type, and every document, by path."""

NOTHING: Contents = ({}, {})


def contents_of(project: str, storage_url: str) -> Contents:
    blobs = _bucket(project, storage_url).list_blobs()
    objects = {each.name: (each.download_as_bytes(), each.content_type) for each in blobs}
    return objects, dict(_documents(firestore.Client(project=project)))


def fill(project: str, storage_url: str, contents: Contents) -> None:
    """Make the project's bucket, and put everything there."""
    objects, documents = contents
    bucket = _bucket(project, storage_url)
    bucket.create()
    for path, (content, content_type) in objects.items():
        bucket.blob(path).upload_from_string(content, content_type=content_type)
    if not documents:
        return
    client = firestore.Client(project=project)
    batch = client.batch()
    for path, fields in documents.items():
        batch.create(client.document(path), fields)
    batch.commit()


def _documents(client: firestore.Client) -> Iterator[tuple[str, dict[str, Any]]]:
    waiting = list(client.collections())
    while waiting:
        for document in waiting.pop().stream():
            yield document.reference.path, document.to_dict() or {}
            waiting += document.reference.collections()


def _bucket(project: str, storage_url: str) -> Bucket:
    client = Client(
        project=project,
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": storage_url},
    )
    return client.bucket(project)
