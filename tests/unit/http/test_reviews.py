"""Reviews as those who create them, and the reviewers, meet them."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.errors import ConflictError, StorageError
from shared.domain.review import MOST_COMMENTS, MOST_OPEN, MOST_REVIEWS, Review
from shared.domain.values import replace
from shared.domain.video import Video
from shared.ports.event_log import EventQuery
from shared.use_cases.change_versions import cancel_video
from shared.use_cases.regenerate_videos import regenerate_video
from tests.contract.review_contract import a_comment, a_review
from tests.fakes.ports import POLICY, FakePorts
from tests.unit.http.calling import answer, call, refused
from tests.unit.use_cases.scenes import deliver, make, remake, reserve, settle, stored

REVIEWS = "/v1/campaigns/spring/reviews"
GONE = (404, "not_found", None)


@pytest.fixture
def video(ports: FakePorts) -> Video:
    return make(ports)


@pytest.fixture
def link(ports: FakePorts, video: Video) -> str:
    """The path of an open review for its reviewers."""
    return a_link(ports)


def a_link(ports: FakePorts, **fields: object) -> str:
    return path_of(answer(ports, "POST", REVIEWS, fields)["url"])


def path_of(url: str) -> str:
    page, _, token = url.partition("#")
    assert page == "http://localhost:8000/review"
    return f"/v1/reviews/{token}"


def said(video: Video, text: str = "The logo comes too late.", **fields: object) -> dict[str, Any]:
    return {"video_id": video.id, "name": "Ann", "text": text, **fields}


def decided(
    ports: FakePorts, link: str, video: Video, decision: str = "approved", name: str = "Ann"
) -> Any:  # noqa: ANN401  # JSON.
    path = f"{link}/decisions/{video.id}"
    return answer(ports, "PUT", path, {"decision": decision, "name": name})


def listed(ports: FakePorts) -> Any:  # noqa: ANN401  # JSON.
    (review,) = answer(ports, "GET", REVIEWS)["data"]
    return review


def told(ports: FakePorts) -> list[dict[str, Any]]:
    ports.clock.advance(timedelta(minutes=1))
    events = answer(ports, "GET", "/v1/events?limit=100")["data"]
    return [each for each in events if each["type"].startswith("review.")]


# Those who create it


def test_a_review_is_created_and_its_link_is_said_once(ports: FakePorts, video: Video) -> None:
    created = call(ports, "POST", REVIEWS, {"days": 3, "title": "First cut"})
    review = dict(created.get_json())
    url = review.pop("url")
    secret = url.rpartition(".")[2]

    assert created.status_code == 201
    assert (review["status"], review["title"], review["comments"]) == ("open", "First cut", [])
    assert review["expires_at"] - review["created_at"] == 3 * 24 * 60 * 60
    assert answer(ports, "GET", created.headers["Location"].partition("8000")[2]) == review
    assert answer(ports, "GET", REVIEWS)["data"] == [review]
    assert len(secret) == 32
    assert secret not in str(ports.reviews.reviews)


def test_a_campaign_that_is_not_there_has_no_reviews(ports: FakePorts) -> None:
    assert refused(ports, "POST", REVIEWS) == GONE
    assert refused(ports, "GET", REVIEWS) == GONE


def test_another_campaigns_path_finds_no_review(ports: FakePorts, link: str) -> None:
    path = f"/v1/campaigns/summer/reviews/{listed(ports)['id']}"

    for method, each in (("GET", path), ("DELETE", path), ("POST", f"{path}/close")):
        assert refused(ports, method, each) == GONE


@pytest.mark.parametrize("body", [{"days": 0}, {"days": 91}, {"title": "a\nb"}])
def test_a_review_that_cannot_be_is_refused(
    ports: FakePorts, video: Video, body: Mapping[str, Any]
) -> None:
    assert refused(ports, "POST", REVIEWS, body) == (400, "invalid_request", *body)


@pytest.mark.parametrize(("number", "status"), [(MOST_OPEN, "open"), (MOST_REVIEWS, "closed")])
def test_a_campaign_takes_so_many_reviews_and_no_more(
    ports: FakePorts, video: Video, number: int, status: str
) -> None:
    for each in range(number):
        review = a_review(each, expires_at=ports.now() + timedelta(days=1))
        ports.reviews.commit(review if status == "open" else review.closed(ports.now()))

    assert refused(ports, "POST", REVIEWS) == (422, "rejected", None)

    answer(ports, "DELETE", f"{REVIEWS}/{a_review().id}")
    assert call(ports, "POST", REVIEWS).status_code == 201


def test_a_closed_review_keeps_what_was_said(ports: FakePorts, video: Video, link: str) -> None:
    answer(ports, "POST", f"{link}/comments", said(video))
    path = f"{REVIEWS}/{listed(ports)['id']}"

    closed = answer(ports, "POST", f"{path}/close")
    ports.clock.advance(timedelta(hours=1))

    assert (closed["status"], len(closed["comments"])) == ("closed", 1)
    assert answer(ports, "POST", f"{path}/close") == closed
    assert refused(ports, "GET", link) == GONE


# Every link that shows nothing


def expire(ports: FakePorts) -> None:
    ports.clock.advance(timedelta(days=14))


def close(ports: FakePorts) -> None:
    answer(ports, "POST", f"{REVIEWS}/{listed(ports)['id']}/close")


def delete(ports: FakePorts) -> None:
    answer(ports, "DELETE", f"{REVIEWS}/{listed(ports)['id']}")


def delete_campaign(ports: FakePorts) -> None:
    answer(ports, "DELETE", "/v1/campaigns/spring")


def give_its_name_to_another_campaign(ports: FakePorts) -> None:
    """The review of the deleted one was committed while that was deleted."""
    (review,) = ports.reviews.reviews.values()
    delete_campaign(ports)
    ports.clock.advance(timedelta(days=1))
    make(ports)
    ports.reviews.reviews[review.id] = review


@pytest.mark.parametrize(
    "end", [expire, close, delete, delete_campaign, give_its_name_to_another_campaign]
)
def test_every_link_that_shows_nothing_gets_the_same_answer(
    ports: FakePorts, video: Video, link: str, end: Callable[[FakePorts], None]
) -> None:
    wrong = [f"{link[:-1]}~", f"{link}.x", "/v1/reviews/spring", "/v1/reviews/" + "0" * 60]
    end(ports)

    details = {call(ports, "GET", path).get_json()["detail"] for path in (link, *wrong)}

    assert len(details) == 1
    for path in (link, *wrong):
        assert refused(ports, "GET", path) == GONE


@pytest.mark.parametrize(
    "end", [expire, close, delete, delete_campaign, give_its_name_to_another_campaign]
)
def test_a_link_that_shows_nothing_takes_nothing(
    ports: FakePorts, video: Video, link: str, end: Callable[[FakePorts], None]
) -> None:
    end(ports)
    before = dict(ports.reviews.reviews)

    assert refused(ports, "POST", f"{link}/comments", said(video)) == GONE
    body = {"decision": "approved", "name": "Ann"}
    assert refused(ports, "PUT", f"{link}/decisions/{video.id}", body) == GONE
    assert ports.reviews.reviews == before


def test_a_review_of_other_takes_shows_none_of_this_campaign(
    ports: FakePorts, video: Video, link: str
) -> None:
    other = make(ports, campaign_id="summer")

    assert refused(ports, "POST", f"{link}/comments", said(other)) == GONE
    assert listed(ports)["comments"] == []


# Reviewers


def test_a_reviewer_sees_the_live_takes_and_earlier_ones_if_so_chosen(
    ports: FakePorts, video: Video
) -> None:
    again = remake(ports, video)
    reserve(ports, "A kite", campaign_id="spring")

    page = answer(ports, "GET", a_link(ports, title="First cut"))
    more = answer(ports, "GET", a_link(ports, include_historical=True))

    (take,) = page["takes"]
    assert (page["title"], more["title"]) == ("First cut", "spring")
    assert (take["video_id"], take["index"], take["is_current"]) == (again.id, 0, True)
    assert "/signed/" in take["content_url"]
    assert "/signed/" in take["poster_url"]
    assert [each["video_id"] for each in more["takes"]] == [again.id, video.id]
    assert "prompt" not in str(page)


def test_a_comment_is_seen_by_everybody_and_told(ports: FakePorts, video: Video, link: str) -> None:
    comment = answer(ports, "POST", f"{link}/comments", said(video, seconds=1.25))

    assert (comment["name"], comment["seconds"], comment["index"]) == ("Ann", 1.25, 0)
    assert answer(ports, "GET", link)["comments"] == [comment]
    assert listed(ports)["comments"] == [comment]
    (event,) = told(ports)
    assert event["type"] == "review.commented"
    assert event["data"] == {
        "id": listed(ports)["id"],
        "object": "review",
        "campaign_id": "spring",
        "comment_id": comment["id"],
        **{name: comment[name] for name in ("video_id", "index", "seconds")},
    }


def test_deleted_words_and_names_are_read_nowhere(
    ports: FakePorts, video: Video, link: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    answer(ports, "POST", f"{link}/comments", said(video, "Unspeakable", name="Cleopatra"))
    decided(ports, link, video, name="Cleopatra")
    delete(ports)

    events = told(ports)

    assert len(events) == 2
    logged = [vars(record) for record in caplog.records]
    for place in (events, ports.events.list(EventQuery()), logged):
        assert "Unspeakable" not in str(place)
        assert "Cleopatra" not in str(place)


def test_two_approvals_at_one_moment_are_two_events(
    ports: FakePorts, video: Video, link: str
) -> None:
    for name in ("Ann", "Bob"):
        decided(ports, link, video, name=name)

    assert len({event["id"] for event in told(ports)}) == 2


def test_a_repeated_comment_is_added_once(ports: FakePorts, video: Video, link: str) -> None:
    body = said(video, id="0123abcd" * 4, seconds=99)

    first = call(ports, "POST", f"{link}/comments", body)
    ports.clock.advance(timedelta(seconds=1))
    again = call(ports, "POST", f"{link}/comments", body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert first.get_json()["seconds"] == video.clip.duration_seconds  # type: ignore[union-attr]
    assert len(told(ports)) == 1
    other = body | {"text": "Another"}
    assert refused(ports, "POST", f"{link}/comments", other) == (
        *(422, "idempotency_key_reused"),
        "id",
    )


def test_a_repeated_comment_is_known_after_its_video_was_deleted(
    ports: FakePorts, video: Video, link: str
) -> None:
    body = said(video, id="0123abcd" * 4, seconds=99)
    first = call(ports, "POST", f"{link}/comments", body)

    answer(ports, "DELETE", f"/v1/videos/{video.id}")
    again = call(ports, "POST", f"{link}/comments", body)

    assert (again.status_code, again.get_json()) == (200, first.get_json())
    for change in ({"seconds": None}, {"seconds": 0.5}, {"name": "Bob"}):
        assert refused(ports, "POST", f"{link}/comments", body | change)[0] == 422
    assert refused(ports, "POST", f"{link}/comments", body | {"id": "f" * 32}) == GONE


def test_no_moment_is_less_than_zero(ports: FakePorts, video: Video, link: str) -> None:
    answer(ports, "POST", f"{link}/comments", said(video, seconds=-0.0))

    assert '"seconds":0.0' in call(ports, "GET", link).get_data(as_text=True)


def test_each_reviewer_has_one_decision_for_a_take(
    ports: FakePorts, video: Video, link: str
) -> None:
    decided(ports, link, video, "changes_requested")
    decided(ports, link, video, "changes_requested", "Bob")
    decided(ports, link, video)
    decided(ports, link, video)

    decisions = answer(ports, "GET", link)["decisions"]
    assert [(each["name"], each["decision"]) for each in decisions] == [
        ("Bob", "changes_requested"),
        ("Ann", "approved"),
    ]
    assert [each["data"]["decision"] for each in told(ports)] == [
        *("changes_requested", "changes_requested", "approved")
    ]


def test_what_was_said_stays_with_its_version(ports: FakePorts, video: Video, link: str) -> None:
    answer(ports, "POST", f"{link}/comments", said(video))
    remake(ports, video)
    # The page still shows the one that was replaced.
    answer(ports, "POST", f"{link}/comments", said(video, "Approved, then"))
    decided(ports, link, video)

    page = answer(ports, "GET", link)
    assert video.id not in [each["video_id"] for each in page["takes"]]
    assert {each["video_id"] for each in page["comments"]} == {video.id}
    answer(ports, "DELETE", f"/v1/videos/{video.id}")
    assert len(listed(ports)["comments"]) == 2
    assert refused(ports, "POST", f"{link}/comments", said(video)) == GONE


def test_a_version_that_was_replaced_before_the_link_takes_no_answer(
    ports: FakePorts, video: Video
) -> None:
    ports.clock.advance(timedelta(minutes=1))
    remake(ports, video)
    ports.clock.advance(timedelta(minutes=1))
    live, all_takes = a_link(ports), a_link(ports, include_historical=True)
    body = {"decision": "approved", "name": "Ann"}

    assert refused(ports, "POST", f"{live}/comments", said(video)) == GONE
    assert refused(ports, "PUT", f"{live}/decisions/{video.id}", body) == GONE
    answer(ports, "POST", f"{all_takes}/comments", said(video))
    decided(ports, all_takes, video)


def cancelled(ports: FakePorts, video: Video) -> Video:
    """A version that was cancelled after its submission, so that it never was live."""
    again = regenerate_video(ports, video.campaign_id, video.video_hash).video
    deliver(ports)
    cancel_video(ports, again.campaign_id, again.video_hash)
    settle(ports)
    return stored(ports, again)


def test_a_version_that_was_never_live_takes_no_answer(ports: FakePorts, video: Video) -> None:
    live = a_link(ports)
    never_shown = cancelled(ports, video)

    assert refused(ports, "POST", f"{live}/comments", said(never_shown)) == GONE
    answer(ports, "POST", f"/v1/videos/{never_shown.id}/promote")
    decided(ports, live, never_shown)


def test_a_page_that_shows_a_deleted_take_is_heard_once_that_is_restored() -> None:
    ports = FakePorts(policy=replace(POLICY, trash_days=7))
    video = make(ports)
    link = a_link(ports)
    ports.clock.advance(timedelta(minutes=1))
    answer(ports, "DELETE", f"/v1/videos/{video.id}")
    make(ports)
    answer(ports, "POST", f"/v1/videos/{video.id}/restore")

    decided(ports, link, video)


def test_a_take_in_progress_takes_no_answer(ports: FakePorts, link: str) -> None:
    pending = reserve(ports, "A kite", campaign_id="spring")

    assert refused(ports, "POST", f"{link}/comments", said(pending)) == (409, "not_ready", None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", "\u200b"),
        ("text", "x" * 501),
        ("text", "a\x07"),
        ("name", " "),
        ("name", "n" * 65),
        ("seconds", -1),
        ("seconds", 3601),
        ("id", "0123abcd"),
    ],
)
def test_a_comment_that_cannot_be_is_refused(
    ports: FakePorts, video: Video, link: str, field: str, value: object
) -> None:
    body = said(video) | {field: value}

    assert refused(ports, "POST", f"{link}/comments", body) == (400, "invalid_request", field)


def test_a_comment_is_kept_as_it_was_written(ports: FakePorts, video: Video, link: str) -> None:
    """No markup is a meaning: the page shows it as text."""
    text = "<img src=x onerror=alert(1)>\r\nand a second line"

    comment = answer(ports, "POST", f"{link}/comments", said(video, text) | {"name": " A\n B "})

    assert (comment["text"], comment["name"]) == (text.replace("\r", ""), "A B")


def test_a_review_has_room_for_so_many_comments(ports: FakePorts, video: Video, link: str) -> None:
    (review,) = ports.reviews.reviews.values()
    full = tuple(a_comment(id=f"{number:032x}") for number in range(MOST_COMMENTS))
    ports.reviews.commit(replace(review, comments=full))

    assert refused(ports, "POST", f"{link}/comments", said(video)) == (422, "rejected", None)


def test_two_reviewers_at_once_are_both_heard(
    ports: FakePorts, video: Video, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = ports.reviews.commit

    def after_another(review: Review, **options: Any) -> Review:  # noqa: ANN401
        monkeypatch.setattr(ports.reviews, "commit", commit)
        answer(ports, "POST", f"{link}/comments", said(video, "I was first", name="Bob"))
        with pytest.raises(ConflictError):
            commit(review, **options)
        raise ConflictError("The review has changed.")

    monkeypatch.setattr(ports.reviews, "commit", after_another)
    answer(ports, "POST", f"{link}/comments", said(video, "So was I"))

    assert [each["name"] for each in listed(ports)["comments"]] == ["Bob", "Ann"]
    assert len(told(ports)) == 2


@pytest.mark.parametrize(
    ("method", "rest", "status"),
    [("GET", "", 404), ("POST", "/comments", 400), ("PATCH", "", 405), ("GET", "/a/b", 404)],
)
def test_no_problem_repeats_a_token(
    ports: FakePorts, link: str, method: str, rest: str, status: int
) -> None:
    close(ports)

    response = call(ports, method, f"{link}{rest}")

    assert response.status_code == status
    template = "/v1/reviews/{review_token}"
    assert response.get_json()["instance"] == template + rest.removesuffix("/a/b")
    assert link.rpartition("/")[2] not in response.get_data(as_text=True)


def test_no_log_has_the_token(
    ports: FakePorts,
    link: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(review_id: str) -> Review:
        raise StorageError("The store refuses.")

    caplog.set_level(logging.INFO)
    answer(ports, "GET", link)
    monkeypatch.setattr(ports.reviews, "get", fail)
    assert call(ports, "GET", link).status_code == 500

    logged = [vars(record) for record in caplog.records]
    assert "request.failed" in [each["msg"] for each in logged]
    assert link.rpartition("/")[2] not in str(logged)
