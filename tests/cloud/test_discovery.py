"""Each test over the stand-in for Vertex AI compares what it sends; these test the comparison."""

import pytest

from tests.cloud.discovery import unknown_in_answer, unknown_in_request

INTERACTIONS = "/v1beta1/projects/p/locations/global/interactions"
MODEL = "/v1/projects/p/locations/us-central1/publishers/google/models/veo-3.1-generate-001"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"negative_prompt": "rain"}, ".negative_prompt is unknown"),
        ({"response_format": {"type": "video", "fps": 24}}, ".fps is unknown"),
        ({"response_format": {"type": "film"}}, ".response_format.film is unknown"),
        ({"response_format": {"type": "video", "duration": 8}}, ".duration is no string"),
        (
            {"input": [{"type": "user_input", "content": [{"type": "image", "url": ""}]}]},
            ".input.user_input.content.contents.image.url is unknown",
        ),
    ],
)
def test_a_field_that_google_does_not_know_is_found_in_a_request(
    body: object, problem: str
) -> None:
    [found] = unknown_in_request(INTERACTIONS, body)

    assert found.endswith(problem)


@pytest.mark.parametrize(
    ("path", "answer", "problem"),
    [
        (f"{INTERACTIONS}/1", {"status": "thinking"}, ".status cannot be thinking"),
        (f"{MODEL}:fetchPredictOperation", {"finished": True}, ".finished is unknown"),
        (
            f"{MODEL}:fetchPredictOperation",
            {"response": {"videos": [{"uri": "gs://bucket/clip.mp4"}]}},
            ".videos.uri is unknown",
        ),
    ],
)
def test_a_field_that_google_does_not_know_is_found_in_an_answer(
    path: str, answer: object, problem: str
) -> None:
    [found] = unknown_in_answer(path, answer)

    assert found.endswith(problem)


@pytest.mark.parametrize("field", ["image", "lastFrame", "referenceImages"])
def test_an_unknown_field_of_a_picture_is_found(field: str) -> None:
    picture = {"uri": "gs://bucket/picture.png"}
    given = [{"image": picture}] if field == "referenceImages" else picture

    body = {"instances": [{field: given}]}

    assert [*unknown_in_request(f"{MODEL}:predictLongRunning", body)] == [".uri is unknown"]
