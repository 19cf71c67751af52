"""The emulators as fixtures: each is started when a test first asks for it, once for all tests.

A test has a project of its own, so it sees nothing of the others.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar
from uuid import uuid4

import pytest

from tools.emulated_cloud.emulators import (
    Emulator,
    FirestoreEmulator,
    MissingToolError,
    PubSubEmulator,
)

E = TypeVar("E", bound=Emulator)


@pytest.fixture(scope="session")
def firestore_emulator() -> Iterator[FirestoreEmulator]:
    with _or_skip(FirestoreEmulator) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def pubsub_emulator() -> Iterator[PubSubEmulator]:
    with _or_skip(PubSubEmulator) as emulator:
        yield emulator


@pytest.fixture
def firestore_host(firestore_emulator: FirestoreEmulator, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every client that this test makes finds the emulator here."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator.host)
    return firestore_emulator.host


@pytest.fixture
def pubsub_host(pubsub_emulator: PubSubEmulator, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every client that this test makes finds the emulator here."""
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", pubsub_emulator.host)
    return pubsub_emulator.host


@pytest.fixture
def project() -> str:
    """The id of a project that no other test uses."""
    return f"showreel-{uuid4().hex[:12]}"


def _or_skip(emulator: Callable[[], E]) -> E:
    try:
        return emulator()
    except MissingToolError as error:
        pytest.skip(str(error))
