"""The endpoint that answers a path."""

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound

from shared.http.api import match
from shared.http.openapi import operation_id


@pytest.mark.parametrize(
    ("method", "path", "endpoint", "values"),
    [
        ("GET", "/", "studio_pages_page", []),
        ("GET", "/studio/studio.js", "studio_pages_file", ["studio.js"]),
        ("GET", "/health", "service_health", []),
        ("GET", "/health/", "service_health", []),
        ("HEAD", "/health", "service_health", []),
        ("GET", "/healthz", "service_health", []),
        ("GET", "/healthz/", "service_health", []),
        ("GET", "/v1/videos/video_a.0", "videos_read", ["video_a.0"]),
        ("GET", "/v1/videos/estimate", "videos_read", ["estimate"]),
        ("POST", "/v1/videos/estimate", "creations_estimate", []),
        ("GET", "/v1/campaigns/{campaign_id}", "campaigns_read", ["{campaign_id}"]),
        ("GET", "/api/v1/content/videos/c/f.mp4", "content_of_file", ["c", "f.mp4"]),
        (
            "GET",
            "/local-bucket/videos/generated/f",
            "content_of_signed_path",
            ["videos/generated/f"],
        ),
    ],
)
def test_a_path_finds_its_endpoint_and_values(
    method: str, path: str, endpoint: str, values: list[str]
) -> None:
    found, found_values = match(method, path)

    assert (endpoint, values) == (operation_id(found), found_values)


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
        ("/v1/videos/video_a.0", {"DELETE", "GET", "HEAD", "PATCH"}),
        ("/v1/videos/video_a.0/promote", {"POST"}),
        ("/v1/videos/video_a.0/restore", {"POST"}),
        ("/v1/campaigns/a/trash", {"DELETE", "GET", "HEAD"}),
    ],
)
def test_an_unsupported_method_is_refused_with_the_supported_ones(
    path: str, methods: set[str]
) -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        match("PUT", path)

    assert methods == set(refused.value.valid_methods or ())
