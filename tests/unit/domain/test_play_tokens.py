from datetime import timedelta

import pytest

from shared.domain.errors import ExpiredSignatureError, InvalidSignatureError
from shared.domain.play_tokens import issued, read_play_token, sign
from shared.domain.signed_tokens import (
    EmbedTarget,
    derived_key,
    hour_of,
    read_embed,
    sign_embed,
    token_of_video,
)
from tests.unit.domain.builders import A_VIDEO, NOW

KEY = b"a key"
LONGEST_VIDEO = f"video_{'c' * 64}.0123456789abcdef"


def test_a_token_is_read_as_it_was_signed() -> None:
    token = issued(
        LONGEST_VIDEO,
        duration_ms=8000,
        view="0" * 32,
        now=NOW.replace(microsecond=7),
        experiment_id=f"exp_{'c' * 64}.0123456789abcdef",
        arm=3,
    )

    text = sign(token, KEY)

    assert read_play_token(text, KEY, NOW) == token
    assert len(text) < 512


def test_the_token_of_a_video_is_the_same_for_an_hour_and_bound_to_no_view() -> None:
    now = NOW + timedelta(minutes=59)

    token = read_play_token(token_of_video(A_VIDEO, 8000, hour_of(now), KEY), KEY, now)

    assert (token.video_id, token.duration_ms, token.view) == (A_VIDEO, 8000, None)
    assert token.issued_at == NOW
    assert hour_of(now + timedelta(minutes=1)) == hour_of(now) + 1


def test_a_token_expires_a_day_after_its_issue() -> None:
    text = token_of_video(A_VIDEO, 8000, hour_of(NOW), KEY)

    read_play_token(text, KEY, NOW + timedelta(hours=24, seconds=-1))
    with pytest.raises(ExpiredSignatureError):
        read_play_token(text, KEY, NOW + timedelta(hours=24))


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "a",
        "é.é",
        "\ud83d",
        "x" * 100_000,
        token_of_video(A_VIDEO, 8000, hour_of(NOW), b"another key"),
        token_of_video(A_VIDEO, 8000, hour_of(NOW), KEY)[:-1],
        f"{token_of_video(A_VIDEO, 8000, hour_of(NOW), KEY)}x",
        f"W10{token_of_video(A_VIDEO, 8000, hour_of(NOW), KEY)}",
        # The token of an embed is of the same form and key.
        sign_embed(("video", A_VIDEO), KEY),
    ],
    ids=range(11),
)
def test_a_token_that_was_not_issued_here_is_refused(text: str) -> None:
    with pytest.raises(InvalidSignatureError):
        read_play_token(text, KEY, NOW)


def test_without_a_key_no_token_is_valid() -> None:
    with pytest.raises(InvalidSignatureError):
        read_play_token(token_of_video(A_VIDEO, 8000, hour_of(NOW), b""), b"", NOW)


@pytest.mark.parametrize(
    "target", [("slot", "spring", 3), ("video", A_VIDEO), ("experiment", "exp_spring.1")]
)
def test_an_embed_is_read_as_it_was_signed(target: EmbedTarget) -> None:
    assert read_embed(sign_embed(target, KEY), KEY) == target


def test_keys_of_different_secrets_differ() -> None:
    assert derived_key(b"one") != derived_key(b"two")
    assert derived_key(b"one") != b"one"
