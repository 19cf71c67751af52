"""The largest campaign that the settings allow fits into one document of Firestore."""

from datetime import datetime
from decimal import Decimal

import pytest

from shared.adapters.google.campaign_documents import key_of
from shared.adapters.google.firestore_fields import to_fields
from shared.domain.campaign import Campaign, Chore, ChoreKind, DelayedChore
from shared.domain.chores import MOST_DELAYED
from shared.domain.inputs import (
    MAX_INPUT_BYTES,
    MAX_PIXELS,
    MOST_INPUTS,
    InputState,
    Picture,
    StoredInput,
)
from shared.domain.limits import MOST_KEPT, MOST_VERSIONS, most_versions
from shared.domain.money import Money
from shared.domain.slot import Slot, Version
from shared.domain.values import replace
from shared.records.form import to_record
from tests.unit.domain.builders import NOW

LARGEST_DOCUMENT = 1024 * 1024
AMOUNT = Decimal("1000000000000.00")
MONEY = Money(reserved=AMOUNT, spent=AMOUNT, simulated=AMOUNT, possibly_spent=AMOUNT, saved=AMOUNT)


def size_of(value: object) -> int:
    """Count as https://firebase.google.com/docs/firestore/storage-size says."""
    match value:
        case None | bool():
            return 1
        case int() | float() | datetime():
            return 8
        case str():
            return len(value.encode()) + 1
        case list():
            return sum(map(size_of, value))
        case dict():
            return sum(size_of(name) + size_of(each) for name, each in value.items())
    raise TypeError(value)


def document_size(campaign: Campaign) -> int:
    path = key_of(campaign).path.split("/")
    return sum(map(size_of, path)) + 16 + size_of(to_fields(to_record(campaign))) + 32


def largest(slots: int, keep_historical: int) -> Campaign:
    """Every slot is full and makes another video; every object is still to be renamed."""

    def version(number: int) -> Version:
        return Version(video_hash=f"{number:016x}", fingerprint=f"{number:064x}")

    each = keep_historical + 2
    kept = tuple(replace(version(2**60 + number), kept=True) for number in range(MOST_KEPT))
    return Campaign(
        campaign_id="c" * 64,
        created_at=NOW,
        updated_at=NOW,
        slots=tuple(
            Slot(
                index=index,
                current=version(index * each),
                pending=version(index * each + 1),
                historical=(
                    *(version(index * each + 2 + number) for number in range(keep_historical)),
                    *(kept if index == 0 else ()),
                ),
            )
            for index in range(slots)
        ),
        money=MONEY,
        removed_money=MONEY,
        budget_usd=AMOUNT,
        cache_hits=2**53,
        inputs=tuple(
            StoredInput(
                picture=Picture(
                    sha256=f"{number:064x}",
                    media_type="image/jpeg",
                    size_bytes=MAX_INPUT_BYTES,
                    width=MAX_PIXELS,
                    height=1,
                ),
                created_at=NOW,
                state=InputState.DELETED,
            )
            for number in range(MOST_INPUTS)
        ),
        chores=tuple(
            Chore(kind=ChoreKind.RENAME, video_hash=f"{number:016x}", index=99)
            for number in range(slots * each + MOST_KEPT)
        ),
        delayed=tuple(
            DelayedChore(
                chore=Chore(kind=ChoreKind.REMOVE, video_hash=f"{number:016x}", index=99),
                due_at=NOW,
                trashed=trashed,
            )
            for trashed in (False, True)
            for number in range(MOST_DELAYED)
        ),
    )


@pytest.mark.parametrize(("slots", "keep_historical"), [(100, 38), (39, 100), (1, 100)])
def test_the_largest_campaign_fits(slots: int, keep_historical: int) -> None:
    assert most_versions(slots=slots, keep_historical=keep_historical) <= MOST_VERSIONS

    assert document_size(largest(slots, keep_historical)) < LARGEST_DOCUMENT


def test_a_campaign_of_100_slots_and_100_historical_videos_does_not_fit() -> None:
    assert document_size(largest(100, 100)) > LARGEST_DOCUMENT
