"""Which endpoint answers which path."""

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound

from shared.http.routes import match


@pytest.mark.parametrize(
    ("method", "path", "endpoint", "values"),
    [
        ("GET", "/", "studio_pages.page", []),
        ("GET", "/studio/studio.js", "studio_pages.file", ["studio.js"]),
        ("GET", "/health", "service.health", []),
        ("GET", "/health/", "service.health", []),
        ("HEAD", "/health", "service.health", []),
        ("GET", "/healthz", "service.health", []),
        ("GET", "/healthz/", "service.health", []),
        ("GET", "/v1/videos/video_a.0", "videos.read", ["video_a.0"]),
        ("GET", "/v1/videos/estimate", "videos.read", ["estimate"]),
        ("POST", "/v1/videos/estimate", "creations.estimate", []),
        ("GET", "/v1/campaigns/{campaign_id}", "campaigns.read", ["{campaign_id}"]),
        ("GET", "/api/v1/content/videos/c/f.mp4", "content.of_file", ["c", "f.mp4"]),
        (
            "GET",
            "/local-bucket/videos/generated/f",
            "content.of_signed_path",
            ["videos/generated/f"],
        ),
    ],
)
def test_a_path_finds_its_endpoint_and_values(
    method: str, path: str, endpoint: str, values: list[str]
) -> None:
    assert (endpoint, values) == match(method, path)


@pytest.mark.parametrize(
    "path",
    ["", "/v1", "/v1/videos//content", "/v1/videos/a/b/c", "/local-bucket/", "/health//"],
)
def test_any_other_path_is_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        match("GET", path)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/health", {"GET", "HEAD"}),
        ("/v1/videos", {"GET", "HEAD", "POST"}),
        ("/v1/videos/video_a.0", {"DELETE", "GET", "HEAD"}),
        ("/v1/videos/video_a.0/promote", {"POST"}),
    ],
)
def test_another_method_is_told_those_that_there_are(path: str, methods: set[str]) -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        match("PATCH", path)

    assert methods == set(refused.value.valid_methods or ())
