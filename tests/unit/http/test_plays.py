"""Beacons as they arrive: every one is answered alike, and few are counted."""

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import timedelta
from io import BytesIO
from typing import NoReturn

import pytest
from werkzeug.test import create_environ
from werkzeug.wrappers import Request

from shared.domain.errors import UnavailableError
from shared.domain.play_tokens import sign
from shared.domain.plays import MOST_BEACONS, Counts
from shared.domain.signed_tokens import sign_embed
from shared.http.calls import Call
from shared.http.plays import MOST_BYTES, record
from shared.use_cases.record_play import record_play
from tests.fakes.ports import FakePolicy, FakePorts
from tests.unit.domain.builders import A_VIDEO, a_beacon, a_token

VIEW = a_beacon(1).view
WATCHED = {"played_ms": 4000, "visible_ms": 4000, "bins": "0000ffff"}


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No log line has anything of a beacon."""
    caplog.set_level(logging.DEBUG)
    yield
    for line in caplog.records:
        assert VIEW not in str(vars(line))
        assert A_VIDEO not in str(vars(line))


def token(ports: FakePorts, **changes: object) -> str:
    now = ports.now()
    issued = {"issued_at": now, "expires_at": now + timedelta(hours=24)}
    return sign(a_token(**issued | changes), ports.play_key)


def send(ports: FakePorts, body: object, headers: Mapping[str, str] | None = None) -> None:
    """Send a beacon as browsers do, and see that the answer is the one that there is."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "text/plain;charset=UTF-8", **(headers or {})}
    environ = create_environ("/v1/plays", method="POST", data=content, headers=sent)
    answer = record(Call(Request(environ), ports))
    assert (answer.status_code, answer.get_data()) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def counted(ports: FakePorts) -> Counts:
    return sum(ports.plays.counts.values(), Counts())


def a_body(ports: FakePorts, **changes: object) -> dict[str, object]:
    return {"v": 1, "view": VIEW, "seq": 1, "token": token(ports), **WATCHED, **changes}


def unavailable(*_: object) -> NoReturn:
    raise UnavailableError("Google does not answer.")


@pytest.mark.parametrize("content_type", ["text/plain;charset=UTF-8", "application/json"])
def test_a_beacon_is_counted(ports: FakePorts, content_type: str) -> None:
    ports.clock.advance(timedelta(seconds=8))

    body = a_body(ports, impression=True, stalls=2, from_a_newer_player=True)
    send(ports, body, {"Content-Type": content_type})

    found = counted(ports)
    assert (found.impressions, found.plays, found.views, found.q50, found.q75) == (1, 1, 1, 1, 0)
    assert (found.played_ms, found.stalls, sum(found.bins)) == (4000, 2, 16)


@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
def test_who_opts_out_is_not_counted(
    ports: FakePorts, header: str, caplog: pytest.LogCaptureFixture
) -> None:
    send(ports, a_body(ports), {header: "1"})
    # It is not even looked at.
    send(ports, b"not JSON", {header: "1"})

    assert not ports.plays.views
    assert not caplog.records
    send(ports, a_body(ports), {header: "0"})
    assert counted(ports).plays == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"view": "1"},
        {"view": f"{VIEW}\n"},
        {"view": VIEW.upper().replace("0", "A")},
        {"view": None},
        {"token": None},
        {"token": ""},
        {"token": "x" * 2000},
        {"seq": -1},
        {"played_ms": -1},
        {"played_ms": 10**400},
        {"played_ms": 1.5},
        {"played_ms": "4000"},
        {"visible_ms": -1},
        {"stalls": 10_001},
        {"loops": -1},
        {"bins": "1ffffffff"},
        {"bins": "ffff"},
        {"bins": "0x00ffff"},
        {"bins": 65535},
        # All of the clip in no time.
        {"bins": "ffffffff", "played_ms": 0},
        {"ended": 1},
    ],
    ids=str,
)
def test_a_beacon_that_no_player_sends_counts_nothing(
    ports: FakePorts, changes: dict[str, object]
) -> None:
    send(ports, a_body(ports, **changes))

    assert not ports.plays.views


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not JSON",
        b"[]",
        b"\xff\xfe",
        b'{"v": 1, "played_ms": NaN}',
        b'{"v": 1, "played_ms": Infinity}',
        b"[" * MOST_BYTES,
    ],
    ids=range(7),
)
def test_what_is_no_beacon_counts_nothing(ports: FakePorts, content: bytes) -> None:
    send(ports, content)

    assert not ports.plays.views


