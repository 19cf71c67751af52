"""What all tests of the cloud family share."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from shared.adapters.google.video_generator import VeoVideoGenerator
from tests.cloud.loopback import only_loopback
from tests.cloud.veo import MakeVeo, Veo, a_generator, veo_in_bucket, veo_inline


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine() -> Iterator[None]:
    with only_loopback() as refused:
        yield
    assert refused == []


@pytest.fixture
def veo() -> Iterator[Veo]:
    """The adapter over a bucket, and the endpoint that it talks to."""
    with veo_in_bucket() as found:
        yield found


@pytest.fixture
def inline_veo() -> Iterator[Veo]:
    """The same without a bucket."""
    with veo_inline() as found:
        yield found


@pytest.fixture
def make_veo() -> Iterator[MakeVeo]:
    """Makes further adapters, for a URL and with changes."""
    with ExitStack() as stack:

        def make(url: str, **changes: Any) -> VeoVideoGenerator:  # noqa: ANN401
            return stack.enter_context(closing(a_generator(url, **changes)))

        yield make
