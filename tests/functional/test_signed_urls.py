"""Signed URLs: for a while, for one object, for everyone who has them."""

from datetime import UTC, datetime, timedelta

import pytest

from shared import bootstrap
from shared.domain.schedule import NAME_LIFE
from shared.use_cases.maintain_campaigns import maintain_campaigns
from tests.functional.places import ONLY_LOCAL, Place
from tests.functional.showreel import GALLERY, Json, Showreel, go_on, served


def signed(service: Showreel, video: Json, **body: object) -> Json:
    return dict(service.post(f"/v1/videos/{video['id']}/signed-url", body).json)


def test_a_signed_url_plays_with_ranges_and_without_headers(gallery: Showreel, video: Json) -> None:
    url = signed(gallery, video)["url"]

    whole = gallery.get(url)
    part = gallery.get(url, headers={"Range": "bytes=5-9"})

    assert (whole.status_code, whole.data) == (200, gallery.get(video["content_url"]).data)
    assert (part.status_code, part.data) == (206, whole.data[5:10])


def test_a_url_signed_for_head_answers_without_the_bytes(gallery: Showreel, video: Json) -> None:
    answer = gallery.head(signed(gallery, video, method="HEAD")["url"])

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "video/mp4")


@pytest.mark.parametrize("method", ["PUT", "head", ""])
def test_a_signature_is_valid_for_its_object_alone(
    gallery: Showreel, video: Json, method: str
) -> None:
    answer = signed(gallery, video, method=method)

    assert (answer["status"], answer["error"]["param"]) == (400, "method")


@ONLY_LOCAL
def test_a_signed_url_of_this_service_is_good_for_head_as_well(
    gallery: Showreel, video: Json
) -> None:
    assert gallery.head(signed(gallery, video)["url"]).status_code == 200


def test_a_signed_url_can_be_that_of_a_picture(gallery: Showreel, video: Json) -> None:
    url = signed(gallery, video, variant="preview")["url"]

    assert gallery.get(url).headers["Content-Type"] == "image/webp"


def test_a_signed_url_says_when_it_expires(gallery: Showreel, video: Json) -> None:
    asked_at = datetime.now(UTC).timestamp()

    short = signed(gallery, video, ttl_seconds=60)["expires_at"]
    usual = signed(gallery, video)["expires_at"]

    assert 58 <= short - asked_at <= 62
    assert 898 <= usual - asked_at <= 902


@ONLY_LOCAL
def test_a_signed_url_expires(gallery: Showreel, video: Json) -> None:
    path = f"videos/generated/{GALLERY}/{video['filename']}"
    expired = bootstrap.ports().objects.sign(path, expires_in=timedelta(seconds=-1))

    answer = gallery.get(expired.url)

    assert (answer.status_code, answer.json["code"]) == (403, "signature_expired")


@pytest.mark.parametrize("seconds", [0, -1, 43_201])
def test_an_expires_in_beyond_the_limits_is_refused(
    gallery: Showreel, video: Json, seconds: int
) -> None:
    answer = signed(gallery, video, ttl_seconds=seconds)

    assert (answer["status"], answer["error"]["param"]) == (400, "ttl_seconds")


def test_a_pending_video_has_no_signed_url(endless: Showreel) -> None:
    (video,) = endless.create("spring", "a")

    assert signed(endless, video)["code"] == "not_ready"


def begins(service: Showreel, url: str) -> int:
    return service.get(url, headers={"Range": "bytes=0-9"}).status_code


def test_a_signed_url_works_after_its_video_was_replaced_and_removed_from_history(
    gallery_copy: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(gallery_copy, {"KEEP_HISTORICAL": "1", "TRASH_DAYS": "0"}) as gallery:
        slot = gallery.campaign(GALLERY)["slots"][0]
        videos = [slot["current"], *slot["historical"]]
        urls = [signed(gallery, each, ttl_seconds=3600)["url"] for each in videos]
        gallery.ended(gallery.post(f"/v1/videos/{videos[0]['id']}/regenerate").json)

        assert [begins(gallery, url) for url in urls] == [206, 206]
        gallery.post(f"/v1/videos/{videos[0]['id']}/promote")
        assert [begins(gallery, url) for url in urls] == [206, 206]

        go_on(monkeypatch, by=NAME_LIFE)
        maintain_campaigns(bootstrap.ports())
        # The check of signatures keeps to the clock, and still accepts them.
        assert [begins(gallery, url) for url in urls] == [206, 404]
