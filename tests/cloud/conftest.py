"""What all tests of the cloud family share."""

from collections.abc import Iterator

import pytest

from tests.cloud.loopback import only_loopback
from tests.cloud.veo import Veo, veo_in_bucket, veo_inline


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
