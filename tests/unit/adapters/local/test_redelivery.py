from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.exceptions import ServiceUnavailable

from shared.adapters.local.redelivery import (
    LONGEST_SECONDS,
    SHORTEST_SECONDS,
    backoff_seconds,
    requested_seconds,
)
from shared.domain.errors import RetryLaterError

SEVENTY = timedelta(seconds=70)


@pytest.mark.parametrize("refusals", [1, 2, 7, 8, 9, 5_000])
def test_the_backoff_doubles_within_its_bounds(refusals: int) -> None:
    longest = min(SHORTEST_SECONDS * 2.0 ** min(refusals, 10), LONGEST_SECONDS)

    waits = [backoff_seconds(refusals) for _ in range(200)]

    assert SHORTEST_SECONDS <= min(waits)
    assert max(waits) <= longest
    assert max(waits) > longest / 2


@pytest.mark.parametrize(
    "make_error",
    [
        lambda: ServiceUnavailable(retry_after=70),
        lambda: ServiceUnavailable(retry_after=datetime.now(UTC) + SEVENTY),
        lambda: ServiceUnavailable(retry_after=(datetime.now(UTC) + SEVENTY).replace(tzinfo=None)),
        lambda: RetryLaterError("Later.", retry_after=SEVENTY),
    ],
    ids=["seconds", "moment", "moment without zone", "our own"],
)
def test_a_retry_after_is_understood_in_every_form(make_error: Callable[[], Exception]) -> None:
    assert requested_seconds(make_error()) == pytest.approx(70, abs=5)


@pytest.mark.parametrize("error", [ServiceUnavailable(), ValueError("A fault.")])
def test_an_error_may_ask_for_nothing(error: Exception) -> None:
    assert requested_seconds(error) is None
