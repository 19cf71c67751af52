"""Regenerate: a new version of a slot, with the same input. The current one stays until then."""

import secrets
from dataclasses import replace

from shared.domain.campaign import Campaign, Change
from shared.domain.models import require_supported
from shared.domain.reservation import new_version
from shared.domain.versions import reserve
from shared.domain.video import Video
from shared.ports import Ports
from shared.use_cases.announcing import announce, ask_for_step
from shared.use_cases.committing import until_committed
from shared.use_cases.create_videos import CreatedVideo, Outcome
from shared.use_cases.read_campaigns import video_of


def regenerate_video(ports: Ports, campaign_id: str, video_hash: str) -> CreatedVideo:
    """Make a new version with the input of this video, in its slot.

    A slot that is making one already answers with that one: a double click pays once.
    """

    def attempt() -> tuple[CreatedVideo, ...]:
        campaign = ports.campaigns.get_campaign(campaign_id)
        source = ports.campaigns.get_video(campaign_id, video_hash)
        return _regenerate(ports, campaign, (source,))

    return _ask_for_all(ports, until_committed(attempt))[0]


def regenerate_campaign(ports: Ports, campaign_id: str) -> tuple[CreatedVideo, ...]:
    """The same for every slot that has a current video, all of them or none."""

    def attempt() -> tuple[CreatedVideo, ...]:
        campaign = ports.campaigns.get_campaign(campaign_id)
        sources = tuple(
            video_of(ports, campaign, slot.current.video_hash)
            for slot in campaign.slots
            if slot.current is not None
        )
        return _regenerate(ports, campaign, sources)

    return _ask_for_all(ports, until_committed(attempt))


def _regenerate(
    ports: Ports, campaign: Campaign, sources: tuple[Video, ...]
) -> tuple[CreatedVideo, ...]:
    answers: list[CreatedVideo] = []
    reserved: list[Video] = []
    for source in sources:
        pending = campaign.slot(source.index).pending
        if pending is not None:
            video = video_of(ports, campaign, pending.video_hash)
            answers.append(CreatedVideo(video=video, outcome=Outcome.ATTACHED))
            continue
        video = _new_version(ports, source)
        change = reserve(campaign, video, limit=ports.policy.max_videos_per_campaign)
        campaign = change.campaign
        reserved.append(video)
        answers.append(CreatedVideo(video=video, outcome=Outcome.CREATED))
    if not reserved:
        return tuple(answers)
    change = ports.campaigns.commit(Change(campaign=campaign, videos=tuple(reserved)))
    stored = {video.video_hash: video for video in change.videos}
    return tuple(
        replace(answer, video=stored.get(answer.video.video_hash, answer.video))
        for answer in answers
    )


def _new_version(ports: Ports, source: Video) -> Video:
    now = ports.now()
    require_supported(source.parameters, now.date())
    return new_version(
        source, video_hash=secrets.token_hex(8), simulated=ports.policy.simulated, now=now
    )


def _ask_for_all(ports: Ports, answers: tuple[CreatedVideo, ...]) -> tuple[CreatedVideo, ...]:
    for answer in answers:
        if answer.outcome is Outcome.CREATED:
            announce("video.reserved", answer.video)
            ask_for_step(ports, answer.video)
    return answers
