"""With API keys every call needs one; who asked is in the record and in the log."""

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from shared.http.endpoints import ENDPOINTS
from tests.eventually import eventually
from tests.functional.refusals import assert_refused
from tests.functional.showreel import GALLERY, KITE, Json, Showreel, serving
from tests.functional.test_openai_client import Recorded, client_of

SHOP, ANA = "shop-" + "s" * 40, "ana-" + "a" * 40
BEARER = {"Authorization": f"Bearer {SHOP}"}
OTHERS = {
    "none": {},
    "another": {"Authorization": f"Bearer {'x' * 45}"},
    "half of one": {"Authorization": f"Bearer {SHOP[:20]}"},
    "with its name": {"Authorization": f"Bearer shop:{SHOP}"},
    "as a password": {"Authorization": f"Basic {SHOP}"},
    "no scheme": {"Authorization": SHOP},
    "a Google ID token": {"Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln"},
    "for IAM alone": {"X-Serverless-Authorization": f"Bearer {SHOP}"},
    "as a session": {"Cookie": f"showreel_session={SHOP}"},
}
VARIABLES = {
    "campaign_id": "spring",
    "batch_id": "batch_0123456789abcdef",
    "webhook_id": "wh_0123456789abcdef",
    "experiment_id": "exp_spring.0123456789abcdef",
    "review_id": "review_spring.0123456789abcdef",
    "event_id": f"evt_{0:032x}",
    "input_id": "input_spring.0123456789abcdef",
    "video_id": "video_spring.0123456789abcdef",
    "filename": "curr_0123456789abcdef_0.mp4",
    "embed_token": "WyJzbG90Il0.0123456789012345678901",
}
GUARDED = [
    (endpoint.method, endpoint.path.format_map(VARIABLES))
    for endpoint in ENDPOINTS
    if not endpoint.is_open
]


@pytest.fixture(scope="module")
def showreel(gallery_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showreel]:
    """A service with two keys, over a finished campaign."""
    folder = Path(shutil.copytree(gallery_folder, tmp_path_factory.mktemp("keys") / "data"))
    keys = f"shop:{SHOP},ana:{ANA}"
    with serving(folder, API_KEYS=keys, SYNTHETIC_SECONDS="1800") as showreel:
        yield showreel


@pytest.fixture(scope="module")
def video(showreel: Showreel) -> Json:
    campaign = showreel.get(f"/v1/campaigns/{GALLERY}", BEARER).json
    return dict(campaign["slots"][0]["current"])


def created_with(
    showreel: Showreel, key: str, campaign: str, *prompts: str, status: int = 202
) -> list[Json]:
    answer = showreel.send(
        "POST",
        f"/v1/campaigns/{campaign}/videos",
        headers={"Authorization": f"Bearer {key}"},
        json={"prompts": prompts, "seconds": 4},
    )
    assert answer.status_code == status, answer.text
    return list(answer.json["data"])


@pytest.mark.parametrize("headers", OTHERS.values(), ids=OTHERS)
def test_without_a_key_every_api_path_is_refused(
    showreel: Showreel, headers: dict[str, str]
) -> None:
    before = showreel.snapshot()
    for method, path in GUARDED:
        answer = showreel.send(method, path, headers=headers)

        assert_refused(answer, 401, "invalid_api_key")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert SHOP[5:] not in answer.text
    assert showreel.snapshot() == before


def test_a_valid_key_gives_access(showreel: Showreel, video: Json) -> None:
    for path in ("/v1/models", f"/v1/campaigns/{GALLERY}", f"/v1/videos/{video['id']}/content"):
        assert showreel.get(path, BEARER).status_code == 200
        assert showreel.get(path, {"Authorization": f"bearer  {ANA}"}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/studio/studio.js", "/favicon.ico", "/health", "/healthz"]
)
def test_the_studio_and_the_health_check_need_no_key(showreel: Showreel, path: str) -> None:
    assert showreel.get(path).status_code == 200


def test_a_signed_url_needs_no_key(showreel: Showreel, video: Json) -> None:
    signed = showreel.send("POST", f"/v1/videos/{video['id']}/signed-url", headers=BEARER)

    played = showreel.get(signed.json["url"])

    assert played.status_code == 200
    assert played.data[4:8] == b"ftyp"


