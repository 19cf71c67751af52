"""Create videos: from the cache, by attaching to a pending video, or by reserving a new one."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct, field

from shared.domain.campaign import Campaign
from shared.domain.errors import CampaignVideoLimitError, InvalidRequestError
from shared.domain.limits import require_max_cost
from shared.domain.models import of_take, require_pictures, require_supported
from shared.domain.reservation import new_video
from shared.domain.values import replace
from shared.domain.versions import require_not_deleted, reserve
from shared.domain.video import GenerationParameters, Lane, Outcome, Video
from shared.ports import Ports
from shared.ports.policy import limits_of, queue_limit
from shared.use_cases.begin_campaign import new_campaign
from shared.use_cases.claims import (
    Claim,
    hashes_of,
    made_before,
    new_video_hash,
    require_not_deleted_since,
)
from shared.use_cases.committing import until_committed
from shared.use_cases.existing_versions import Wanted, find_as_written, needed_videos, wanted_of
from shared.use_cases.inputs import (
    NO_PICTURES,
    CopiedClip,
    NewInput,
    Sources,
    inputs_of,
    require_inputs,
)
from shared.use_cases.read_campaigns import videos_of
from shared.use_cases.reserving import (
    CreatedVideo,
    Plan,
    begin_all,
    commit_plan,
    count_savings,
    existing,
    repeated,
    with_inputs_of,
    with_place,
)


class Draft(Struct, frozen=True, kw_only=True):
    """A prompt, and the index of its slot; None takes the next free slot.

    `take` counts the videos of one prompt from 0.
    """

    prompt: str
    index: int | None = None
    take: int = 0


class CreateVideos(Struct, frozen=True, kw_only=True):
    """`max_cost` is the most that the whole request may cost, in USD.

    If `campaign_id` is new, the video of an equal request may be in `former_campaign_id`.
    With a `claim`, the videos are made once, however often the request is repeated.
    They wait for their turns in the lane of their `priority`: at `place_at`, or, by default, after
    the other videos of the campaign.
    Their pictures are the `sources`; the parameters have them once the campaign is read.
    A video that is made from another one, and perhaps from its `clip`, names it.
    A request that `is_sized` has its aspect ratio and resolution from a `size`.
    """

    campaign_id: str
    drafts: tuple[Draft, ...]
    parameters: GenerationParameters
    business_context: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    max_cost: Decimal | None = None
    former_campaign_id: str | None = None
    requested_by: str | None = None
    batch_id: str | None = None
    claim: Claim | None = None
    priority: Lane = Lane.INTERACTIVE
    place_at: datetime | None = None
    sources: Sources = NO_PICTURES
    clip: CopiedClip | None = None
    remixed_from_video_id: str | None = None
    is_sized: bool = False

    @property
    def new_inputs(self) -> tuple[NewInput, ...]:
        """The inputs that may not be in the campaign's record yet."""
        return (*self.sources.sent, self.clip) if self.clip else self.sources.sent


def create_videos(ports: Ports, request: CreateVideos) -> tuple[CreatedVideo, ...]:
    """Answer every draft with a video, in order, or reject all of them.

    A draft whose fingerprint is current or pending anywhere in the campaign costs nothing.
    Raises InvalidRequestError, LimitError or SlotBusyError before anything is kept.
    """
    require_usable(ports, request)

    def attempt() -> tuple[CreatedVideo, ...]:
        plan = plan_videos(ports, request)
        require_max_cost(plan.cost, request.max_cost)
        return commit_plan(ports, plan)

    answers = until_committed(attempt)
    begin_all(ports, answers)
    count_savings(ports, answers)
    return answers


def plan_videos(ports: Ports, request: CreateVideos) -> Plan:
    """Decide what a request would do, without doing it. Raise ConflictError, as `videos_of`."""
    require_slots(ports, request)
    campaign, made = _campaign_of(ports, request, range(len(request.drafts)))
    require_not_deleted(campaign)
    request = with_inputs(replace(request, campaign_id=campaign.campaign_id), campaign)
    if not made:
        require_not_deleted_since(ports, request.campaign_id, request.claim)
    wanted = wanted_of(campaign, request)
    videos = videos_of(ports, campaign, needed_videos(campaign, wanted, made))
    plan = plan_from(ports, request, wanted, made=made, campaign=campaign, videos=videos)
    return with_inputs_of(plan, campaign, request.new_inputs, now=ports.now())


