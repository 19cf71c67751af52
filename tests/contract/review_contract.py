"""What every repository of reviews keeps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.errors import ConflictError, LimitError, NotFoundError
from shared.domain.events import Event, EventType, ReviewFacts, of_review
from shared.domain.review import (
    MOST_OPEN,
    MOST_REVIEWS,
    Choice,
    Comment,
    Decision,
    Review,
    digest_of,
    review_id,
)
from shared.domain.values import replace
from shared.ports.event_log import EventLog
from shared.ports.review_repository import ReviewRepository
from shared.use_cases.committing import until_committed
from tests.unit.domain.builders import NOW, SOON

A_VIDEO = f"video_spring.{'0' * 16}"


def a_review(number: int = 0, campaign_id: str = "spring", **changes: Any) -> Review:  # noqa: ANN401
    """Each is created a minute after the one with the number before."""
    now = NOW + timedelta(minutes=number)
    review = Review(
        id=review_id(campaign_id, now, number),
        campaign_id=campaign_id,
        digest=digest_of("secret"),
        created_at=now,
        expires_at=now + timedelta(days=14),
        title="First cut",
        include_historical=True,
        requested_by="shop",
        comments=(a_comment(),),
        decisions=(
            Decision(
                video_id=A_VIDEO, index=0, name="Ann", choice=Choice.APPROVED, decided_at=SOON
            ),
        ),
    )
    return replace(review, **changes)


def a_comment(**changes: Any) -> Comment:  # noqa: ANN401
    comment = Comment(
        id="0123abcd" * 4,
        video_id=A_VIDEO,
        index=0,
        name="Ann",
        text="The logo comes too late.",
        created_at=SOON,
        seconds=3.25,
    )
    return replace(comment, **changes)


def a_comment_event(review: Review) -> Event:
    facts = ReviewFacts(
        id=review.id, video_id=A_VIDEO, index=0, comment_id="0123abcd" * 4, seconds=3.25
    )
    return of_review(EventType.REVIEW_COMMENTED, review.campaign_id, facts, name="Ann", at=SOON)


class ReviewContract:
    """A subclass gives the fixtures `reviews`, an empty store, and the `events` of the same one."""

    def test_a_review_is_read_as_it_was_committed(self, reviews: ReviewRepository) -> None:
        stored = reviews.commit(a_review())

        assert stored.revision
        assert reviews.get(stored.id) == stored
        assert replace(stored, revision="") == a_review()

    def test_of_two_changes_of_one_record_one_is_refused_with_its_event(
        self, reviews: ReviewRepository, events: EventLog
    ) -> None:
        stored = reviews.commit(a_review(comments=()))
        event = a_comment_event(stored)
        commented = reviews.commit(stored.with_comment(a_comment()), events=[event])
        other = replace(event, id=f"evt_{'f' * 32}")

        with pytest.raises(ConflictError):
            reviews.commit(stored.with_comment(a_comment(id="f" * 32)), events=[other])
        with pytest.raises(ConflictError):
            reviews.commit(a_review())

        assert reviews.get(stored.id) == commented
        assert events.get(event.id) == event
        with pytest.raises(NotFoundError):
            events.get(other.id)

    def test_creations_at_once_do_not_pass_the_limit_together(
        self, reviews: ReviewRepository
    ) -> None:
        for number in range(MOST_OPEN - 2):
            reviews.commit(a_review(number))

        def create(number: int) -> bool:
            try:
                until_committed(lambda: reviews.commit(a_review(MOST_OPEN + number)))
            except LimitError:
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            created = list(pool.map(create, range(6)))

        assert created.count(True) == 2
        assert len(reviews.list("spring", after=None, limit=MOST_REVIEWS)) == MOST_OPEN
        newest, *_ = reviews.list("spring", after=None, limit=1)
        reviews.commit(newest.closed(SOON))
        reviews.commit(a_review(2 * MOST_OPEN))

    def test_pages_have_the_reviews_of_a_campaign_the_newest_first(
        self, reviews: ReviewRepository
    ) -> None:
        for number in (1, 0, 2):
            reviews.commit(a_review(number))
        reviews.commit(a_review(3, "summer"))

        first = reviews.list("spring", after=None, limit=2)
        rest = reviews.list("spring", after=first[-1].id, limit=2)

        ids = [each.id for each in (*first, *rest)]
        assert ids == [a_review(number).id for number in (2, 1, 0)]

    @pytest.mark.parametrize("missing", [a_review().id, "review_spring.0", "review_", "", "a/b"])
    def test_what_was_never_committed_is_not_found(
        self, reviews: ReviewRepository, missing: str
    ) -> None:
        assert not reviews.list("spring", after=None, limit=2)
        with pytest.raises(NotFoundError):
            reviews.get(missing)
        with pytest.raises(NotFoundError):
            reviews.remove(missing)

    def test_a_removed_review_does_not_come_back(self, reviews: ReviewRepository) -> None:
        stored = reviews.commit(a_review())
        reviews.remove(stored.id)

        with pytest.raises(ConflictError):
            reviews.commit(stored.closed(SOON))
        with pytest.raises(NotFoundError):
            reviews.get(stored.id)

    def test_the_reviews_of_a_campaign_are_deleted_with_it(self, reviews: ReviewRepository) -> None:
        for number, campaign_id in enumerate(("spring", "spring", "summer")):
            reviews.commit(a_review(number, campaign_id))

        for _ in range(2):
            reviews.delete_campaign("spring")

        assert not reviews.list("spring", after=None, limit=9)
        assert len(reviews.list("summer", after=None, limit=9)) == 1