def test_a_beacon_has_at_most_8_kib(ports: FakePorts) -> None:
    body = json.dumps(a_body(ports)).encode()

    send(ports, body.ljust(MOST_BYTES + 1))
    send(ports, body.ljust(1_000_000))
    assert not ports.plays.views

    send(ports, body.ljust(MOST_BYTES))
    assert counted(ports).plays == 1


def test_no_more_of_a_body_without_a_length_is_read(ports: FakePorts) -> None:
    stream = BytesIO(b" " * 1_000_000)
    environ = create_environ("/v1/plays", method="POST", content_type="text/plain")
    environ |= {"wsgi.input": stream, "wsgi.input_terminated": True}

    assert record(Call(Request(environ), ports)).status_code == 204

    assert stream.tell() <= 2 * MOST_BYTES


def test_another_content_type_counts_nothing(ports: FakePorts) -> None:
    send(ports, a_body(ports), {"Content-Type": "application/x-www-form-urlencoded"})

    assert not ports.plays.views


def test_tokens_that_are_not_of_this_view_count_nothing(ports: FakePorts) -> None:
    key, ports.play_key = ports.play_key, b"another key"
    forged = token(ports)
    ports.play_key = key
    elsewhere = token(ports, view=a_beacon(2).view)
    embed = sign_embed(("video", A_VIDEO), ports.play_key)
    expired = token(ports)
    ports.clock.advance(timedelta(hours=24))

    for each in (forged, elsewhere, embed, expired):
        send(ports, a_body(ports, token=each))

    assert not ports.plays.views


def test_a_view_cannot_become_one_of_another_video(ports: FakePorts) -> None:
    another = token(ports, video_id="video_spring.00000000000000ff")

    send(ports, a_body(ports))
    send(ports, a_body(ports, token=another))

    assert [key.video_id for key in ports.plays.counts] == [A_VIDEO]
    assert counted(ports).plays == 1


def test_ten_thousand_beacons_of_a_view_count_as_twenty(ports: FakePorts) -> None:
    signed = token(ports)
    ports.clock.advance(timedelta(hours=1))

    for number in range(10_000):
        record_play(ports, a_beacon(1, token=signed, played_ms=4000 + number))

    assert counted(ports).plays == 1
    assert counted(ports).played_ms == 4000 + MOST_BEACONS - 1


def test_more_time_than_has_passed_is_clipped_and_counted(ports: FakePorts) -> None:
    signed = token(ports)
    ports.clock.advance(timedelta(seconds=10))

    send(ports, a_body(ports, token=signed, played_ms=2**53 - 1, loops=9))

    assert (counted(ports).played_ms, counted(ports).clipped) == (15_000, 1)


def test_a_view_is_exported_when_it_has_changed() -> None:
    ports = FakePorts(policy=FakePolicy(plays_topic="views"))
    signed = token(ports)

    for number in range(MOST_BEACONS + 1):
        send(ports, a_body(ports, token=signed, seq=number))

    assert [view.seq for _, view in ports.queue.views] == list(range(MOST_BEACONS))
    assert {view_id for view_id, _ in ports.queue.views} == {VIEW}


def test_a_view_that_cannot_be_exported_is_counted_and_exported_by_its_next_beacon(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = FakePorts(policy=FakePolicy(plays_topic="views"))
    with monkeypatch.context() as fault:
        fault.setattr(ports.queue, "publish_view", unavailable)
        send(ports, a_body(ports, played_ms=1000))

    assert counted(ports).played_ms == 1000
    assert [each.message for each in caplog.records] == ["play.unexported"]
    send(ports, a_body(ports, **WATCHED))
    ((_, exported),) = ports.queue.views
    assert (exported.beacons, exported.played_ms) == (2, 4000)


def test_without_a_key_nothing_is_counted(ports: FakePorts) -> None:
    ports.play_key = b""

    send(ports, a_body(ports))

    assert not ports.plays.views


def test_a_store_that_is_down_is_logged_and_not_shown(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ports.plays, "merge_view", unavailable)
    send(ports, a_body(ports))

    (line,) = caplog.records
    assert (line.levelname, line.msg) == ("WARNING", "play.lost")
