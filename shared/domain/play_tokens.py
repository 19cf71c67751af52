"""Play tokens: signed, so that a page can report plays only for what it was given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from shared.domain.errors import ExpiredSignatureError
from shared.domain.signed_tokens import LIFETIME_SECONDS, PLAY, read_signed, signed

_LIFETIME = timedelta(seconds=LIFETIME_SECONDS)


class PlayToken(Struct, frozen=True, kw_only=True):
    """What a beacon may count: plays of one video, perhaps as an arm of an experiment.

    A token with a `view` counts that view only. Moments are whole seconds.
    """

    video_id: str
    duration_ms: int
    experiment_id: str | None = None
    arm: int | None = None
    view: str | None = None
    issued_at: datetime
    expires_at: datetime


def issued(
    video_id: str,
    *,
    duration_ms: int,
    view: str,
    now: datetime,
    experiment_id: str | None = None,
    arm: int | None = None,
) -> PlayToken:
    """Return the token of one page load."""
    issued_at = now.replace(microsecond=0)
    return PlayToken(
        video_id=video_id,
        duration_ms=duration_ms,
        experiment_id=experiment_id,
        arm=arm,
        view=view,
        issued_at=issued_at,
        expires_at=issued_at + _LIFETIME,
    )


def sign(token: PlayToken, key: bytes) -> str:
    values = (
        token.video_id,
        token.duration_ms,
        token.experiment_id,
        token.arm,
        token.view,
        int(token.issued_at.timestamp()),
        int(token.expires_at.timestamp()),
    )
    return signed(values, key, PLAY)


def read_play_token(text: str, key: bytes, now: datetime) -> PlayToken:
    """Raise InvalidSignatureError, or ExpiredSignatureError."""
    video_id, duration_ms, experiment_id, arm, view, issued_at, expires_at = read_signed(
        text, key, PLAY
    )
    token = PlayToken(
        video_id=video_id,
        duration_ms=duration_ms,
        experiment_id=experiment_id,
        arm=arm,
        view=view,
        issued_at=datetime.fromtimestamp(issued_at, UTC),
        expires_at=datetime.fromtimestamp(expires_at, UTC),
    )
    if now >= token.expires_at:
        raise ExpiredSignatureError("This play token has expired. Load the page again.")
    return token
