import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared.domain import errors
from shared.domain.errors import GeneratorBusyError, ShowreelError

DRAWN = re.compile(r"^(?P<indent>[│├└─ ]*)(?P<name>\w+Error)\b", re.MULTILINE)


def test_the_tree_is_drawn_as_it_is() -> None:
    drawn = {
        match["name"]: len(match["indent"]) // 4 for match in DRAWN.finditer(str(errors.__doc__))
    }

    assert dict(tree_of(ShowreelError)) == drawn


@pytest.mark.parametrize("error", [name for name in vars(errors) if name.endswith("Error")])
def test_every_error_has_a_code_of_lower_case_words(error: str) -> None:
    """Also the abstract ones: callers branch on the code, so it is always there."""
    assert re.fullmatch("[a-z]+(_[a-z]+)*", getattr(errors, error).code)


def test_the_message_of_an_error_is_what_it_was_raised_with() -> None:
    error = GeneratorBusyError("Try again.", retry_after=timedelta(seconds=5))

    assert ("Try again.", "provider_quota") == (error.message, error.code)


def tree_of(error: type[ShowreelError], depth: int = 0) -> Iterator[tuple[str, int]]:
    yield error.__name__, depth
    for narrower in error.__subclasses__():
        if narrower.__module__ == errors.__name__:
            yield from tree_of(narrower, depth + 1)
