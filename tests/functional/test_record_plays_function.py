"""record_plays as it is deployed: a beacon in, always 204, and nothing else of the API there."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import NoReturn

import pytest

from shared import bootstrap
from shared.domain.errors import UnavailableError
from shared.domain.play_tokens import PlayToken, sign
from shared.domain.plays import Counts, CountsKey
from tests.functional.cloud_place import CloudPlace
from tests.functional.showreel import Answer, Showreel, function, served

VIDEO = "video_gallery.0123456789abcdef"
VIEW = f"{1:032x}"
ALL = "ffffffff"


@pytest.fixture
def family() -> str:
    """With a folder the API takes the beacons."""
    return "emulated"


@pytest.fixture
def recorder(place: CloudPlace) -> Iterator[Showreel]:
    with served(place, {"LOG_LEVEL": "INFO"}, delivering=False) as service:
        yield replace(service, app=function("record_plays"))


def a_token(*, key: bytes | None = None, hours: int = 0, video_id: str = VIDEO) -> str:
    issued_at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1, hours=hours)
    token = PlayToken(
        video_id=video_id,
        duration_ms=4000,
        issued_at=issued_at,
        expires_at=issued_at + timedelta(hours=24),
    )
    return sign(token, key or bootstrap.ports().play_key)


def beacon(token: str, **changes: object) -> bytes:
    state = {"v": 1, "view": VIEW, "seq": 1, "token": token, "played_ms": 4000, "bins": ALL}
    return json.dumps({**state, "visible_ms": 4000, "ended": True, **changes}).encode()


def send(recorder: Showreel, body: bytes, **headers: str) -> Answer:
    sent = {"Content-Type": "text/plain;charset=UTF-8", "Origin": "https://shop.example", **headers}
    return recorder.asked("POST", "/v1/plays", data=body, headers=sent)


def counted() -> Sequence[tuple[CountsKey, Counts]]:
    today = datetime.now(UTC).date()
    day = timedelta(days=1)
    return bootstrap.ports().plays.counts_of_campaign("gallery", today - day, today + day)


def test_a_page_of_another_site_reports_a_view_that_is_counted_once(recorder: Showreel) -> None:
    token = a_token()

    for body in (beacon(token, played_ms=500, bins="00000001"), beacon(token), beacon(token)):
        answer = send(recorder, body)

        assert (answer.status_code, answer.data) == (204, b"")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers

    ((key, counts),) = counted()
    assert (key.video_id, key.experiment_id, key.arm) == (VIDEO, None, None)
    assert counts == Counts(
        plays=1, views=1, q25=1, q50=1, q75=1, q100=1, played_ms=4000, bins=(1,) * 32
    )


def test_what_may_not_count_is_answered_alike_and_leaves_no_trace(
    recorder: Showreel, capsys: pytest.CaptureFixture[str]
) -> None:
    good = a_token()
    other_key = b"a key of another installation, as long"
    for body in (
        beacon(a_token(key=other_key)),
        beacon(a_token(hours=24)),
        beacon(f"{good[:-1]}{'A' if good[-1] != 'A' else 'B'}"),
        beacon(good, played_ms=-1),
        beacon(good)[:-1],
        b"x" * 1_000_000,
    ):
        answer = send(recorder, body)

        assert (answer.status_code, answer.data) == (204, b""), body[:60]
    for refusal in (
        {"Sec-GPC": "1"},
        {"DNT": "1"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ):
        assert send(recorder, beacon(good), **refusal).status_code == 204

    assert list(counted()) == []
    assert capsys.readouterr().err == ""


def test_a_beacon_that_ends_early_is_not_counted(recorder: Showreel) -> None:
    whole = beacon(a_token())

    answer = recorder.asked(
        "POST",
        "/v1/plays",
        input_stream=BytesIO(whole),
        content_type="text/plain",
        environ_overrides={
            "CONTENT_LENGTH": str(len(whole) + 9),
            "wsgi.input_terminated": True,
        },
    )

    assert answer.status_code == 204
    assert list(counted()) == []


def test_there_is_nothing_else_of_the_api(recorder: Showreel) -> None:
    for method, path, status in (
        ("GET", "/v1/plays", 405),
        ("DELETE", "/v1/plays", 405),
        ("GET", "/", 404),
        ("GET", "/v1/videos", 404),
        ("POST", "/v1/videos", 404),
        ("POST", "/v1/plays/more", 404),
    ):
        answer = recorder.asked(method, path)

        assert answer.status_code == status, (method, path)
        assert answer.content_type == "application/problem+json"


def test_a_beacon_that_is_lost_is_logged_without_what_it_says(
    recorder: Showreel, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page can do nothing about it, and its next beacon says the same and more."""
    token = a_token()

    def unavailable(*_: object) -> NoReturn:
        raise UnavailableError("Firestore does not answer.")

    with monkeypatch.context() as fault:
        fault.setattr(bootstrap.ports().plays, "merge_view", unavailable)
        assert send(recorder, beacon(token, played_ms=500, bins="00000001")).status_code == 204

    (line,) = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert (entry["severity"], entry["message"]) == ("WARNING", "play.lost")
    assert token not in line
    assert VIEW not in line
    assert send(recorder, beacon(token)).status_code == 204
    ((_, counts),) = counted()
    assert (counts.plays, counts.q100) == (1, 1)
