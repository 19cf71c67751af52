"""Only who is meant may spend: what a browser sends for a page of another site changes nothing."""

from collections.abc import Mapping

import pytest

from shared.http.endpoints import ENDPOINTS
from tests.functional.refusals import assert_refused
from tests.functional.showreel import GALLERY, Showreel

Headers = Mapping[str, str]

IDS = {
    "campaign_id": GALLERY,
    "video_id": f"video_{GALLERY}.0123456789abcdef",
    "batch_id": "batch_0123456789abcdef",
    "input_id": f"input_{GALLERY}.0123456789abcdef",
    "webhook_id": f"wh_{0:024x}",
    "experiment_id": f"exp_{GALLERY}.0123456789abcdef",
    "review_id": f"review_{GALLERY}.0123456789abcdef",
    "review_token": f"{GALLERY}.0123456789abcdef.{'s' * 32}",
    "event_id": f"evt_{0:032x}",
    "embed_token": "WyJzbG90Il0.0123456789012345678901",
}

WRITES = [
    (endpoint.method, endpoint.path.format(**IDS))
    for endpoint in ENDPOINTS
    if endpoint.method != "GET" and not endpoint.for_any_page
]
ELSEWHERE = {
    "another site": {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    "another port": {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:3000"},
    "no origin is sent": {"Sec-Fetch-Site": "cross-site"},
    "a sandboxed frame": {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    "a word of the future": {"Sec-Fetch-Site": "other"},
    "an older browser": {"Origin": "https://evil.example"},
    "an older browser's sandboxed frame": {"Origin": "null"},
    "a rebound name through a proxy": {
        "Sec-Fetch-Site": "same-origin",
        "Origin": "http://evil.example:8000",
    },
    "a host that only begins like this one": {"Origin": "http://localhost.evil.example"},
    "the same host over https": {"Origin": "https://localhost"},
}


@pytest.fixture
def family() -> str:
    return "local"


@pytest.mark.parametrize("headers", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_request_from_another_sites_page_is_refused(refusing: Showreel, headers: Headers) -> None:
    for method, path in WRITES:
        answer = refusing.send(method, path, headers=headers)

        assert_refused(answer, 403, "cross_site_request")
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "text/plain",
        "",
    ],
)
def test_no_content_type_is_exempt_from_the_origin_check(
    refusing: Showreel, content_type: str
) -> None:
    answer = refusing.send(
        "POST",
        "/v1/videos",
        headers=ELSEWHERE["another site"],
        content_type=content_type,
        data=b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nA kite\r\n--b--\r\n',
    )

    assert_refused(answer, 403, "cross_site_request")


@pytest.mark.parametrize("headers", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_page_of_another_site_may_show_a_video(refusing: Showreel, headers: Headers) -> None:
    video = refusing.campaign(GALLERY)["slots"][0]["current"]["id"]

    answer = refusing.get(f"/v1/videos/{video}/content", headers)

    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8000",
        "LOCALHOST:8000",
        "127.0.0.1:8000",
        "127.1.2.3",
        "[::1]",
        "[::1]:8000",
        "[::ffff:127.0.0.1]:8000",
    ],
)
def test_every_loopback_name_is_an_allowed_host(refusing: Showreel, host: str) -> None:
    assert refusing.get("/v1/campaigns", {"Host": host}).status_code == 200


STRANGE_HOSTS = [
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.evil.example",
    "evil.example#localhost",
    "localhost,evil.example",
    "localhost@evil.example",
    "localhost:8000@evil.example",
    "evil.run.app",
    "192.168.1.5:8000",
    "[2001:db8::1]:8000",
    "[::1",
    "[localhost]",
    "a b",
    "",
]


@pytest.mark.parametrize("host", STRANGE_HOSTS)
def test_a_foreign_host_name_is_refused(refusing: Showreel, host: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        for path in ("/", "/v1/campaigns", "/v1/openapi.json", "/local-bucket/videos"):
            answer = refusing.send(method, path, headers={"Host": host})

            assert_refused(answer, 421, "host_not_allowed")
            assert "ALLOWED_HOSTS" in answer.json["detail"]
            assert "evil" not in f"{answer.headers}{answer.text}"


def test_without_allowed_origins_no_cors_header_is_sent(refusing: Showreel) -> None:
    preflight = {**ELSEWHERE["another site"], "Access-Control-Request-Method": "POST"}

    answer = refusing.send("OPTIONS", "/v1/videos", headers=preflight)

    assert_refused(answer, 405, "method_not_allowed")
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
