"""The bytes: what a `<video>` element asks for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.functional.places import ONLY_LOCAL
from tests.functional.showreel import GALLERY, Json, Showreel

Url = Callable[[Json], str]


def by_id(video: Json) -> str:
    return f"/v1/videos/{video['id']}/content"


def by_filename(video: Json) -> str:
    """The seed design's own URL."""
    return f"/api/v1/content/videos/{video['campaign_id']}/{video['filename']}"


EITHER_URL = pytest.mark.parametrize("url", [by_id, by_filename])


@pytest.fixture
def clip(gallery: Showreel, video: Json) -> bytes:
    return gallery.read(f"videos/generated/{GALLERY}/{video['filename']}")


@ONLY_LOCAL
@EITHER_URL
def test_the_whole_clip_has_type_length_name_and_an_identity(
    gallery: Showreel, video: Json, clip: bytes, url: Url
) -> None:
    answer = gallery.get(url(video))

    assert (answer.status_code, answer.data) == (200, clip)
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Length"] == str(len(clip))
    assert answer.headers["Content-Disposition"] == f"inline; filename={video['filename']}"
    assert answer.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.get_etag() != (None, None)
    assert answer.get_etag()[1] is False, "The ETag must be a strong one."


@EITHER_URL
def test_unknown_query_parameters_are_ignored(
    gallery: Showreel, video: Json, clip: bytes, url: Url
) -> None:
    """Players keep caches out so."""
    for added in ("t=1700000000", "_=1&v=2", "utm_source=x", "x-cors=1"):
        answer = gallery.get(f"{url(video)}?{added}")

        assert (answer.status_code, answer.data) == (200, clip), added
        assert gallery.head(f"{url(video)}?{added}").status_code == 200, added


def test_unknown_query_parameters_do_not_change_the_variant(gallery: Showreel, video: Json) -> None:
    answer = gallery.get(f"{by_id(video)}?t=1&variant=thumbnail")

    assert answer.headers["Content-Type"] == "image/jpeg"
    assert gallery.get(f"{by_id(video)}?t=1&variant=poster").status_code == 400


@ONLY_LOCAL
@EITHER_URL
def test_head_has_the_headers_of_get_without_the_bytes(
    gallery: Showreel, video: Json, url: Url
) -> None:
    whole = gallery.get(url(video))

    head = gallery.head(url(video))

    assert (head.status_code, head.data) == (200, b"")
    ours = ("Content-Type", "Content-Length", "Content-Disposition", "ETag", "Accept-Ranges")
    assert [head.headers[name] for name in ours] == [whole.headers[name] for name in ours]


