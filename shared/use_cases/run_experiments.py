"""Create and report experiments."""

import secrets
from datetime import date
from functools import partial

from shared.domain.campaign import Change
from shared.domain.errors import CampaignNotFoundError
from shared.domain.experiment import (
    Experiment,
    experiment_id,
    require_arms,
    require_possible,
)
from shared.domain.experiment_report import ExperimentReport, report_of
from shared.domain.identity import parse_video_id
from shared.domain.values import replace
from shared.domain.versions import mark
from shared.ports import Ports
from shared.use_cases.committing import commit, until_committed

_RANDOM_BITS = 16


def create_experiment(ports: Ports, draft: Experiment) -> Experiment:
    """Create the experiment that `draft` describes, and keep its videos from every clean-up.

    Raise an error unless its arms are completed videos of the campaign, which exists.
    """
    require_possible(draft)
    until_committed(partial(_keep_arms, ports, draft))

    def attempt() -> Experiment:
        now = ports.now()
        name = experiment_id(draft.campaign_id, now, secrets.randbits(_RANDOM_BITS))
        return ports.experiments.commit(replace(draft, id=name, created_at=now))

    return until_committed(attempt)


def _keep_arms(ports: Ports, draft: Experiment) -> None:
    """Mark the videos of all arms in one commit, decided by one read."""
    places = [parse_video_id(arm.video_id) for arm in draft.arms]
    wanted = [video_hash for campaign, video_hash in places if campaign == draft.campaign_id]
    campaign, page = ports.campaigns.get_together(draft.campaign_id, wanted)
    if campaign is None:
        raise CampaignNotFoundError(f"There is no campaign {draft.campaign_id!r}.")
    for record in page.unreadable:
        raise record.error()
    videos = {video.id: video for video in page.videos}
    require_arms(draft, [videos.get(arm.video_id) for arm in draft.arms])
    change = Change(campaign=campaign)
    for video in page.videos:
        change = change.then(mark(change.campaign, video, kept=True, now=ports.now()))
    if change.videos:
        commit(ports, change)


def report_experiment(ports: Ports, experiment_id: str) -> tuple[Experiment, ExperimentReport]:
    """Raise NotFoundError."""
    experiment = ports.experiments.get(experiment_id)
    first = experiment.created_at.date()
    counts = ports.plays.counts_of_experiment(experiment_id, first, date.max)
    return experiment, report_of(experiment, counts, now=ports.now())
