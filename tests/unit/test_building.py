"""What threads ask for at once is built once."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from shared.building import built_once

ROOT = Path(__file__).parents[2]
THREADS = 8
SHARED_BY_THREADS = sorted(
    path
    for folder in ("adapters", "bootstrap")
    for path in (ROOT / "shared" / folder).rglob("*.py")
)


class Slow:
    def __init__(self) -> None:
        self.built = 0

    @built_once
    def client(self) -> object:
        """A client."""
        time.sleep(0.05)
        self.built += 1
        return object()

    @built_once
    def broken(self) -> object:
        self.built += 1
        raise OSError


def test_concurrent_first_callers_share_one_instance() -> None:
    owner, together = Slow(), Barrier(THREADS)

    def ask() -> object:
        together.wait()
        return owner.client

    with ThreadPoolExecutor(THREADS) as pool:
        found = {asked.result() for asked in [pool.submit(ask) for _ in range(THREADS)]}

    assert (len(found), owner.built) == (1, 1)
    assert Slow.client.__doc__ == "A client."


def test_a_failed_build_is_tried_again_at_the_next_call() -> None:
    owner = Slow()

    for _ in range(2):
        with pytest.raises(OSError):  # noqa: PT011  # It has no words.
            _ = owner.broken

    assert owner.built == 2


def test_no_shared_instance_is_built_by_functools_cache() -> None:
    using = [
        str(module.relative_to(ROOT))
        for module in SHARED_BY_THREADS
        if "cached_property" in module.read_text("utf-8")
    ]

    assert using == []
