"""A front end of another origin that the settings name may call, and read what is answered."""

from collections.abc import Iterator

import pytest

from tests.functional.showreel import KITE, Showreel, serving

APP = "https://app.example.com"
SMALL = {"prompts": [KITE], "seconds": 4}


@pytest.fixture(scope="module")
def shared_with_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showreel]:
    folder = tmp_path_factory.mktemp("app") / "data"
    origins = f"http://localhost:5173, {APP}"
    with serving(folder, ALLOWED_ORIGINS=origins, SYNTHETIC_SECONDS="1800") as showreel:
        yield showreel


FROM_APP = {"Origin": APP, "Sec-Fetch-Site": "cross-site"}
PREFLIGHT = {
    **FROM_APP,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,x-stainless-os",
}


def words(text: str) -> set[str]:
    return {word.strip().lower() for word in text.split(",")}


def test_a_preflight_of_an_allowed_origin_lists_methods_and_headers(
    shared_with_app: Showreel,
) -> None:
    answer = shared_with_app.send("OPTIONS", "/v1/videos", headers=PREFLIGHT)

    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == APP
    assert {"post", "patch", "delete"} <= words(answer.headers["Access-Control-Allow-Methods"])
    assert words(PREFLIGHT["Access-Control-Request-Headers"]) <= words(
        answer.headers["Access-Control-Allow-Headers"]
    )
    assert "origin" in words(answer.headers["Vary"])
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_an_allowed_front_end_may_create_and_read_the_answer(
    shared_with_app: Showreel,
) -> None:
    created = shared_with_app.send("POST", "/v1/campaigns/app/videos", headers=FROM_APP, json=SMALL)
    refused = shared_with_app.send("POST", "/v1/videos", headers=FROM_APP, json={})

    assert (created.status_code, refused.status_code) == (202, 400)
    for answer in (created, refused):
        assert answer.headers["Access-Control-Allow-Origin"] == APP
        exposed = words(answer.headers["Access-Control-Expose-Headers"])
        assert {"location", "retry-after", "x-request-id", "idempotency-replayed"} <= exposed


def test_a_replayed_answer_has_the_cors_headers_of_the_repeated_request(
    shared_with_app: Showreel,
) -> None:
    keyed = {**FROM_APP, "Idempotency-Key": "one"}
    path, body = "/v1/campaigns/kept/videos", SMALL
    shared_with_app.send("POST", path, headers=keyed, json=body)

    again = {**keyed, "Origin": "http://localhost:5173"}
    repeated = shared_with_app.send("POST", path, headers=again, json=body)
    by_curl = shared_with_app.send("POST", path, headers={"Idempotency-Key": "one"}, json=body)

    assert repeated.headers.getlist("Access-Control-Allow-Origin") == ["http://localhost:5173"]
    assert "Access-Control-Allow-Origin" not in by_curl.headers
    assert repeated.data == by_curl.data


@pytest.mark.parametrize("origin", ["https://evil.example", f"{APP}.evil.example", "null", ""])
def test_another_origin_gets_no_cors_header_and_is_refused(
    shared_with_app: Showreel, origin: str
) -> None:
    foreign = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
    preflight = shared_with_app.send("OPTIONS", "/v1/videos", headers={**PREFLIGHT, **foreign})
    read = shared_with_app.get("/v1/models", foreign)
    written = shared_with_app.send("POST", "/v1/videos", headers=foreign, json={"prompt": KITE})

    assert [each.status_code for each in (preflight, read, written)] == [405, 200, 403]
    for answer in (preflight, read, written):
        assert "Access-Control-Allow-Origin" not in answer.headers
        # A cache must not give it to the front end, nor its answer to others.
        assert "origin" in words(answer.headers["Vary"])
