"""Queries, actions, methods and paths that there are not."""

import re

import pytest

from shared.http.endpoints import ENDPOINTS
from tests.functional.refusals import INVALID, assert_refused
from tests.functional.showreel import GALLERY, KITE, Json, Showreel

HASH = "0123456789abcdef"
LINES = f"campaign_id,prompt\nspring,{KITE}\n"


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("limit=", "limit"),
        ("limit=1.5", "limit"),
        ("limit=99999999999999999999999", "limit"),
        ("order=up", "order"),
        ("status=done", "status"),
        ("version_state=all", "version_state"),
        ("include=everything", "include"),
        ("campaign=spring", "campaign"),
    ],
)
def test_an_invalid_query_of_a_list_is_refused(refusing: Showreel, query: str, param: str) -> None:
    answer = refusing.get(f"/v1/videos?{query}")

    assert_refused(answer, *INVALID)
    assert answer.json["error"]["param"] == param


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("campaigns?limit=0", "limit"),
        ("campaigns?limit=101", "limit"),
        ("campaigns?after=%2e%2e", "after"),
        ("events?limit=0", "limit"),
        ("events?type=video.lost", "type"),
        ("events?campaign_id=..", "campaign_id"),
        ("webhooks/wh_0/deliveries?limit=0", "limit"),
    ],
)
def test_an_invalid_query_of_another_list_is_refused(
    refusing: Showreel, query: str, param: str
) -> None:
    answer = refusing.get(f"/v1/{query}")

    assert_refused(answer, *INVALID)
    assert answer.json["error"]["param"] == param


def test_every_request_refuses_unknown_parameters_unless_others_add_some(
    refusing: Showreel,
) -> None:
    ignoring = set()
    for endpoint in ENDPOINTS:
        path = re.sub("{.*?}", "a", endpoint.path)
        sent = {"data": LINES, "content_type": "text/csv"} if endpoint.takes_lines else {}
        answer = refusing.send(endpoint.method, f"{path}?x=1", **sent)
        if answer.is_json and answer.json.get("error", {}).get("param") == "x":
            assert_refused(answer, *INVALID)
        else:
            ignoring.add(endpoint.path)

    assert ignoring == {
        *("/", "/studio/{filename}", "/favicon.ico", "/docs", "/docs/{filename}", "/review"),
        *("/health", "/embed.js", "/v1/plays"),
        *("/v1/videos/{video_id}/content", "/v1/inputs/{input_id}/content"),
        *("/api/v1/content/videos/{campaign_id}/{filename}", "/local-bucket/{+path}"),
    }


def test_every_change_refuses_unknown_fields(refusing: Showreel) -> None:
    """A sender of `{"dry_run": true}` would be wrong about what has happened."""
    accepting = set()
    for endpoint in ENDPOINTS:
        if endpoint.method != "GET" and not endpoint.takes_lines:
            path = endpoint.path.replace("{video_id}", f"video_{GALLERY}.{HASH}")
            answer = refusing.send(endpoint.method, re.sub("{.*?}", "a", path), json={"x": 1})
            if not answer.is_json or answer.json.get("error", {}).get("param") != "x":
                accepting.add(endpoint.path)

    # A beacon is always answered 204.
    assert accepting == {"/v1/plays"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/videos", {"prompt": KITE}),
        (f"/v1/campaigns/{GALLERY}/videos", {"prompts": [KITE]}),
        (f"/v1/videos/video_{GALLERY}.{HASH}/remix", {"prompt": KITE}),
    ],
)
def test_a_limit_in_the_query_is_refused_where_the_body_has_it(
    refusing: Showreel, path: str, body: Json
) -> None:
    answer = refusing.post(f"{path}?max_cost_usd=0.01", body)

    assert_refused(answer, *INVALID)
    assert answer.json["error"]["param"] == "max_cost_usd"
    assert "Send max_cost_usd in the body" in answer.json["detail"]


@pytest.mark.parametrize("cursor", ["x", f"video_{GALLERY}.{HASH}", "..%2f..", "%00", "%ff"])
def test_an_unknown_after_is_refused(refusing: Showreel, cursor: str) -> None:
    assert_refused(refusing.get(f"/v1/videos?after={cursor}"), 404, "not_found")


def test_an_invalid_query_of_a_video_or_its_content_is_refused(refusing: Showreel) -> None:
    video = f"/v1/videos/{refusing.get('/v1/videos').json['first_id']}"

    answer = refusing.get(f"{video}?includes=signed_url")
    assert_refused(answer, *INVALID)
    known = "Unknown query parameter 'includes'. Known query parameters: include."
    assert known == answer.json["detail"]
    for path in (f"{video}?include=all", f"{video}/content?variant=poster"):
        assert_refused(refusing.get(path), *INVALID)
    assert_refused(refusing.post(f"{video}/signed-url", {"variant": "poster"}), *INVALID)


@pytest.mark.parametrize("path", ["/v1/videos?limit=1&limit=2", "/v1/campaigns?limit=2&limit=2"])
def test_a_repeated_parameter_is_refused(refusing: Showreel, path: str) -> None:
    answer = refusing.get(path)

    assert_refused(answer, *INVALID)
    assert answer.json["error"]["param"] == "limit"
    assert "more than once" in answer.json["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/videos", {"GET", "HEAD", "POST"}),
        ("DELETE", "/v1/videos", {"GET", "HEAD", "POST"}),
        ("PUT", f"/v1/videos/video_{GALLERY}.{HASH}", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("POST", f"/v1/videos/video_{GALLERY}.{HASH}/content", {"GET", "HEAD"}),
        ("GET", f"/v1/videos/video_{GALLERY}.{HASH}/promote", {"POST"}),
        ("POST", f"/v1/campaigns/{GALLERY}", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("GET", f"/v1/campaigns/{GALLERY}/cleanup", {"POST"}),
        ("POST", f"/api/v1/content/videos/{GALLERY}/curr_{HASH}_0.mp4", {"GET", "HEAD"}),
        ("POST", "/", {"GET", "HEAD"}),
        ("OPTIONS", "/v1/videos", {"GET", "HEAD", "POST"}),
        ("BREW", "/v1/models", {"GET", "HEAD"}),
    ],
)
def test_an_unsupported_method_is_answered_with_the_allowed_ones(
    refusing: Showreel, method: str, path: str, allowed: set[str]
) -> None:
    answer = refusing.send(method, path)

    assert_refused(answer, 405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("path", ["/v2/videos", "/v1", "/v1//videos", "/v1/videos/a/b/c", "/.env"])
def test_an_unknown_path_is_not_found(refusing: Showreel, path: str) -> None:
    assert_refused(refusing.get(path), 404, "not_found")
