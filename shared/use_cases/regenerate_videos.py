"""Regenerate: a new version of a slot, with the same input. The current one stays until then."""

import secrets
from decimal import Decimal

from shared.domain.campaign import Campaign
from shared.domain.limits import require_max_cost
from shared.domain.models import require_supported
from shared.domain.reservation import new_version
from shared.domain.versions import reserve
from shared.domain.video import Video
from shared.ports import Ports
from shared.use_cases.committing import until_committed
from shared.use_cases.create_videos import (
    CreatedVideo,
    Outcome,
    Plan,
    begin_all,
    commit_plan,
    limits_of,
)
from shared.use_cases.read_campaigns import video_of


def regenerate_video(
    ports: Ports, campaign_id: str, video_hash: str, *, max_cost: Decimal | None = None
) -> CreatedVideo:
    """Make a new version with the input of this video, in its slot.

    A slot that is making one already answers with that one: a double click pays once.
    Raises LimitError before anything is kept; `max_cost` is in USD.
    """

    def attempt() -> tuple[CreatedVideo, ...]:
        campaign = ports.campaigns.get_campaign(campaign_id)
        source = ports.campaigns.get_video(campaign_id, video_hash)
        return _commit(ports, _plan(ports, campaign, (source,)), max_cost)

    answers = until_committed(attempt)
    begin_all(ports, answers)
    return answers[0]


def regenerate_campaign(
    ports: Ports, campaign_id: str, *, max_cost: Decimal | None = None
) -> tuple[CreatedVideo, ...]:
    """The same for every slot that has a current video, all of them or none."""

    def attempt() -> tuple[CreatedVideo, ...]:
        campaign = ports.campaigns.get_campaign(campaign_id)
        sources = tuple(
            video_of(ports, campaign, slot.current.video_hash)
            for slot in campaign.slots
            if slot.current is not None
        )
        return _commit(ports, _plan(ports, campaign, sources), max_cost)

    answers = until_committed(attempt)
    begin_all(ports, answers)
    return answers


def _commit(ports: Ports, plan: Plan, max_cost: Decimal | None) -> tuple[CreatedVideo, ...]:
    require_max_cost(plan.cost, max_cost)
    return commit_plan(ports, plan)


def _plan(ports: Ports, campaign: Campaign, sources: tuple[Video, ...]) -> Plan:
    answers: list[CreatedVideo] = []
    for source in sources:
        pending = campaign.slot(source.index).pending
        if pending is not None:
            video = video_of(ports, campaign, pending.video_hash)
            answers.append(CreatedVideo(video=video, outcome=Outcome.ATTACHED))
            continue
        video = _new_version(ports, source)
        campaign = reserve(campaign, video, limits_of(ports)).campaign
        answers.append(CreatedVideo(video=video, outcome=Outcome.CREATED))
    return Plan(campaign=campaign, answers=tuple(answers))


def _new_version(ports: Ports, source: Video) -> Video:
    now = ports.now()
    require_supported(source.parameters, now.date())
    return new_version(
        source, video_hash=secrets.token_hex(8), simulated=ports.policy.simulated, now=now
    )
