"""Regenerate: make a new version with the same input. It replaces the current one once stored."""

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from shared.domain.campaign import Campaign
from shared.domain.errors import CampaignNotFoundError, InvalidRequestError
from shared.domain.limits import require_max_cost
from shared.domain.models import require_supported
from shared.domain.reservation import new_version
from shared.domain.trash import require_not_trashed
from shared.domain.versions import reserve
from shared.domain.video import Lane, Outcome, Video
from shared.ports import Ports
from shared.ports.campaign_repository import VideoPage
from shared.ports.policy import limits_of, queue_limit
from shared.use_cases.claims import Claim, hashes_of, made_before, new_video_hash
from shared.use_cases.committing import until_committed
from shared.use_cases.read_campaigns import videos_of
from shared.use_cases.reserving import (
    CreatedVideo,
    Plan,
    begin_all,
    commit_plan,
    repeated,
    with_place,
)


def regenerate_video(
    ports: Ports,
    campaign_id: str,
    video_hash: str,
    *,
    max_cost: Decimal | None = None,
    priority: Lane = Lane.INTERACTIVE,
    requested_by: str | None = None,
    claim: Claim | None = None,
) -> CreatedVideo:
    """Make a new version with the input of this video, in its slot.

    If the slot already has a pending version, return that: a double click pays once. With a `claim`
    the version is made once, even if it has ended since.
    Raise LimitError before anything is stored; `max_cost` is in USD.
    """

    def attempt() -> tuple[CreatedVideo, ...]:
        campaign, made, page = _read(ports, campaign_id, claim, range(1), video_hash)
        if made:
            return (repeated(made[0]),)
        source = next((each for each in page.videos if each.video_hash == video_hash), None)
        if source is None:
            # It does not exist, or is unreadable: this call raises the right error.
            source = ports.campaigns.get_video(campaign_id, video_hash)
        require_not_trashed(source)
        request = _Request(priority=priority, requested_by=requested_by, claim=claim)
        return _commit(ports, _plan(ports, campaign, {0: source}, request), max_cost)

    answers = until_committed(attempt)
    begin_all(ports, answers)
    return answers[0]


def regenerate_campaign(
    ports: Ports,
    campaign_id: str,
    *,
    max_cost: Decimal | None = None,
    priority: Lane = Lane.INTERACTIVE,
    requested_by: str | None = None,
    claim: Claim | None = None,
) -> tuple[CreatedVideo, ...]:
    """Make a new version for every slot with a current video: for all of them, or for none.

    A slot that has a pending version answers with that. With a `claim` this is done once, and a
    repeated request gets the same videos, whatever has become of them.
    """
    slots = range(ports.policy.max_videos_per_campaign)

    def attempt() -> tuple[CreatedVideo, ...]:
        campaign, made, _ = _read(ports, campaign_id, claim, slots)
        if made:
            return _answered(ports, campaign_id, made)
        shown = {slot.index: slot.current.video_hash for slot in campaign.slots if slot.current}
        videos = videos_of(ports, campaign, shown.values())
        sources = {index: videos[video_hash] for index, video_hash in shown.items()}
        request = _Request(priority=priority, requested_by=requested_by, claim=claim)
        return _commit(ports, _plan(ports, campaign, sources, request), max_cost)

    answers = until_committed(attempt)
    begin_all(ports, answers)
    return answers


def _read(
    ports: Ports, campaign_id: str, claim: Claim | None, positions: range, *others: str
) -> tuple[Campaign, dict[int, Video], VideoPage]:
    """Return the campaign, the claim's videos by position, and all videos read with it.

    Raise CampaignNotFoundError.
    """
    names = (*hashes_of(claim, positions), *others)
    campaign, page = ports.campaigns.get_together(campaign_id, names)
    if campaign is None:
        raise CampaignNotFoundError(f"There is no campaign {campaign_id!r}.")
    return campaign, made_before(claim, positions, page), page


def _answered(
    ports: Ports, campaign_id: str, made: Mapping[int, Video]
) -> tuple[CreatedVideo, ...]:
    """Answer with the videos of an earlier attempt, by slot, and those that were pending beside.

    Nothing is made: a slot that had a pending version then may have none now.
    """
    made_at = max(video.created_at for video in made.values())
    answers = {index: repeated(video) for index, video in made.items()}
    versions: dict[int, list[Video]] = {}
    for video in ports.campaigns.get_all_videos(campaign_id).videos:
        if video.index not in made and video.created_at <= made_at:
            versions.setdefault(video.index, []).append(video)
    for index, found in versions.items():
        # A slot makes one version after the other, so only the last one can have been pending.
        *earlier, last = sorted(found, key=lambda video: video.created_at)
        was_pending = last.completed_at is None or last.completed_at > made_at
        if was_pending and any(each.completed_at for each in earlier):
            answers[index] = CreatedVideo(video=last, outcome=Outcome.ATTACHED)
    return tuple(answers[index] for index in sorted(answers))


def _commit(ports: Ports, plan: Plan, max_cost: Decimal | None) -> tuple[CreatedVideo, ...]:
    require_max_cost(plan.cost, max_cost)
    return commit_plan(ports, plan)


class _Request(Struct, frozen=True, kw_only=True):
    priority: Lane
    requested_by: str | None
    claim: Claim | None


def _plan(
    ports: Ports, campaign: Campaign, sources: Mapping[int, Video], request: _Request
) -> Plan:
    """Decide for each source, by its position in the request."""
    answers: list[CreatedVideo] = []
    slots = [campaign.slot(source.index) for source in sources.values()]
    making = videos_of(ports, campaign, (each.pending.video_hash for each in slots if each.pending))
    for position, source in sources.items():
        pending = campaign.slot(source.index).pending
        if pending is not None:
            video = making[pending.video_hash]
            answers.append(CreatedVideo(video=video, outcome=Outcome.ATTACHED))
            continue
        campaign, video = _new_version(ports, campaign, source, position, request)
        campaign = reserve(campaign, video, limits_of(ports.policy)).campaign
        answers.append(CreatedVideo(video=video, outcome=Outcome.CREATED))
    return Plan(campaign=campaign, answers=tuple(answers))


def _new_version(
    ports: Ports, campaign: Campaign, source: Video, position: int, request: _Request
) -> tuple[Campaign, Video]:
    now, model = ports.now(), source.parameters.model
    try:
        require_supported(source.parameters, now.date())
    except InvalidRequestError as error:
        # The parameters are the video's: the request has none.
        error.param = None
        raise
    campaign, place = with_place(ports, campaign, model=model, lane=request.priority, now=now)
    video = new_version(
        source,
        video_hash=new_video_hash(request.claim, position),
        simulated=ports.policy.simulated,
        now=now,
        limit_at=now + queue_limit(ports.policy),
        priority=request.priority,
        place=place,
        requested_by=request.requested_by,
    )
    return campaign, video
