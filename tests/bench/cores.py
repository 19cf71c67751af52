"""Servers on one core, load on another: what shares a core measures the other."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

Cores = frozenset[int]

ALL: Cores = frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else Cores()
ARE_SEPARATE = len(ALL) > 1
FOR_SERVERS = Cores({min(ALL)}) if ARE_SEPARATE else ALL
FOR_LOAD = Cores({max(ALL)}) if ARE_SEPARATE else ALL


@contextmanager
def pinned_to(cores: Cores) -> Iterator[None]:
    """Run this process, and those that it starts meanwhile, on these cores alone."""
    if not cores:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