@pytest.mark.parametrize(
    ("variant", "prefix", "media_type"),
    [
        ("thumbnail", "thumb_", "image/jpeg"),
        ("spritesheet", "sprite_", "image/jpeg"),
        ("preview", "preview_", "image/webp"),
    ],
)
def test_a_picture_has_a_url_by_the_video_and_one_by_its_file_name(
    gallery: Showreel, video: Json, variant: str, prefix: str, media_type: str
) -> None:
    answer = gallery.get(f"{by_id(video)}?variant={variant}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
    assert answer.data.startswith(b"RIFF" if variant == "preview" else b"\xff\xd8\xff")
    assert answer.headers["Content-Disposition"].startswith("inline")
    name = (
        video["filename"]
        .replace("curr_", prefix)
        .replace("mp4", "webp" if variant == "preview" else "jpg")
    )
    assert gallery.get(f"/api/v1/content/videos/{GALLERY}/{name}").data == answer.data
    assert variant in video["clip"]["pictures"]


@EITHER_URL
def test_a_range_is_answered_with_exactly_its_bytes(
    gallery: Showreel, video: Json, url: Url
) -> None:
    clip = gallery.get(url(video)).data
    for header, asked in (
        ("bytes=0-0", slice(0, 1)),
        ("bytes=100-299", slice(100, 300)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-100", slice(-100, None)),
        ("bytes=100-999999999", slice(100, None)),
    ):
        answer = gallery.get(url(video), headers={"Range": header})

        start, stop, _ = asked.indices(len(clip))
        assert (answer.status_code, answer.data) == (206, clip[asked]), header
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(clip)}"
        assert answer.headers["Content-Length"] == str(stop - start)
        assert answer.headers["Content-Type"] == "video/mp4"


@ONLY_LOCAL
def test_the_unit_of_a_range_is_case_insensitive(
    gallery: Showreel, video: Json, clip: bytes
) -> None:
    answer = gallery.get(by_id(video), headers={"Range": "Bytes=0-99"})

    assert (answer.status_code, answer.data) == (206, clip[:100])


@ONLY_LOCAL
@pytest.mark.parametrize(
    "header",
    [
        "bytes=999999999-",
        "bytes=999999999-1000000000",
        "bytes=-0",
        "bytes=5-2",
        "bytes=abc",
        "bytes=",
        "bytes=--5",
        f"bytes={'9' * 5000}-",
    ],
)
def test_a_range_without_a_byte_of_the_file_is_refused(
    gallery: Showreel, video: Json, clip: bytes, header: str
) -> None:
    answer = gallery.get(by_id(video), headers={"Range": header})

    assert (answer.status_code, answer.json["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{len(clip)}"
    assert answer.json["detail"] == (
        f"The content has {len(clip):,} bytes, and none in this range. Ask for bytes=0-"
        f"{len(clip) - 1}, or for a part of it."
    )


@ONLY_LOCAL
@pytest.mark.parametrize(
    "header",
    [
        *("bytes=0-1,5-9", "bytes=5-9,0-1", "bytes=,", "seconds=0-1", "garbage", "bytes"),
        "bytes=-999999999",
    ],
)
def test_an_unsupported_range_header_is_ignored(
    gallery: Showreel, video: Json, clip: bytes, header: str
) -> None:
    answer = gallery.get(by_id(video), headers={"Range": header})

    assert (answer.status_code, answer.data) == (200, clip)


@ONLY_LOCAL
def test_if_match_refuses_other_content(gallery: Showreel, video: Json) -> None:
    known = gallery.get(by_id(video)).headers["ETag"]

    assert gallery.get(by_id(video), headers={"If-Match": known}).status_code == 200
    answer = gallery.get(by_id(video), headers={"If-Match": '"another"'})
    assert (answer.status_code, answer.json["code"]) == (412, "invalid_request")
    assert (
        answer.json["detail"] == "The content is not the one that If-Match or another header names."
    )


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
def test_a_range_of_the_same_clip_continues_it(
    gallery: Showreel, video: Json, validator: str
) -> None:
    known = gallery.get(by_id(video)).headers[validator]

    answer = gallery.get(by_id(video), headers={"Range": "bytes=0-9", "If-Range": known})

    assert answer.status_code == 206


@ONLY_LOCAL
@pytest.mark.parametrize(
    "known",
    [
        pytest.param('"another"', id="another etag"),
        pytest.param("Sat, 01 Jan 2000 00:00:00 GMT", id="an earlier date"),
        pytest.param("Sat, 01 Jan 2050 00:00:00 GMT", id="a later date"),
        pytest.param("nonsense", id="neither"),
    ],
)
def test_a_range_of_another_clip_starts_over(
    gallery: Showreel, video: Json, clip: bytes, known: str
) -> None:
    answer = gallery.get(by_id(video), headers={"Range": "bytes=0-9", "If-Range": known})

    assert (answer.status_code, answer.data) == (200, clip)


@ONLY_LOCAL
def test_a_weak_etag_in_if_range_gets_the_whole_clip(gallery: Showreel, video: Json) -> None:
    known = gallery.get(by_id(video)).headers["ETag"]

    answer = gallery.get(by_id(video), headers={"Range": "bytes=0-9", "If-Range": f"W/{known}"})

    assert answer.status_code == 200


@ONLY_LOCAL
@EITHER_URL
def test_an_unchanged_clip_is_answered_304(gallery: Showreel, video: Json, url: Url) -> None:
    known = gallery.get(url(video)).headers

    by_etag = gallery.get(url(video), headers={"If-None-Match": known["ETag"]})
    by_date = gallery.get(url(video), headers={"If-Modified-Since": known["Last-Modified"]})
    with_range = gallery.get(
        url(video), headers={"If-None-Match": known["ETag"], "Range": "bytes=0-9"}
    )

    for answer in (by_etag, by_date, with_range):
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == known["ETag"]
        assert answer.headers["Cache-Control"] == "private, max-age=86400, immutable"


def test_a_changed_clip_is_sent(gallery: Showreel, video: Json) -> None:
    earlier = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)

    for condition in ({"If-None-Match": '"another"'}, {"If-Modified-Since": earlier}):
        assert gallery.get(by_id(video), headers=condition).status_code == 200


def test_a_file_url_works_after_its_video_became_historical(
    gallery: Showreel, video: Json, clip: bytes
) -> None:
    held_by_a_player = by_filename(video)
    old = gallery.campaign(GALLERY)["slots"][0]["historical"][0]
    etag = gallery.get(held_by_a_player).headers["ETag"]

    gallery.post(f"/v1/videos/{old['id']}/promote")

    assert gallery.video(video)["version_state"] == "historical"
    answer = gallery.get(held_by_a_player, headers={"Range": "bytes=10-19", "If-Range": etag})
    assert (answer.status_code, answer.data) == (206, clip[10:20])
