"""The rules that hold at rest, looked at from outside."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from shared.adapters.media.clip_inspector import PyAVClipInspector
from shared.domain.campaign import Campaign
from shared.domain.errors import InvalidClipError, ObjectNotFoundError
from shared.domain.models import price
from shared.domain.money import ZERO
from shared.domain.settlement import recomputed
from shared.domain.storage_layout import GENERATED, clip_path
from shared.domain.unreadable import Unreadable
from shared.domain.video import GenerationParameters, Phase, VersionState, Video
from shared.domain.webhooks import PERIOD
from shared.ports import Ports
from shared.ports.campaign_repository import VideoQuery
from shared.ports.event_log import EventQuery
from shared.settings import DEFAULT_MODEL
from shared.use_cases.finding_clips import find_clip
from tests.chaos.bill import Bill
from tests.chaos.clips import SECONDS, clip_of, facts_of
from tests.chaos.findings import Finding, Kind
from tests.unit.use_cases.rules import (
    event_problems,
    has_ended_properly,
    kept_for_signed_urls,
    objects_of,
    states_in_slots,
)

PRICE = price(GenerationParameters(model=DEFAULT_MODEL, duration_seconds=SECONDS))
OMNI = "gemini-omni-1.2-flash"
# The tokens that the stand-in for the Interactions API counts: of video, of texts and of input.
COUNTED = (SECONDS * 5_792 * 12 + 50 * 9 + 12 * Decimal("1.5")) / 1_000_000

_MANY = 1000


@dataclass(frozen=True, kw_only=True)
class Remains:
    """All that there is."""

    campaigns: tuple[Campaign, ...]
    videos: tuple[Video, ...]
    paths: frozenset[str]
    unreadable: tuple[Unreadable, ...]


def remains_of(ports: Ports) -> Remains:
    campaigns = ports.campaigns.list_campaigns(after=None, limit=_MANY)
    page = ports.campaigns.list_videos(VideoQuery(limit=_MANY))
    trash = VideoQuery(version_state=VersionState.TRASHED, limit=_MANY)
    return Remains(
        campaigns=tuple(each for each in campaigns if isinstance(each, Campaign)),
        videos=(*page.videos, *ports.campaigns.list_videos(trash).videos),
        paths=frozenset(info.path for info in ports.objects.list(f"{GENERATED}/")),
        unreadable=(
            *page.unreadable,
            *(each for each in campaigns if isinstance(each, Unreadable)),
        ),
    )


def is_at_rest(ports: Ports) -> bool:
    """Whether nothing is left to be done."""
    return (
        have_all_ended(ports)
        and not ports.events.undispatched(ports.now() + PERIOD, limit=1)
        and not ports.webhooks.due(ports.now() + PERIOD, limit=1)
    )


def have_all_ended(ports: Ports) -> bool:
    """Whether no video, campaign or batch is left to be worked on; events may be untold."""
    remains = remains_of(ports)
    return (
        not remains.unreadable
        and all(video.has_ended for video in remains.videos)
        and not any(campaign.chores for campaign in remains.campaigns)
        and not ports.campaigns.due(ports.now(), limit=1)
        and all(batch.has_ended for batch in ports.batches.list(after=None, limit=_MANY))
    )


def shape_of(remains: Remains) -> tuple[str, ...]:
    """Return what became of all videos, in words that are the same for equal histories."""
    return tuple(
        sorted(
            f"{video.index} {video.phase} {video.version_state} "
            f"{video.failure.code if video.failure else ''}"
            for video in remains.videos
        )
    )


def without_holder(ports: Ports) -> tuple[Finding, ...]:
    """A process that ended in order has left no lease behind, and no try that counts."""
    return tuple(
        Finding(Kind.HELD, f"{video.id} is {video.phase}, after {video.store_tries} tries")
        for video in remains_of(ports).videos
        if not video.has_ended and (video.is_leased(ports.now()) or video.store_tries)
    )


def rules_broken_at(bill: Bill, ports: Ports) -> tuple[Finding, ...]:
    return broken_rules(remains_of(ports), ports, bill)


def broken_rules(remains: Remains, ports: Ports, bill: Bill) -> tuple[Finding, ...]:
    return (
        *_paid_twice(bill),
        *_lost(remains, bill, ports),
        *_disagreements(remains),
        *_money(remains, bill),
    )


def _paid_twice(bill: Bill) -> Iterator[Finding]:
    for video_hash, times in bill.paid().items():
        if times > 1:
            yield Finding(Kind.PAID_TWICE, f"{video_hash} was submitted {times} times")


def _lost(remains: Remains, bill: Bill, ports: Ports) -> Iterator[Finding]:
    """What was made is stored, and is a real video, unless it never was one or was deleted."""
    for video in remains.videos:
        if video.phase is Phase.DONE:
            problem = _problem_with_clip(video, ports)
            if problem:
                yield Finding(Kind.LOST, f"{video.id}: {problem}")
        elif video.video_hash in bill.made() and not _was_no_video(video, ports):
            yield Finding(Kind.LOST, f"{video.id} was made, and is {video.phase}")


def _problem_with_clip(video: Video, ports: Ports) -> str | None:
    path = clip_path(video.campaign_id, video.video_hash, video.index, current=video.is_current)
    try:
        with ports.objects.open(path) as clip:
            content = clip.read()
    except ObjectNotFoundError as error:
        return error.message
    if content != clip_of(video.video_hash):
        return "its clip is another one"
    return None if facts_of(content) == video.clip else "its record describes another clip"


def _was_no_video(video: Video, ports: Ports) -> bool:
    """Whether it failed for its clip, which is kept and really is none."""
    if video.failure is None or video.failure.code != InvalidClipError.code:
        return False
    found = find_clip(ports, video)
    if found is None:
        return False
    try:
        with ports.objects.open(found.path) as clip:
            PyAVClipInspector().inspect(clip)
    except InvalidClipError:
        return True
    return False


def _disagreements(remains: Remains) -> Iterator[Finding]:
    for problem in _problems(remains):
        yield Finding(Kind.DISAGREEMENT, problem)


def _problems(remains: Remains) -> Iterator[str]:
    for video in remains.videos:
        if not has_ended_properly(video):
            yield f"{video.id} has not ended properly: {video}"
    slots = {
        name: state for each in remains.campaigns for name, state in states_in_slots(each).items()
    }
    records = {each.video_hash: each.version_state for each in remains.videos if each.version_state}
    if slots != records:
        yield f"the slots say {slots}, and the records {records}"
    expected = {path for video in remains.videos for path in objects_of(video)}
    evidence = {each.video_hash for each in remains.videos if each.phase is Phase.FAILED}
    paths = {path for path in remains.paths if not any(each in path for each in evidence)}
    paths -= kept_for_signed_urls(remains.campaigns, besides=expected)
    if expected != paths:
        yield f"missing are {sorted(expected - paths)}; unknown are {sorted(paths - expected)}"


def _money(remains: Remains, bill: Bill) -> Iterator[Finding]:
    """What was spent is what the bill says; what no record has may be on it."""
    for campaign in remains.campaigns:
        mine = [each for each in remains.videos if each.campaign_id == campaign.campaign_id]
        if recomputed(campaign, mine) != campaign.money:
            yield Finding(Kind.DISAGREEMENT, f"{campaign.money} is not the sum of its attempts")
    if not remains.campaigns:
        # A deleted campaign takes what it has spent along; the day keeps it.
        return
    spent = sum((each.money.spent for each in remains.campaigns), ZERO)
    held = sum((each.money.possibly_spent for each in remains.campaigns), ZERO)
    prices = {video.video_hash: _cost(video) for video in remains.videos}
    billed = sum((prices.get(each, PRICE) for each in bill.made()), ZERO)
    if spent != billed:
        yield Finding(Kind.DISAGREEMENT, f"{spent} of {billed} dollars are spent, {held} held")


def event_disagreements(remains: Remains, ports: Ports) -> tuple[Finding, ...]:
    """What has ended has its event, and each event its end."""
    batches = ports.batches.list(after=None, limit=_MANY)
    events = ports.events.list(EventQuery(limit=_MANY))
    return tuple(
        Finding(Kind.NO_EVENT, each) for each in event_problems(remains.videos, batches, events)
    )


def _cost(video: Video) -> Decimal:
    """Return what the bill says: the price, or the cost of tokens that a video has recorded."""
    is_counted = video.parameters.model == OMNI and video.cost.actual == COUNTED
    return COUNTED if is_counted else price(video.parameters)


def day_disagreements(remains: Remains, ports: Ports) -> tuple[Finding, ...]:
    """A day holds what its campaigns hold, by the prices that were reserved."""
    day = ports.campaigns.get_day(ports.now().date())
    held = sum((each.money.committed for each in remains.campaigns), ZERO)
    held += sum((price(each.parameters) - _cost(each) for each in remains.videos), ZERO)
    if day.committed == held or not remains.campaigns:
        return ()
    sentence = f"the day holds {day.committed} dollars, and its campaigns {held}"
    return (Finding(Kind.DISAGREEMENT, sentence),)
