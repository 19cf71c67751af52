"""A video of Gemini Omni, from the request to the clip, in both families."""

from tests.functional.places import Place
from tests.functional.showreel import KITE, Showreel, served
from tests.pictures import a_picture, data_uri

MODEL = "gemini-omni-1.2-flash"


def test_omni_makes_a_video_of_a_length_that_veo_does_not_make(showreel: Showreel) -> None:
    chosen = {"model": MODEL, "seconds": 3, "resolution": "360p"}
    (video,) = showreel.create("spring", KITE, **chosen)

    done = showreel.ended(video)

    assert (done["status"], done["model"], done["clip"]["width"]) == ("completed", MODEL, 640)
    assert done["cost"]["actual"] == 0.069
    (again,) = showreel.create("spring", KITE, **chosen)
    assert (again["id"], again["outcome"]) == (video["id"], "cache_hit")


def test_pictures_for_omni_are_its_own_number_and_seconds(endless: Showreel) -> None:
    pictures = [data_uri(a_picture(colour=(shade, 0, 0))) for shade in range(4)]
    body = {"prompt": KITE, "campaign_id": "spring", "model": MODEL, "seconds": 3}

    referring = endless.post("/v1/videos", {**body, "reference_images": pictures})
    two_frames = {"image": pictures[0], "last_frame": pictures[1], "seconds": 11}
    refused = endless.post("/v1/videos", {**body, **two_frames})

    assert len(referring.json["reference_images"]) == 4
    assert refused.status_code == 422
    assert refused.json["error"]["param"] == "seconds"


def test_a_negative_prompt_for_omni_is_refused(showreel: Showreel) -> None:
    body = {"prompt": KITE, "model": MODEL, "negative_prompt": "rain"}

    answer = showreel.post("/v1/videos", body)

    assert answer.status_code == 422
    assert answer.json["error"]["param"] == "negative_prompt"


def test_a_cancelled_video_of_omni_is_stopped_and_its_price_held(place: Place) -> None:
    with served(place, {"SYNTHETIC_SECONDS": "1800"}) as service:
        (video,) = service.create("spring", KITE, model=MODEL)
        service.in_phase(video, "generating")

        answer = service.post(f"/v1/videos/{video['id']}/cancel").json

        assert "Google is asked to stop it" in answer["note"]
        ended = service.ended(video)
        assert (ended["error"]["code"], ended["cost"]["actual"]) == ("cancelled", None)
        assert service.campaign("spring")["money"]["possibly_spent"] == 0.28