def require_usable(ports: Ports, request: CreateVideos) -> None:
    """Raise InvalidRequestError unless the model can make what is asked for."""
    try:
        require_supported(request.parameters, ports.now().date())
    except InvalidRequestError as error:
        if request.is_sized and error.param in ("aspect_ratio", "resolution"):
            error.param = "size"
        raise
    require_pictures(request.parameters, request.sources.shape)


def with_inputs(request: CreateVideos, campaign: Campaign) -> CreateVideos:
    """Return the request with its pictures as parameters. Raise InvalidInputError."""
    if not any(request.sources):
        require_inputs(request.parameters.inputs, campaign, request.new_inputs)
        return request
    inputs = inputs_of(request.sources, campaign)
    return replace(request, parameters=replace(request.parameters, inputs=inputs))


def require_slots(ports: Ports, request: CreateVideos) -> None:
    """Raise CampaignVideoLimitError for more videos than a campaign has slots."""
    most = ports.policy.max_videos_per_campaign
    if len(request.drafts) > most:
        raise CampaignVideoLimitError(
            f"A campaign has at most {most} videos; {len(request.drafts)} were asked for. Ask for "
            f"no more than {most}."
        )


def plan_from(
    ports: Ports,
    request: CreateVideos,
    wanted: Iterable[Wanted],
    *,
    made: Mapping[int, Video],
    campaign: Campaign,
    videos: Mapping[str, Video],
) -> Plan:
    """Decide by what was read: `made` for the claim, the campaign and the `needed_videos`.

    The campaign may have got more pending videos since `wanted`; then `videos` has them.
    """
    limits = limits_of(ports.policy)
    known_videos = dict(videos)
    made_equal = {video.fingerprint: video for video in made.values()}
    answers: list[CreatedVideo] = []
    for position, each in enumerate(wanted):
        if own := made.get(position) or made_equal.get(each.fingerprint):
            answers.append(repeated(own))
            continue
        known = each.known or campaign.find(each.fingerprint)
        if known is not None:
            answers.append(existing(known_videos[known.video_hash]))
            continue
        campaign, video = _new_video(ports, campaign, request, position, each)
        known_videos[video.video_hash] = video
        campaign = reserve(campaign, video, limits).campaign
        answers.append(CreatedVideo(video=video, outcome=Outcome.CREATED))
    return Plan(campaign=campaign, answers=tuple(answers))


def _campaign_of(
    ports: Ports, request: CreateVideos, positions: range
) -> tuple[Campaign, dict[int, Video]]:
    """Return the campaign of the request, or the former one if that has its videos.

    Also return the videos that were made for the request's claim, by position.
    """
    names = hashes_of(request.claim, positions)
    campaign, page = ports.campaigns.get_together(request.campaign_id, names)
    made = made_before(request.claim, positions, page)
    if campaign is not None:
        return campaign, made
    if request.former_campaign_id is not None:
        former, _ = ports.campaigns.get_together(request.former_campaign_id, ())
        there = replace(request, campaign_id=request.former_campaign_id)
        if former and all(find_as_written(former, there, draft) for draft in request.drafts):
            return former, made
    return new_campaign(ports, request.campaign_id), made


def _new_video(
    ports: Ports, campaign: Campaign, request: CreateVideos, position: int, wanted: Wanted
) -> tuple[Campaign, Video]:
    """Return a video for the wanted or the first free slot, and the campaign after its place."""
    index = wanted.draft.index
    if index is None:
        index = campaign.free_index(ports.policy.max_videos_per_campaign)
    now = ports.now()
    campaign, place = with_place(
        ports,
        campaign,
        model=request.parameters.model,
        lane=request.priority,
        now=now,
        order=request.place_at,
    )
    video = new_video(
        campaign_id=request.campaign_id,
        video_hash=new_video_hash(request.claim, position),
        index=index,
        prompt=wanted.draft.prompt,
        business_context=request.business_context,
        parameters=of_take(request.parameters, wanted.draft.take),
        composed=wanted.composed,
        metadata=request.metadata,
        tags=request.tags,
        simulated=ports.policy.simulated,
        now=now,
        limit_at=now + queue_limit(ports.policy),
        priority=request.priority,
        place=place,
        requested_by=request.requested_by,
        batch_id=request.batch_id,
        remixed_from_video_id=request.remixed_from_video_id,
    )
    return campaign, video
