"""A corpus of names and headers that mean no good, as they are, on every path there is."""

from collections.abc import Iterator

import pytest

from shared.http.endpoints import ENDPOINTS
from tests.chaos.any_request import AnyRequest
from tests.chaos.corpus import ATTACKS
from tests.chaos.described import Description, answer_of
from tests.functional.showreel import Showreel

CANARY = b"This must not be read."
PATHS = [(endpoint.method, endpoint.path) for endpoint in ENDPOINTS if "{" in endpoint.path]
NAMES = [
    dict.fromkeys(
        (
            "campaign_id",
            "video_id",
            "batch_id",
            "input_id",
            "webhook_id",
            "event_id",
            "experiment_id",
            "review_id",
            "review_token",
            "embed_token",
            "filename",
            "path",
        ),
        attack,
    )
    for attack in ATTACKS
]
MISLEADING = {
    "X-Original-URL": "/local-bucket/.signing-key",
    "X-Rewrite-URL": "/local-bucket/.signing-key",
    "X-HTTP-Method-Override": "DELETE",
    "X-Forwarded-Prefix": "/../..",
    "Destination": "/v1/campaigns/stolen",
}


@pytest.fixture(scope="module")
def described() -> Description:
    return Description()


@pytest.fixture
def secrets(refusing: Showreel) -> Iterator[list[bytes]]:
    """What is beside the data folder and hidden in it."""
    outside = refusing.folder.parent / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "canary").write_bytes(CANARY)
    before = {path: path.read_bytes() for path in outside.rglob("*")}
    hidden = refusing.folder / ".signing-key"
    yield [CANARY, *([hidden.read_bytes()] if hidden.exists() else [])]
    assert {path: path.read_bytes() for path in outside.rglob("*")} == before


@pytest.mark.parametrize(("method", "template"), PATHS)
def test_no_path_traversal_reaches_a_file(
    refusing: Showreel, secrets: list[bytes], described: Description, method: str, template: str
) -> None:
    for names in NAMES:
        request = AnyRequest(
            method=method,
            template=template.replace("{+", "{"),
            names=names,
            query={},
            headers=MISLEADING,
            body=None,
        )
        path = request.path({})

        answer = answer_of(refusing.app, request, path)

        assert 400 <= answer.status_code < 500, path
        assert described.problem_with(method, path, answer) is None
        assert not any(secret in answer.data for secret in secrets)
