"""A video of Gemini Omni, from the request to the clip, in both families."""

from tests.functional.showreel import KITE, Showreel

MODEL = "gemini-omni-1.2-flash"


def test_omni_makes_a_video_of_a_length_that_veo_does_not_make(showreel: Showreel) -> None:
    chosen = {"model": MODEL, "seconds": 3, "resolution": "360p"}
    (video,) = showreel.create("spring", KITE, **chosen)

    done = showreel.ended(video)

    assert (done["status"], done["model"], done["clip"]["width"]) == ("completed", MODEL, 640)
    assert done["cost"]["actual"] == 0.069
    (again,) = showreel.create("spring", KITE, **chosen)
    assert (again["id"], again["outcome"]) == (video["id"], "cache_hit")


def test_a_negative_prompt_for_omni_is_refused(showreel: Showreel) -> None:
    body = {"prompt": KITE, "model": MODEL, "negative_prompt": "rain"}

    answer = showreel.post("/v1/videos", body)

    assert answer.status_code == 422
    assert answer.json["error"]["param"] == "negative_prompt"
