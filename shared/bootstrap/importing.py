"""How SDKs are imported where they are first needed."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing_sdks() -> Iterator[None]:
    """Keep the garbage collector from looking at modules over and over, now and later.

    Nearly all that an import makes stays. To look through it is a fifth of the time that the
    import of Firestore's client takes.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
