"""A review over real stores, in both families: a reviewer has the link, and no key."""

from collections.abc import Iterator

import pytest

from tests.functional.places import Place
from tests.functional.refusals import assert_refused
from tests.functional.showreel import GALLERY, Showreel, served
from tests.functional.test_api_keys import BEARER, SHOP
from tests.functional.test_plays import path_of

REVIEWS = f"/v1/campaigns/{GALLERY}/reviews"


@pytest.fixture
def guarded(gallery_copy: Place) -> Iterator[Showreel]:
    with served(gallery_copy, {"API_KEYS": f"shop:{SHOP}"}) as service:
        yield service


def test_a_reviewer_watches_comments_and_decides_without_a_key(guarded: Showreel) -> None:
    created = guarded.send("POST", REVIEWS, headers=BEARER, json={}).json
    link = f"/v1/reviews/{created['url'].partition('#')[2]}"

    page = guarded.get(link).json
    take = page["takes"][0]
    assert guarded.get(path_of(take["content_url"])).mimetype == "video/mp4"
    assert guarded.get(path_of(take["poster_url"])).mimetype == "image/jpeg"
    said = {"video_id": take["video_id"], "name": "Ann", "text": "Too dark.", "seconds": 1.5}
    comment = guarded.post(f"{link}/comments", said)
    decision = {"decision": "changes_requested", "name": "Ann"}
    decided = guarded.send("PUT", f"{link}/decisions/{take['video_id']}", json=decision)

    assert (comment.status_code, decided.status_code) == (201, 200)
    (review,) = guarded.get(REVIEWS, BEARER).json["data"]
    assert review["requested_by"] == "shop"
    assert (review["comments"], review["decisions"]) == ([comment.json], [decided.json])
    for path in (REVIEWS, f"{REVIEWS}/{review['id']}", f"/v1/videos/{take['video_id']}"):
        assert_refused(guarded.get(path), 401, "invalid_api_key")
    guarded.send("POST", f"{REVIEWS}/{review['id']}/close", headers=BEARER)
    assert_refused(guarded.get(link), 404, "not_found")
