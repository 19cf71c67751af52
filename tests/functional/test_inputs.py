"""Pictures that videos are made from: sent, stored, used, refused and removed."""

import io
from typing import Any

from tests.eventually import eventually
from tests.functional.places import ONLY_LOCAL
from tests.functional.refusals import assert_refused
from tests.functional.showreel import Answer, Json, Showreel
from tests.pictures import SIZE, a_picture, data_uri

CAMPAIGN = "/v1/campaigns/spring"
PNG, JPEG = a_picture("PNG"), a_picture("JPEG")


def uploaded(showreel: Showreel, content: bytes, campaign_id: str = "spring") -> Answer:
    return showreel.send(
        "POST",
        f"/v1/campaigns/{campaign_id}/inputs",
        data={"file": (io.BytesIO(content), "cup.pdf")},
    )


def made_from(showreel: Showreel, **pictures: object) -> Json:
    body = {"prompt": "A cup", "campaign_id": "spring", "seconds": 4, **pictures}
    answer = showreel.post("/v1/videos", body)
    assert answer.status_code in (200, 202), answer.text
    return dict(answer.json)


def pictures_of(showreel: Showreel) -> list[str]:
    return sorted(path for path in showreel.files() if path.startswith("videos/inputs/"))


def test_a_picture_is_kept_as_it_was_sent(showreel: Showreel) -> None:
    answer = uploaded(showreel, PNG)
    again = uploaded(showreel, PNG)

    assert (answer.status_code, again.status_code) == (201, 200)
    assert answer.json == again.json
    found = answer.json
    assert found["id"] == f"input_spring.{found['sha256'][:16]}"
    assert (found["media_type"], found["width"], found["height"]) == ("image/png", *SIZE)
    assert found["size_bytes"] == len(PNG)
    assert showreel.get(f"/v1/inputs/{found['id']}").json == found
    content = showreel.get(f"/v1/inputs/{found['id']}/content")
    assert (content.data, content.content_type) == (PNG, "image/png")
    assert pictures_of(showreel) == [f"videos/inputs/spring/{found['sha256']}.png"]


def by_form(showreel: Showreel, **picture: Any) -> Json:  # noqa: ANN401  # A text or a file.
    fields = {"prompt": "A cup", "campaign_id": "spring", "seconds": "4", **picture}
    form = {"data": fields, "content_type": "multipart/form-data"}
    return dict(showreel.send("POST", "/v1/videos", **form).json)


def test_a_video_is_made_from_a_picture_once(showreel: Showreel) -> None:
    image = uploaded(showreel, JPEG).json["id"]

    video = made_from(showreel, image=image)
    by_bytes = made_from(showreel, image=data_uri(JPEG))
    spellings = [
        made_from(showreel, input_reference={"file_id": image}),
        made_from(showreel, input_reference={"image_url": data_uri(JPEG)}),
        by_form(showreel, input_reference=(io.BytesIO(JPEG), "cup.jpg")),
        by_form(showreel, **{"input_reference[image_url]": data_uri(JPEG)}),
    ]

    assert video["image"] == image
    assert {each["id"] for each in (by_bytes, *spellings)} == {video["id"]}
    assert showreel.ended(video)["status"] == "completed"
    assert made_from(showreel)["id"] != video["id"]


def test_a_list_has_the_usable_inputs_of_a_campaign_newest_first(showreel: Showreel) -> None:
    ids = [
        uploaded(showreel, a_picture(colour=(shade, 0, 0))).json["id"] for shade in (1, 2, 3, 4, 5)
    ]
    used = made_from(showreel, image=data_uri(JPEG))["image"]
    showreel.delete(f"/v1/inputs/{ids.pop(2)}")
    pages: list[Json] = []
    after = ""

    while not pages or pages[-1]["has_more"]:
        pages.append(showreel.get(f"{CAMPAIGN}/inputs?limit=2{after}").json)
        after = f"&after={pages[-1]['last_id']}"

    assert [each["id"] for page in pages for each in page["data"]] == [used, *reversed(ids)]
    assert [len(page["data"]) for page in pages] == [2, 2, 1]
    assert showreel.get(f"/v1/inputs/{ids[-1]}").json == pages[0]["data"][1]
    assert_refused(showreel.get(f"{CAMPAIGN}/inputs?after=input_x.0"), 400, "invalid_request")
    assert_refused(showreel.get("/v1/campaigns/unknown/inputs"), 404, "not_found")


def test_a_deleted_picture_stays_for_its_videos_and_goes_with_them(showreel: Showreel) -> None:
    image = uploaded(showreel, PNG).json["id"]
    video = showreel.ended(made_from(showreel, image=image))

    assert showreel.delete(f"/v1/inputs/{image}").json["deleted"] is True

    assert showreel.get(f"/v1/inputs/{image}").status_code == 404
    assert showreel.delete(f"/v1/inputs/{image}").status_code == 404
    refused = showreel.post(
        "/v1/videos", {"prompt": "Another", "campaign_id": "spring", "image": image}
    )
    assert_refused(refused, 400, "invalid_input")
    again = showreel.ended(showreel.post(f"/v1/videos/{video['id']}/regenerate").json)
    assert (again["status"], again["image"]) == ("completed", image)
    assert len(pictures_of(showreel)) == 1
    assert showreel.delete(CAMPAIGN).status_code in (200, 202)
    eventually(lambda: not pictures_of(showreel))


def test_frames_and_references_are_shown_with_the_video(endless: Showreel) -> None:
    framed = made_from(endless, image=data_uri(PNG), last_frame=data_uri(JPEG))
    referring = made_from(
        endless, prompt="Cups", seconds=8, reference_images=[data_uri(PNG), data_uri(JPEG)]
    )

    ids = [framed["image"], framed["last_frame"]]
    assert referring["reference_images"] == ids
    assert [endless.get(f"/v1/inputs/{each}").status_code for each in ids] == [200, 200]


@ONLY_LOCAL
def test_a_picture_counts_in_the_campaign_of_a_video_of_its_own(endless: Showreel) -> None:
    bodies = [{"prompt": "A cup", "seconds": 4, "image": data_uri(each)} for each in (PNG, JPEG)]

    campaigns = [endless.post("/v1/videos", body).json["campaign_id"] for body in bodies * 2]

    assert campaigns[:2] == campaigns[2:]
    assert len(set(campaigns)) == 2
