"""`make reconcile` holds one campaign's findings at a time, however many it writes."""

import sys
from argparse import Namespace
from collections.abc import Iterator

import pytest

from shared.domain.storage_layout import clip_path
from shared.ports.object_store import ObjectInfo
from shared.use_cases import campaign_state
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import make
from tests.unit.use_cases.test_reconcile import forget_the_clip, put
from tools.reconcile import Tally, findings

OPTIONS = Namespace(campaign=None, repair=False, delete_orphans=False)
PAGE = 3
CAMPAIGNS = 4
ORPHANS = 6


@pytest.fixture
def disagreeing(ports: FakePorts, monkeypatch: pytest.MonkeyPatch) -> FakePorts:
    """More campaigns than a page has, each with a finding, and objects without a campaign."""
    monkeypatch.setattr(campaign_state, "PAGE", PAGE)
    for number in range(CAMPAIGNS):
        forget_the_clip(ports, make(ports, campaign_id=f"campaign-{number}"))
    for number in range(ORPHANS):
        put(ports, clip_path("orphans", f"{number:016x}", 0, current=True))
    return ports


def test_a_yielded_finding_is_not_kept(disagreeing: FakePorts) -> None:
    tally = Tally()

    found: list[object] = [*findings(disagreeing, OPTIONS, tally), object()]

    assert len({sys.getrefcount(each) for each in found}) == 1
    assert (tally.campaigns, tally.left) == (CAMPAIGNS, CAMPAIGNS + ORPHANS)


def test_a_finding_is_yielded_before_the_next_campaign_is_compared(disagreeing: FakePorts) -> None:
    tally = Tally()

    compared = [tally.campaigns for _ in findings(disagreeing, OPTIONS, tally)]

    assert [*range(1, CAMPAIGNS + 1), *[CAMPAIGNS] * ORPHANS] == compared


def test_objects_are_not_listed_ahead_of_their_findings(
    disagreeing: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[str] = []
    listing = disagreeing.objects.list

    def list_and_count(prefix: str) -> Iterator[ObjectInfo]:
        for each in listing(prefix):
            listed.append(each.path)
            yield each

    monkeypatch.setattr(disagreeing.objects, "list", list_and_count)

    is_last = [
        listed[-1] == finding.subject
        for finding in findings(disagreeing, OPTIONS, Tally())
        if finding.campaign_id == "orphans"
    ]

    assert is_last == [True] * ORPHANS
