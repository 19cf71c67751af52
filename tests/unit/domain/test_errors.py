import re
from datetime import timedelta

import pytest

from shared.domain import errors
from shared.domain.errors import GeneratorBusyError


@pytest.mark.parametrize("error", [name for name in vars(errors) if name.endswith("Error")])
def test_every_error_has_a_code_of_lower_case_words(error: str) -> None:
    """Also the abstract ones: callers branch on the code, so it is always there."""
    assert re.fullmatch("[a-z]+(_[a-z]+)*", getattr(errors, error).code)


def test_the_message_of_an_error_is_what_it_was_raised_with() -> None:
    error = GeneratorBusyError("Try again.", retry_after=timedelta(seconds=5))

    assert (error.message, error.code) == ("Try again.", "provider_quota")
