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


def test_threads_that_come_first_together_share_one() -> None:
    owner, together = Slow(), Barrier(THREADS)

    def ask() -> object:
        together.wait()
        return owner.client

    with ThreadPoolExecutor(THREADS) as pool:
        found = {asked.result() for asked in [pool.submit(ask) for _ in range(THREADS)]}

    assert (1, 1) == (len(found), owner.built)
    assert "A client." == Slow.client.__doc__


def test_what_could_not_be_built_is_built_the_next_time() -> None:
    owner = Slow()

    for _ in range(2):
        with pytest.raises(OSError):  # noqa: PT011  # It has no words.
            _ = owner.broken

    assert 2 == owner.built


def test_what_threads_share_is_not_left_to_functools() -> None:
    using = [
        str(module.relative_to(ROOT))
        for module in SHARED_BY_THREADS
        if "cached_property" in module.read_text("utf-8")
    ]

    assert [] == using
