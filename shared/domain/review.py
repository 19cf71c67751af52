"""A review: people with its secret link see the videos of a campaign, comment and decide.

They are reviewers: each gives a name, and needs no account.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from msgspec import Struct, field

from shared.domain.errors import InvalidRequestError, LimitError, NotFoundError
from shared.domain.identity import campaign_of_review, falling_number
from shared.domain.text import canonical, is_visible
from shared.domain.values import replace
from shared.domain.video import VersionState, Video

MOST_DAYS = 90
USUAL_DAYS = 14
MOST_REVIEWS = 100
MOST_OPEN = 20
MOST_COMMENTS = 200
MOST_DECISIONS = 200
LONGEST_COMMENT = 500
LONGEST_NAME = 64

_CONTROL = ("Cc", "Cs", "Zl", "Zp")


class Choice(StrEnum):
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"


class ReviewStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    EXPIRED = "expired"


class Comment(Struct, frozen=True, kw_only=True):
    """What a reviewer says of one version, perhaps of a moment in its clip. It never changes.

    `id` is made by the reviewer's page, so that a repeated request makes no second comment.
    """

    id: str
    video_id: str
    index: int
    name: str
    text: str
    created_at: datetime
    seconds: float | None = None

    def was_sent_as(self, *, video_id: str, name: str, text: str, seconds: float | None) -> bool:
        """Return whether this is how it was stored: a moment past the clip's end as the end."""
        if (video_id, name, text) != (self.video_id, self.name, self.text):
            return False
        if seconds is None or self.seconds is None:
            return seconds is self.seconds
        return seconds >= self.seconds


class Decision(Struct, frozen=True, kw_only=True):
    """What a reviewer has decided last about one version."""

    video_id: str
    index: int
    name: str
    choice: Choice
    decided_at: datetime


class Review(Struct, frozen=True, kw_only=True):
    """The record of a review, with all that was said in it, in this order.

    `digest` is that of the secret, which no record has. `include_historical` shows replaced
    versions, too. `revision` and `unread` are as those of a video.
    """

    id: str
    campaign_id: str
    digest: str
    created_at: datetime
    expires_at: datetime
    title: str | None = None
    include_historical: bool = False
    requested_by: str | None = None
    closed_at: datetime | None = None
    comments: tuple[Comment, ...] = ()
    decisions: tuple[Decision, ...] = ()
    revision: str = ""
    unread: Mapping[tuple[object, ...], Mapping[str, Any]] = field(default_factory=dict)

    def status(self, now: datetime) -> ReviewStatus:
        if self.closed_at is not None:
            return ReviewStatus.CLOSED
        return ReviewStatus.OPEN if now < self.expires_at else ReviewStatus.EXPIRED

    def is_opened_by(self, secret: str, now: datetime) -> bool:
        is_open = self.status(now) is ReviewStatus.OPEN
        return compare_digest(digest_of(secret), self.digest) and is_open

    def shows(self, video: Video) -> bool:
        """Whether the link shows a version, or has shown it while that was current."""
        if video.is_current:
            return True
        if video.version_state is not VersionState.HISTORICAL:
            return False
        until = video.shown_until
        return self.include_historical or (until is not None and until >= self.created_at)

    def closed(self, now: datetime) -> "Review":
        """Return it unchanged if it is already closed."""
        return self if self.closed_at is not None else replace(self, closed_at=now)

    def comment(self, comment_id: str) -> Comment | None:
        return next((each for each in self.comments if each.id == comment_id), None)

    def with_comment(self, comment: Comment) -> "Review":
        """Raise LimitError."""
        if len(self.comments) >= MOST_COMMENTS:
            raise LimitError(f"This review has {MOST_COMMENTS} comments, and takes no more.")
        return replace(self, comments=(*self.comments, comment))

    def with_decision(self, decision: Decision) -> "Review":
        """Return it with a decision in the place of the reviewer's last one. Raise LimitError."""
        about = (decision.video_id, decision.name)
        others = tuple(each for each in self.decisions if (each.video_id, each.name) != about)
        if len(others) >= MOST_DECISIONS:
            raise LimitError(f"This review has {MOST_DECISIONS} decisions, and takes no more.")
        return replace(self, decisions=(*others, decision))

    def same_decision(self, decision: Decision) -> Decision | None:
        """Return the stored one that differs from `decision` in its time only."""
        same = (
            each for each in self.decisions if each == replace(decision, decided_at=each.decided_at)
        )
        return next(same, None)


def review_id(campaign_id: str, now: datetime, random_bits: int) -> str:
    """Return an id; in the order of their ids, the newest review is the first."""
    return f"review_{campaign_id}.{falling_number(now, random_bits)}"


def digest_of(secret: str) -> str:
    return sha256(secret.encode(errors="replace")).hexdigest()


def token_of(review: Review, secret: str) -> str:
    return f"{review.id.removeprefix('review_')}.{secret}"


def read_review_token(token: str) -> tuple[str, str]:
    """Return the id of the review and the secret. Raise NotFoundError if it cannot be a token."""
    place, _, secret = token.rpartition(".")
    name = f"review_{place}"
    try:
        campaign_of_review(name)
    except NotFoundError:
        raise no_such_link() from None
    return name, secret


def no_such_link() -> NotFoundError:
    """Return the one answer to every link that shows nothing: it does not say why."""
    return NotFoundError(
        "This link shows nothing: it is incomplete, has expired, or was closed. Ask for another."
    )


def require_room(reviews: Sequence[Review], now: datetime) -> None:
    """Raise LimitError if the campaign, which has these reviews, takes no other now."""
    if len(reviews) >= MOST_REVIEWS:
        raise LimitError(f"The campaign has {MOST_REVIEWS} reviews. Delete one first.")
    if sum(each.status(now) is ReviewStatus.OPEN for each in reviews) >= MOST_OPEN:
        raise LimitError(f"The campaign has {MOST_OPEN} open reviews. Close one first.")


def words_of(text: str, *, param: str, most: int) -> str:
    """Return what a reviewer wrote, as it is stored; it may have several lines.

    Raise InvalidRequestError.
    """
    words = canonical(text)
    if any(_is_control(each) for each in words):
        raise InvalidRequestError(f"{param} has a control character.", param=param)
    if len(words) > most or not is_visible(words):
        raise InvalidRequestError(
            f"{param} has 1 to {most} characters, and one of them is visible.", param=param
        )
    return words


def name_of(text: str) -> str:
    """Return the name of a reviewer, on one line. Raise InvalidRequestError."""
    return words_of(" ".join(text.split()), param="name", most=LONGEST_NAME)


def _is_control(character: str) -> bool:
    return character != "\n" and unicodedata.category(character) in _CONTROL
