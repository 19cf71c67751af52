"""JSON in which an object has a key twice is refused by its name, in any place and spelling."""

import pytest

from shared.domain.errors import InvalidRequestError
from shared.http.experiment_types import ExperimentBody
from shared.requests.bodies import CreateVideoBody
from shared.requests.parsing import from_json

ONCE = [
    '{"prompt": "x"}',
    '{"prompt": "Noon: 12:00, \\"a\\": b"}',
    '{"prompt": "x", "business_context": {"prompt": "y", "tone": "a:b", "x": ":"}}',
    '{"prompt": "x", "business_context": {"a:b": "c", "\\u003a": "d"}}',
    ' {"prompt": "x", "tags": [":", "a:b"], "image": "https://example.com:8080/a.png"}',
]
TWICE = [
    ('{"prompt": "x", "prompt": "y"}', "prompt"),
    ('{"prompt": "x", "prompt": "x"}', "prompt"),
    ('{"prompt": "x:y", "prompt" : "y"}', "prompt"),
    ('{"prompt":"x","n":1,"n":2}', "n"),
    ('{"prompt": "x", "pro\\u006dpt": "y"}', "prompt"),
    ('{"prompt": "x", "metadata": {"k": "1"}, "metadata": {}}', "metadata"),
    ('{"prompt": "x", "business_context": {"tone": "a", "tone": "b:c"}}', "tone"),
    ('{"prompt": "x", "input_reference": {"file_id": "a", "file_id": "b"}}', "file_id"),
    ('{"prompt": "x", "metadata": {"\\u003a": "a", "a:b": "c", "\\u003a": "d"}}', ":"),
]


@pytest.mark.parametrize("text", ONCE)
def test_colons_of_values_and_keys_are_no_keys(text: str) -> None:
    assert from_json(text.encode(), CreateVideoBody).prompt


@pytest.mark.parametrize(("text", "name"), TWICE)
def test_a_key_that_is_sent_twice_is_named(text: str, name: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"The line has '.*' more than once") as refused:
        from_json(text.encode(), CreateVideoBody, part="line")

    assert refused.value.param == name


def test_objects_in_a_list_have_keys_of_their_own() -> None:
    arms = '{"arms": [{"video_id": "a:b"}, {"video_id": "c"%s}]}'

    assert len(from_json((arms % "").encode(), ExperimentBody).arms) == 2
    with pytest.raises(InvalidRequestError, match="'video_id' more than once"):
        from_json((arms % ', "video_id": "d"').encode(), ExperimentBody)
