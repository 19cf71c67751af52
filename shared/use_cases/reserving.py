"""Reserve the videos of a request in one commit, and publish their first messages."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from shared.domain.campaign import Campaign, Change
from shared.domain.clip import room_for
from shared.domain.events import Event, budget_warning
from shared.domain.limits import budget_of, reaches_warning
from shared.domain.money import ZERO, Savings
from shared.domain.queueing import place_in_queue
from shared.domain.values import replace
from shared.domain.video import Lane, Outcome, QueuePlace, Video
from shared.domain.video_steps import withdraw_cancellation
from shared.ports import Ports
from shared.ports.policy import limits_of, queue_limit
from shared.use_cases.announcing import announce, announce_events
from shared.use_cases.budgeting import commit_reservation
from shared.use_cases.inputs import NewInput, new_inputs, store_inputs, with_used
from shared.use_cases.publishing import ask_for_step


class CreatedVideo(Struct, frozen=True, kw_only=True):
    """`was_made_before`: an earlier attempt of the same request has reserved the video."""

    video: Video
    outcome: Outcome
    was_made_before: bool = False

    @property
    def is_new(self) -> bool:
        return self.outcome is Outcome.CREATED and not self.was_made_before


class Plan(Struct, frozen=True, kw_only=True):
    """An answer for each request, in order. `inputs` are to be stored before it is committed."""

    campaign: Campaign
    answers: tuple[CreatedVideo, ...]
    inputs: tuple[NewInput, ...] = ()

    @property
    def cost(self) -> Decimal:
        """The price of its new videos, in USD."""
        new = (each for each in self.answers if each.is_new)
        return sum((each.video.cost.estimated for each in new), ZERO)

    @property
    def changed(self) -> tuple[Video, ...]:
        """The records to commit."""
        return tuple(video for answer in self.answers if (video := _changed(answer)))


def repeated(video: Video) -> CreatedVideo:
    """Answer a repeated request with the video that it made before."""
    return CreatedVideo(video=video, outcome=Outcome.CREATED, was_made_before=True)


def existing(video: Video) -> CreatedVideo:
    """Answer a request with an equal video, which is current or pending."""
    outcome = Outcome.CACHE_HIT if video.is_current else Outcome.ATTACHED
    return CreatedVideo(video=video, outcome=outcome)


def with_inputs_of(
    plan: Plan, campaign: Campaign, used: tuple[NewInput, ...], *, now: datetime
) -> Plan:
    """Return the plan with the inputs of its request, of which `campaign` has some already."""
    if not any(each.is_new for each in plan.answers):
        return plan
    return replace(
        plan,
        campaign=with_used(plan.campaign, used, now),
        inputs=new_inputs(campaign, used),
    )


def with_place(
    ports: Ports,
    campaign: Campaign,
    *,
    model: str,
    lane: Lane,
    now: datetime,
    order: datetime | None = None,
) -> tuple[Campaign, QueuePlace | None]:
    """Return the place in the queue for a new video of the campaign, and the campaign after it.

    A model without a rate has no queue. `order` is the place in another flow, as of a batch.
    """
    rate = ports.rates.get(model)
    if rate is None:
        return campaign, None
    limit = queue_limit(ports.policy)
    return place_in_queue(
        campaign, model=model, lane=lane, rate=rate, limit=limit, now=now, order=order
    )


def commit_plan(ports: Ports, plan: Plan) -> tuple[CreatedVideo, ...]:
    """Reserve all new videos, or none.

    Raise BudgetExceededError, StorageFullError or ConflictError.
    """
    videos = plan.changed
    if not videos:
        return plan.answers
    require_room(ports, plan.answers)
    store_inputs(ports, plan.campaign.campaign_id, plan.inputs)
    events = warnings_of(ports, plan)
    change = Change(campaign=plan.campaign, videos=videos, events=events)
    change = commit_reservation(ports, change)
    announce_events(ports, events)
    stored = {video.video_hash: video for video in change.videos}
    return tuple(
        replace(answer, video=stored.get(answer.video.video_hash, answer.video))
        for answer in plan.answers
    )


def require_room(ports: Ports, answers: Iterable[CreatedVideo]) -> None:
    """Raise UnavailableError if the clips of new videos could not be stored."""
    new = [answer.video.parameters for answer in answers if answer.is_new]
    if new:
        ports.storage_probe.require_room(room_for(new))


def begin_all(ports: Ports, answers: tuple[CreatedVideo, ...]) -> None:
    """Announce new videos, and publish their messages, and those of videos made before.

    A model has no more turns than its rate, so more messages would find none.
    """
    for answer in answers:
        if answer.is_new:
            announce("video.reserved", answer.video)
    created = (each.video for each in answers if each.outcome is Outcome.CREATED)
    by_model: dict[str, list[Video]] = {}
    for video in created:
        if not video.has_ended:
            by_model.setdefault(video.parameters.model, []).append(video)
    beginning = [
        video for model, videos in by_model.items() for video in videos[: ports.rates.get(model)]
    ]
    if beginning:
        ask_for_step(ports, *beginning)


def count_savings(ports: Ports, answers: Iterable[CreatedVideo]) -> None:
    for answer in answers:
        if answer.outcome is Outcome.CACHE_HIT:
            saving = Savings(amount=answer.video.cost.estimated, hits=1)
            ports.savings.add(answer.video.campaign_id, saving)


def _changed(answer: CreatedVideo) -> Video | None:
    """Attaching to a video that was cancelled after its submission withdraws the cancellation."""
    if answer.is_new:
        return answer.video
    attached = answer.outcome is Outcome.ATTACHED
    return (
        withdraw_cancellation(answer.video) if attached and answer.video.cancel_requested else None
    )


def warnings_of(ports: Ports, plan: Plan) -> tuple[Event, ...]:
    """Return the event of a plan that reaches 80 % of its campaign's budget, if it does."""
    used = plan.campaign.money.committed
    budget = budget_of(plan.campaign, limits_of(ports.policy))
    if budget is None or not reaches_warning(before=used - plan.cost, after=used, budget=budget):
        return ()
    campaign_id, now = plan.campaign.campaign_id, ports.now()
    return (budget_warning(campaign_id, used=used, budget=budget, at=now),)
