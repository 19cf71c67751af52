"""What is said of a field that has another value than it must have."""

import msgspec
import pytest

from shared.domain.errors import InvalidRequestError
from shared.http.analytics_types import AnalyticsQuery
from shared.http.experiment_types import PlanBody
from shared.http.plays import BeaconBody
from shared.http.review_types import CommentBody
from shared.requests.parsing import Body, from_json, from_values

SAID = {"video_id": "video_spring.0", "name": "Ann", "text": "Too dark."}


@pytest.mark.parametrize(
    ("kind", "values", "sentence"),
    [
        (CommentBody, {**SAID, "seconds": "4"}, "seconds must be a number, not a string."),
        (CommentBody, {**SAID, "seconds": -1}, "seconds must be a number of at least 0."),
        (CommentBody, {**SAID, "seconds": 1e9}, "seconds must be a number of at most 3600."),
        (CommentBody, {**SAID, "name": 4.5}, "name must be a string, not a number with decimals."),
        (CommentBody, {**SAID, "id": "x"}, "id must be a string that matches ^[0-9a-f]{32}$."),
        (
            PlanBody,
            {"lift": 1, "baseline": True},
            "baseline must be a number, not a boolean (true or false).",
        ),
        (BeaconBody, {"v": 2, "view": "", "token": ""}, "v must have an allowed value."),
    ],
)
def test_it_is_said_in_words_of_json(
    kind: type[Body], values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        from_json(msgspec.json.encode(values), kind)

    assert sentence == refused.value.message


def test_a_date_is_shown_by_an_example() -> None:
    with pytest.raises(InvalidRequestError) as refused:
        from_values({"from": "yesterday"}, AnalyticsQuery)

    assert refused.value.message == "from must be a date such as 2026-11-07."
