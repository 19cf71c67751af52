"""What a reviewer can do by the secret link of a review: see takes, comment on them, and decide."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from shared.domain.campaign import Campaign
from shared.domain.clip import ClipFacts
from shared.domain.errors import (
    CampaignNotFoundError,
    IdempotencyKeyReusedError,
    NotFoundError,
    VideoNotFoundError,
)
from shared.domain.events import Event, EventType, ReviewFacts, of_review
from shared.domain.identity import parse_video_id
from shared.domain.review import Choice, Comment, Decision, Review, no_such_link, read_review_token
from shared.domain.video import Video
from shared.ports import Ports
from shared.use_cases.announcing import announce_events
from shared.use_cases.committing import read_both, until_committed
from shared.use_cases.content import path_of_thumbnail, paths_of_clips, require_content
from shared.use_cases.read_campaigns import SlotView, read_campaign


class ReviewedTake(Struct, frozen=True, kw_only=True):
    """`poster_path` is None for a video of an early release."""

    video: Video
    clip: ClipFacts
    clip_path: str
    poster_path: str | None


class ReviewView(Struct, frozen=True, kw_only=True):
    """`takes` are those that the review shows now, by slot, the current one first."""

    review: Review
    title: str
    takes: tuple[ReviewedTake, ...]


def show_review(ports: Ports, token: str) -> ReviewView:
    """Raise NotFoundError, the same for every link that shows nothing."""
    review = open_review(ports, token)
    try:
        view = read_campaign(ports, review.campaign_id)
    except CampaignNotFoundError:
        raise no_such_link() from None
    campaign = view.campaign
    _require_same(campaign, review)
    return ReviewView(
        review=review,
        title=review.title or campaign.title or campaign.campaign_id,
        takes=_takes(ports, campaign, _reviewed(review, view.slots)),
    )


def open_review(ports: Ports, token: str) -> Review:
    """Return the review that the token opens now. Raise NotFoundError."""
    review_id, secret = read_review_token(token)
    try:
        review = ports.reviews.get(review_id)
    except NotFoundError:
        raise no_such_link() from None
    if not review.is_opened_by(secret, ports.now()):
        raise no_such_link()
    return review


def add_comment(
    ports: Ports,
    token: str,
    *,
    comment_id: str,
    video_id: str,
    name: str,
    text: str,
    seconds: float | None,
) -> tuple[Comment, bool]:
    """Add a comment, and return it and whether it is new: its id is added once.

    It stays with its version when that is replaced. Raise NotFoundError, NotReadyError, LimitError,
    or IdempotencyKeyReusedError if another comment has the id.
    """

    def attempt() -> tuple[Comment, bool]:
        review = open_review(ports, token)
        # First of all: its video may have been deleted since.
        if stored := review.comment(comment_id):
            if stored.was_sent_as(video_id=video_id, name=name, text=text, seconds=seconds):
                return stored, False
            raise IdempotencyKeyReusedError("Another comment has this id.", param="id")
        video, duration = _finished(ports, review, video_id)
        now = ports.now()
        comment = Comment(
            id=comment_id,
            video_id=video.id,
            index=video.index,
            name=name,
            text=text,
            created_at=now,
            seconds=None if seconds is None else min(abs(seconds), duration),  # -0.0 is 0.
        )
        facts = ReviewFacts(
            id=review.id,
            video_id=video.id,
            index=video.index,
            comment_id=comment_id,
            seconds=comment.seconds,
        )
        event = of_review(EventType.REVIEW_COMMENTED, review.campaign_id, facts, name=name, at=now)
        _commit(ports, review.with_comment(comment), event)
        return comment, True

    return until_committed(attempt)


def decide(ports: Ports, token: str, *, video_id: str, name: str, choice: Choice) -> Decision:
    """Note what a reviewer decides about a version, in the place of an earlier decision.

    Repeating a decision changes nothing. Raises the errors of `add_comment`.
    """

    def attempt() -> Decision:
        review = open_review(ports, token)
        video, _ = _finished(ports, review, video_id)
        now = ports.now()
        decision = Decision(
            video_id=video.id, index=video.index, name=name, choice=choice, decided_at=now
        )
        if stored := review.same_decision(decision):
            return stored
        facts = ReviewFacts(id=review.id, video_id=video.id, index=video.index, decision=choice)
        event = of_review(EventType.REVIEW_DECIDED, review.campaign_id, facts, name=name, at=now)
        _commit(ports, review.with_decision(decision), event)
        return decision

    return until_committed(attempt)


def _commit(ports: Ports, review: Review, event: Event) -> None:
    ports.reviews.commit(review, events=[event])
    announce_events(ports, [event])


def _finished(ports: Ports, review: Review, video_id: str) -> tuple[Video, float]:
    """Return a completed video that the review shows or has shown, and its clip's duration.

    For a reviewer, no other video exists, nor a deleted one. Raise NotFoundError or
    NotReadyError.
    """
    campaign_id, video_hash = parse_video_id(video_id)
    if campaign_id != review.campaign_id:
        raise VideoNotFoundError("There is no video with this id.")
    try:
        campaign, video = read_both(ports, campaign_id, video_hash)
    except CampaignNotFoundError:
        raise no_such_link() from None
    _require_same(campaign, review)
    if not video.is_trashed:
        require_content(video)
    if not review.shows(video):
        raise VideoNotFoundError("There is no video with this id.")
    return video, video.clip.duration_seconds if video.clip else 0.0


def _require_same(campaign: Campaign, review: Review) -> None:
    """Raise NotFoundError unless this is the campaign of the review, and stays."""
    # Another campaign may have got the name of a deleted one.
    if campaign.is_being_deleted or review.created_at < campaign.created_at:
        raise no_such_link()


def _reviewed(review: Review, slots: Iterable[SlotView]) -> Iterator[Video]:
    for slot in slots:
        current = (slot.current,) if slot.current else ()
        yield from (*current, *(slot.historical if review.include_historical else ()))


def _takes(ports: Ports, campaign: Campaign, videos: Iterable[Video]) -> tuple[ReviewedTake, ...]:
    """Leave out videos without a clip."""
    found = [(video, video.clip) for video in videos if video.clip]
    campaigns = {campaign.campaign_id: campaign}
    paths = paths_of_clips(ports, campaigns, (video for video, _ in found))
    return tuple(
        ReviewedTake(
            video=video, clip=clip, clip_path=paths[video.id], poster_path=path_of_thumbnail(video)
        )
        for video, clip in found
    )