def test_each_version_records_the_name_of_its_key(showreel: Showreel, video: Json) -> None:
    (first,) = created_with(showreel, SHOP, "spring", KITE)
    again = showreel.send(
        "POST",
        f"/v1/videos/{video['id']}/regenerate",
        headers={"Authorization": f"Bearer {ANA}"},
    ).json
    attached = created_with(showreel, ANA, "spring", KITE, status=200)

    assert (first["requested_by"], again["requested_by"]) == ("shop", "ana")
    assert (video["requested_by"], attached[0]["requested_by"]) == (None, "shop")
    for made in (first, again):
        video_hash = made["id"].partition(".")[2]
        path = f"videos/cache/{made['campaign_id']}/{video_hash}.json"
        eventually(lambda path=path: path in showreel.files())  # type: ignore[misc]
        record = json.loads(showreel.read(path))
        assert record["requested_by"] == made["requested_by"]


def test_the_log_has_the_name_of_the_key_and_never_the_key(
    showreel: Showreel, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("shared").addHandler(caplog.handler)
    created_with(showreel, ANA, "logged", "A lantern", "A kite")
    showreel.send("POST", f"/v1/campaigns/{GALLERY}/regenerate", headers=OTHERS["another"])
    showreel.send("POST", f"/v1/campaigns/{GALLERY}/regenerate", headers=BEARER)
    logging.getLogger("shared").removeHandler(caplog.handler)

    events = [vars(record) for record in caplog.records]
    spending = [each["requested_by"] for each in events if each["msg"] == "video.reserved"]
    assert spending[:2] == ["ana", "ana"]
    assert set(spending[2:]) == {"shop"}
    assert not [each for each in events if ANA in str(each) or SHOP in str(each)]


def test_the_openapi_description_states_which_paths_need_a_key(showreel: Showreel) -> None:
    answer = showreel.get("/v1/openapi.json", BEARER)

    described = answer.json
    assert described["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"
    assert described["security"] == [{"apiKey": []}]
    open_paths = {
        path
        for path, methods in described["paths"].items()
        for operation in methods.values()
        if operation.get("security") == []
    }
    assert open_paths == {
        "/",
        "/docs",
        "/docs/{filename}",
        "/embed.js",
        "/favicon.ico",
        "/health",
        "/local-bucket/{path}",
        "/studio/session",
        "/studio/{filename}",
        "/review",
        "/v1/embeds/{embed_token}",
        "/v1/plays",
        "/v1/reviews/{review_token}",
        "/v1/reviews/{review_token}/comments",
        "/v1/reviews/{review_token}/decisions/{video_id}",
    }
    assert SHOP not in answer.text


@pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")
def test_openais_client_sends_the_key_as_its_own(showreel: Showreel, video: Json) -> None:
    with client_of(Recorded(showreel.app)) as client:
        with pytest.raises(openai.AuthenticationError) as refused:
            client.videos.retrieve(video["id"])
        client.api_key = SHOP
        found = client.videos.retrieve(video["id"])

    assert (refused.value.code, refused.value.status_code) == ("invalid_api_key", 401)
    assert found.id == video["id"]


# The studio's session


def session(showreel: Showreel, key: str, **request: object) -> str:
    answer = showreel.send("POST", "/studio/session", json={"key": key}, **request)
    assert (answer.status_code, answer.data) == (204, b"")
    return str(answer.headers["Set-Cookie"])


def test_a_browser_keeps_a_session_and_not_the_key(showreel: Showreel, video: Json) -> None:
    cookie = session(showreel, ANA)
    pair, *attributes = cookie.split("; ")

    assert ANA not in cookie
    assert set(attributes) == {"HttpOnly", "Path=/", "SameSite=Strict"}
    content = f"/v1/videos/{video['id']}/content?variant=thumbnail"
    assert showreel.get(content, {"Cookie": pair}).status_code == 200


def test_behind_https_the_session_cookie_is_secure(showreel: Showreel) -> None:
    assert "Secure" in session(showreel, ANA, base_url="https://localhost").split("; ")


def test_a_wrong_key_gets_no_session(showreel: Showreel) -> None:
    answer = showreel.send("POST", "/studio/session", json={"key": "x" * 45})

    assert_refused(answer, 401, "invalid_api_key")
    assert "Set-Cookie" not in answer.headers


def test_another_sites_page_cannot_use_the_browsers_session(
    showreel: Showreel,
) -> None:
    headers = {
        "Cookie": session(showreel, ANA).partition(";")[0],
        "Origin": "http://localhost:3000",
        "Sec-Fetch-Site": "same-site",
    }
    answer = showreel.send("POST", "/v1/videos", headers=headers, json={"prompt": KITE})

    assert_refused(answer, 403, "cross_site_request")
