"""Estimate: what a request would do, without doing it."""

from decimal import Decimal

import pytest

from shared.domain.errors import CampaignVideoLimitError, ModelRetiredError
from shared.domain.models import price_basis
from shared.domain.values import replace
from shared.domain.video import Outcome
from shared.use_cases.create_videos import Draft
from shared.use_cases.estimate_videos import Estimate, estimate_videos
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import PARAMETERS, PRICE, a_request, make, reserve


def test_new_videos_cost_their_price(ports: FakePorts) -> None:
    estimates = estimate_videos(ports, a_request("One", "Two"))

    assert estimates.cost == 2 * PRICE
    assert price_basis(PARAMETERS) == estimates.basis
    assert estimates.videos == (
        Estimate(outcome=Outcome.CREATED, index=0, enhanced_prompt="One", cost=PRICE),
        Estimate(outcome=Outcome.CREATED, index=1, enhanced_prompt="Two", cost=PRICE),
    )


def test_a_current_or_pending_video_costs_nothing_and_has_an_id(ports: FakePorts) -> None:
    current = make(ports, "One")
    pending = reserve(ports, drafts=(Draft(prompt="Two", index=1),))

    estimates = estimate_videos(ports, a_request("One", "Two"))

    assert estimates.cost == Decimal(0)
    assert (
        Estimate(outcome=Outcome.CACHE_HIT, index=0, enhanced_prompt="One", video_id=current.id),
        Estimate(outcome=Outcome.ATTACHED, index=1, enhanced_prompt="Two", video_id=pending.id),
    ) == estimates.videos


def test_a_prompt_that_a_batch_repeats_costs_once(ports: FakePorts) -> None:
    estimates = estimate_videos(ports, a_request("Same", "Same"))

    assert estimates.videos == (
        Estimate(outcome=Outcome.CREATED, index=0, enhanced_prompt="Same", cost=PRICE),
        Estimate(outcome=Outcome.ATTACHED, index=0, enhanced_prompt="Same"),
    )


def test_an_estimate_writes_nothing_and_counts_no_cache_hit(ports: FakePorts) -> None:
    make(ports)
    campaigns, videos = dict(ports.campaigns.campaigns), dict(ports.campaigns.videos)

    estimate_videos(ports, a_request("A red bicycle", "A blue bicycle"))

    assert (campaigns, videos) == (ports.campaigns.campaigns, ports.campaigns.videos)
    assert ports.queue.messages == ()


def test_an_estimate_refuses_whatever_a_create_refuses(ports: FakePorts) -> None:
    with pytest.raises(CampaignVideoLimitError):
        estimate_videos(ports, a_request("1", "2", "3", "4", "5"))
    with pytest.raises(ModelRetiredError):
        estimate_videos(
            ports,
            a_request("One", parameters=replace(PARAMETERS, model="veo-3.0-generate-001")),
        )
