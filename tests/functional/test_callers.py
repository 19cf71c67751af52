"""Who may call: programs, the studio, and the hosts and front ends that the settings name."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.functional.showreel import KITE, Showreel, serving

SMALL = {"prompts": [KITE], "seconds": 4}
OURS = {
    "curl or an SDK": {},
    "the studio": {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    "an older browser": {"Origin": "http://localhost"},
    "a person": {"Sec-Fetch-Site": "none"},
    "the studio behind a proxy on the same machine": {
        "Sec-Fetch-Site": "same-origin",
        "Origin": "http://localhost:8000",
    },
}


@pytest.fixture
def family() -> str:
    return "local"


@pytest.mark.parametrize("headers", OURS.values(), ids=OURS)
def test_a_caller_that_is_no_foreign_page_may_spend(
    endless: Showreel, headers: Mapping[str, str]
) -> None:
    created = endless.send("POST", "/v1/campaigns/spring/videos", headers=headers, json=SMALL)
    (video,) = created.json["data"]
    budget = endless.send("PATCH", "/v1/campaigns/spring", headers=headers, json={})

    assert (created.status_code, budget.status_code) == (202, 200)
    assert endless.send("DELETE", f"/v1/videos/{video['id']}", headers=headers).status_code != 403


@pytest.mark.parametrize(
    ("environment", "host", "status"),
    [
        ({"ALLOWED_HOSTS": "nas.lan, showreel"}, "NAS.lan:8000", 200),
        ({"ALLOWED_HOSTS": "nas.lan, showreel"}, "showreel:8000", 200),
        ({"ALLOWED_HOSTS": "nas.lan, showreel"}, "lan", 421),
        ({"ALLOWED_HOSTS": "nas.lan"}, "localhost", 200),
        ({"PUBLIC_URL": "https://videos.example.com/studio"}, "videos.example.com", 200),
        ({"PUBLIC_URL": "https://videos.example.com"}, "evil.example", 421),
        ({"K_SERVICE": "serve-api"}, "serve-api-abc-uc.a.run.app", 200),
        ({"K_SERVICE": "serve-api"}, "a-load-balancer.example.com", 200),
        ({"K_SERVICE": "s", "PUBLIC_URL": "https://v.example.com"}, "v.example.com", 200),
        ({"K_SERVICE": "s", "PUBLIC_URL": "https://v.example.com"}, "s-abc-uc.a.run.app", 200),
        ({"K_SERVICE": "s", "PUBLIC_URL": "https://v.example.com"}, "evil.example", 421),
    ],
)
def test_further_hosts_are_allowed_by_the_settings(
    tmp_path: Path, environment: dict[str, str], host: str, status: int
) -> None:
    with serving(tmp_path, **environment) as showreel:
        assert showreel.get("/v1/models", {"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://videos.example.com", 404),
        ("http://localhost", 404),
        ("http://videos.example.com", 403),
        ("https://videos.example.com:8443", 403),
    ],
)
def test_the_origin_of_the_public_url_is_allowed(tmp_path: Path, origin: str, status: int) -> None:
    with serving(tmp_path, PUBLIC_URL="https://Videos.example.com:443/api/") as showreel:
        answer = showreel.send(
            "DELETE", "/v1/videos/video_spring.0123456789abcdef", headers={"Origin": origin}
        )

    assert answer.status_code == status
