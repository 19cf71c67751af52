"""Content in the cloud: the service says where it is, and the bucket serves it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.functional.showreel import GALLERY, Answer, Json, Showreel
from tools.emulated_cloud.bucket.server import StrictBucketServer


@pytest.fixture
def family() -> str:
    """Only a bucket serves its objects itself."""
    return "emulated"


@pytest.fixture
def unasked(gallery: Showreel, strict_server: StrictBucketServer) -> Iterator[None]:
    """Nothing of the test asks the bucket. A tick and the mirror may, for JSON."""
    before = len(strict_server.requests)
    yield
    asked = [each.line for each in strict_server.requests[before:]]
    assert [line for line in asked if ".json" not in line] == []


def urls(video: Json) -> list[str]:
    thumbnail = video["filename"].replace("curr_", "thumb_").replace(".mp4", ".jpg")
    return [
        f"/v1/videos/{video['id']}/content",
        f"/v1/videos/{video['id']}/content?variant=preview",
        f"/api/v1/content/videos/{GALLERY}/{video['filename']}",
        f"/api/v1/content/videos/{GALLERY}/{thumbnail}",
    ]


def asked(service: Showreel, url: str) -> Answer:
    return service.asked("GET", url)


def query_of(answer: Answer) -> dict[str, list[str]]:
    return parse_qs(urlsplit(answer.headers["Location"]).query)


@pytest.mark.usefixtures("unasked")
def test_every_way_to_content_leads_to_a_signed_url(gallery: Showreel, video: Json) -> None:
    for url in urls(video):
        answer = asked(gallery, url)

        assert (answer.status_code, answer.data) == (302, b"")
        assert gallery.place.answers_at(answer.headers["Location"])
        assert query_of(answer)["X-Goog-Algorithm"] == ["GOOG4-RSA-SHA256"]


@pytest.mark.usefixtures("unasked")
def test_a_cached_redirect_expires_well_before_its_signed_url(
    gallery: Showreel, video: Json
) -> None:
    answer = asked(gallery, urls(video)[0])

    kept = re.fullmatch(r"private, max-age=([0-9]+)", answer.headers["Cache-Control"])
    assert kept is not None
    assert 0 < int(kept[1]) <= int(query_of(answer)["X-Goog-Expires"][0]) / 2


def test_head_is_answered_without_a_redirect(gallery: Showreel, video: Json) -> None:
    """A bucket refuses it with a URL that was signed for GET."""
    for url in urls(video):
        whole, head = gallery.get(url), gallery.head(url)

        assert (head.status_code, head.data) == (200, b"")
        for name in ("Content-Type", "Content-Length", "Accept-Ranges"):
            assert head.headers[name] == whole.headers[name], name


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/videos/video_gallery.0123456789abcdef/content", 404),
        ("/api/v1/content/videos/gallery/curr_0123456789abcdef_0.mp4", 404),
        ("/api/v1/content/videos/gallery/campaign.json", 404),
        ("/api/v1/content/videos/../cache", 404),
        ("/local-bucket/videos/cache/gallery/campaign.json?expires=1&signature=x", 404),
    ],
)
@pytest.mark.usefixtures("unasked")
def test_only_content_is_signed(gallery: Showreel, path: str, status: int) -> None:
    answer = asked(gallery, path)

    assert answer.status_code == status
    assert "Location" not in answer.headers


@pytest.mark.usefixtures("unasked")
def test_a_list_signs_all_of_its_videos_without_reading_the_bucket(gallery: Showreel) -> None:
    def signed() -> list[Any]:
        found = gallery.get("/v1/videos?include=signed_url").json["data"]
        return [video["signed_url"]["url"] for video in found]

    first = signed()

    assert len(set(first)) == 3
    assert signed() == first, "What was signed is good for a second list."


def test_the_studio_may_load_media_from_the_bucket_and_nothing_else(
    gallery: Showreel, video: Json
) -> None:
    signed = urlsplit(asked(gallery, urls(video)[0]).headers["Location"])
    bucket_url = f"{signed.scheme}://{signed.netloc}/{signed.path.split('/')[1]}/"
    policy = asked(gallery, "/").headers["Content-Security-Policy"]

    assert f"img-src 'self' {bucket_url}; media-src 'self' {bucket_url};" in policy
    assert "connect-src 'self';" in policy
