"""Files for people: one video, or all current ones of a campaign."""

import tracemalloc
from http import HTTPStatus
from io import BytesIO
from threading import Barrier
from zipfile import BadZipFile, ZipFile

import pytest

from shared import bootstrap
from shared.domain.errors import UnavailableError
from shared.ports.object_store import ObjectInfo, PutMode
from tests.functional.places import ONLY_LOCAL
from tests.functional.refusals import assert_refused
from tests.functional.showreel import GALLERY, Json, Showreel

NAME = f"{GALLERY}-1-a-red-kite-over"
ARCHIVE = f"/v1/campaigns/{GALLERY}/download"


def test_a_clip_and_its_pictures_are_files_with_names_for_people(
    gallery: Showreel, video: Json
) -> None:
    for variant, name in {
        "video": f"{NAME}.mp4",
        "thumbnail": f"{NAME}-thumbnail.jpg",
        "preview": f"{NAME}-preview.webp",
    }.items():
        url = f"/v1/videos/{video['id']}/content?download=1&variant={variant}"

        assert gallery.get(url).headers["Content-Disposition"] == f"attachment; filename={name}"


def test_a_signed_url_may_be_for_a_file(gallery: Showreel, video: Json) -> None:
    url = gallery.post(f"/v1/videos/{video['id']}/signed-url", {"download": True}).json["url"]

    answer = gallery.get(url)

    assert answer.headers["Content-Disposition"] == f"attachment; filename={NAME}.mp4"
    assert answer.data == gallery.get(video["content_url"]).data


@ONLY_LOCAL
def test_the_name_in_a_signed_url_is_signed(gallery: Showreel, video: Json) -> None:
    signed = gallery.post(f"/v1/videos/{video['id']}/signed-url", {"download": True}).json["url"]
    plain = gallery.post(f"/v1/videos/{video['id']}/signed-url").json["url"]

    for url in (signed.replace("kite", "bird"), f"{plain}&disposition=attachment"):
        assert_refused(gallery.get(url), 403, "invalid_signature")


@pytest.mark.parametrize("family", ["local"], indirect=True)
def test_a_name_of_other_letters_is_sent_in_utf_8_and_without_them(gallery: Showreel) -> None:
    """Each form by RFC 6266: the first one is for programs that do not know the second."""
    (made,) = gallery.create("other", "K\u00f6stlicher Caf\u00e9 \u6e6f")
    gallery.ended(made)

    answer = gallery.get(f"/v1/videos/{made['id']}/content?download=1")

    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=other-1-kostlicher-cafe-.mp4; "
        "filename*=UTF-8''other-1-k%C3%B6stlicher-caf%C3%A9-%E6%B9%AF.mp4"
    )


def test_a_campaign_is_one_file_of_its_current_videos(gallery: Showreel, video: Json) -> None:
    answer = gallery.get(ARCHIVE)

    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={GALLERY}.zip"
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"{NAME}.mp4", f"{GALLERY}-2-a-paper-boat-in.mp4"]
        assert archive.read(f"{NAME}.mp4") == gallery.get(video["content_url"]).data


def test_head_of_the_file_has_its_name_and_reads_no_clip(gallery: Showreel) -> None:
    answer = gallery.head(ARCHIVE)

    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Content-Disposition"] == f"attachment; filename={GALLERY}.zip"
    assert answer.data == b""


def test_the_clips_of_a_campaign_are_looked_up_at_the_same_time(
    gallery: Showreel, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = bootstrap.ports().objects
    head, both = objects.head, Barrier(2, timeout=20)

    def looked_up(path: str) -> ObjectInfo:
        both.wait()
        return head(path)

    monkeypatch.setattr(objects, "head", looked_up)

    assert gallery.head(ARCHIVE).status_code == HTTPStatus.OK


@ONLY_LOCAL
def test_a_campaign_without_videos_is_answered_without_a_file(endless: Showreel) -> None:
    endless.create("pending", "A kite")

    assert_refused(endless.get("/v1/campaigns/pending/download"), 409, "not_ready")
    assert_refused(endless.get("/v1/campaigns/nowhere/download"), 404, "not_found")


def test_a_missing_clip_is_a_problem_and_no_file(gallery: Showreel) -> None:
    second = gallery.campaign(GALLERY)["slots"][1]["current"]
    bootstrap.ports().objects.delete(f"videos/generated/{GALLERY}/{second['filename']}")

    assert_refused(gallery.get(ARCHIVE), 404, "not_found")


@ONLY_LOCAL
def test_a_clip_that_breaks_off_leaves_no_file_that_looks_whole(
    gallery: Showreel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the second clip, half is read. The pieces before the error are all that is sent."""
    objects = bootstrap.ports().objects
    second = gallery.campaign(GALLERY)["slots"][1]["current"]["filename"]
    read = objects.open

    def half(path: str) -> BytesIO:
        with read(path) as whole:
            content = whole.read()
        return BytesIO(content[: len(content) // 2] if path.endswith(second) else content)

    monkeypatch.setattr(objects, "open", half)
    with gallery.app.test_client() as client:
        pieces = client.get(ARCHIVE, buffered=False).iter_encoded()
        sent = BytesIO()
        with pytest.raises(UnavailableError, match="bytes"):
            sent.writelines(pieces)

    assert sent.tell() > 0
    with pytest.raises(BadZipFile):
        ZipFile(sent)


@ONLY_LOCAL
def test_a_large_clip_is_not_held_in_memory(gallery: Showreel) -> None:
    name = gallery.campaign(GALLERY)["slots"][1]["current"]["filename"]
    large = 64 * 1024 * 1024
    bootstrap.ports().objects.put(
        f"videos/generated/{GALLERY}/{name}",
        BytesIO(bytes(large)),
        content_type="video/mp4",
        mode=PutMode.OVERWRITE,
    )
    with gallery.app.test_client() as client:
        tracemalloc.start()
        size = sum(map(len, client.get(ARCHIVE, buffered=False).iter_encoded()))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert size > large
    assert peak < 8 * 1024 * 1024
