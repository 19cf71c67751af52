"""Shares of a day, as the first release stored them, become the budget of the day."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from shared.adapters.google.campaign_repository import FirestoreCampaignRepository
from shared.adapters.google.firestore_documents import Write
from shared.domain.errors import ConflictError, UnreadableRecordError
from tests.cloud.firestore_door import GET, Door
from tests.contract.campaign_repository_contract import TODAY

SHARE = {"schema_version": 1, "day": "2026-11-20", "budget": "1600", "warned": False}


def put_shares(repository: FirestoreCampaignRepository, **committed: str) -> None:
    """Store shares of a day as the first release did."""
    shares = [
        {**SHARE, "number": int(name[1:]), "committed": usd} for name, usd in committed.items()
    ]
    repository._documents.commit(
        [
            Write(path=f"days/2026-11-20.{share['number']}", fields=share, revision="")
            for share in shares
        ]
    )


def test_shares_of_an_earlier_release_are_taken_over_once_and_closed(
    repository: FirestoreCampaignRepository,
) -> None:
    put_shares(repository, _0="3.20", _1="-1.60", _31="6.40")

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(repository.get_day, [TODAY] * 4))
    day = found[0]
    assert found == [day] * 4

    assert (day.committed, bool(day.revision)) == (Decimal("8.00"), True)
    shares = repository._documents.get_all(f"days/2026-11-20.{number}" for number in range(32))
    # To the earlier release, each is used up: it would take from one that has room alone.
    assert {Decimal(share.fields["committed"]) for share in shares.values()} == {Decimal(10) ** 15}


def test_dollars_that_an_earlier_release_takes_during_the_upgrade_are_counted(
    repository: FirestoreCampaignRepository, door: Door
) -> None:
    put_shares(repository, _0="3.20")
    taken: list[bool] = []

    def take_first(_: object) -> None:
        # The day and its shares are read, and the commit that takes them over is next.
        if door.count(GET) == 2 and not taken:
            taken.append(True)
            path = "days/2026-11-20.0"
            share = repository._documents.get_all([path])[path]
            fields = {**share.fields, "committed": "6.40"}
            repository._documents.commit([Write(path=path, fields=fields, revision=share.revision)])

    door.before_each(take_first)
    with pytest.raises(ConflictError):
        repository.get_day(TODAY)

    assert repository.get_day(TODAY).committed == Decimal("6.40")


def test_a_share_that_cannot_be_read_stops_the_day(
    repository: FirestoreCampaignRepository,
) -> None:
    put_shares(repository, _0="much")

    with pytest.raises(UnreadableRecordError, match=r"days/2026-11-20\.0"):
        repository.get_day(TODAY)
