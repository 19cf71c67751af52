"""The garbage collector rests while SDKs are imported."""

import gc
from collections.abc import Iterator

import pytest

from shared.bootstrap.importing import importing_sdks


@pytest.fixture(autouse=True)
def usual_collector() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_it_rests_during_an_import_and_never_looks_at_what_was_made() -> None:
    with importing_sdks():
        assert not gc.isenabled()

    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_it_goes_on_after_an_import_that_failed() -> None:
    with pytest.raises(ImportError), importing_sdks():
        raise ImportError

    assert gc.isenabled()


def test_it_is_left_alone_where_somebody_switched_it_off() -> None:
    gc.disable()

    with importing_sdks():
        pass

    assert not gc.isenabled()
