"""Plan the lines of a batch, each as if those before it were committed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from shared.domain.batch import Batch
from shared.domain.campaign import Campaign, Change
from shared.domain.daily_budget import DayBudget, begins_warning, take
from shared.domain.errors import ConflictError, InvalidRequestError
from shared.domain.limits import require_max_cost
from shared.domain.queueing import spacing
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.versions import require_not_deleted
from shared.domain.video import Video
from shared.ports import Ports
from shared.ports.campaign_repository import VideoPage
from shared.use_cases.announcing import warn_of_day
from shared.use_cases.begin_campaign import TakenNames
from shared.use_cases.budgeting import of_day
from shared.use_cases.campaign_state import all_campaigns
from shared.use_cases.claims import Claim, hashes_of, made_before, require_not_deleted_since
from shared.use_cases.create_videos import (
    CreateVideos,
    plan_from,
    require_slots,
    require_usable,
    with_inputs,
)
from shared.use_cases.existing_versions import Wanted, needed_videos, wanted_of
from shared.use_cases.reserving import Plan, warnings_of

if TYPE_CHECKING:
    from shared.domain.events import Event


class Line(Struct, frozen=True, kw_only=True):
    """A line with its request, or with the error for which it is refused.

    `number` is that of the line in the file, from 1.
    """

    number: int
    campaign_id: str
    request: CreateVideos | None = None
    error: InvalidRequestError | None = None


class Lines(Protocol):
    """The lines of a batch."""

    def __len__(self) -> int: ...

    def read(self, first: int, count: int) -> Sequence[Line]:
        """Return up to `count` lines from `first`, counted from 0."""


class _Known(Struct, frozen=True, kw_only=True):
    """What was read for one line. `needed` are the videos that its plan is made with.

    With an `unreadable` record or an `error`, nothing is decided. `request` has its pictures.
    """

    request: CreateVideos
    error: InvalidRequestError | None = None
    made: dict[int, Video] = field(default_factory=dict)
    wanted: tuple[Wanted, ...] = ()
    needed: tuple[str, ...] = ()
    unreadable: Unreadable | None = None


_NO_VIDEOS = VideoPage(videos=(), has_more=False)


class LinePlanner:
    """Plans lines by two calls, which read all their campaigns. Nothing is committed.

    The lines' dollars are taken from `day`, if it is given. Raise ConflictError if a video was
    deleted between the two calls.
    """

    def __init__(self, ports: Ports, lines: Iterable[Line], day: DayBudget | None = None) -> None:
        self._ports = ports
        self._requests = {line.number: line.request for line in lines if line.request}
        self._campaigns: dict[str, Campaign] = {}
        self._changed: defaultdict[str, dict[str, Video]] = defaultdict(dict)
        self._names = TakenNames(ports.objects, all_campaigns(ports.campaigns))
        self._not_deleted: set[str] = set()
        self._warnings: defaultdict[str, list[Event]] = defaultdict(list)
        self._stored = ports.campaigns.get_many(self._claimed())
        self._known = {number: self._read(each) for number, each in self._requests.items()}
        self._pages = self._needed_pages()
        self._first_day = self._day = day

    def plan(self, line: Line) -> Plan:
        """Return the plan of a line. Raise the error for which it is refused."""
        if line.error is not None:
            raise line.error
        known = self._known[line.number]
        request = known.request
        if known.unreadable is not None:
            raise known.unreadable.error()
        if known.error is not None:
            raise known.error
        require_usable(self._ports, request)
        require_slots(self._ports, request)
        campaign = self._campaign(request.campaign_id)
        require_not_deleted(campaign)
        if not known.made:
            self._require_not_deleted(request, campaign)
        plan = plan_from(
            self._ports,
            request,
            known.wanted,
            made=known.made,
            campaign=campaign,
            videos=self._videos(request.campaign_id, known.needed),
        )
        require_max_cost(plan.cost, request.max_cost)
        self._take(plan)
        return plan

    def changes(self) -> tuple[Change, ...]:
        """Return the changes of all planned lines, for one commit."""
        changes = tuple(
            Change(
                campaign=self._campaigns[campaign_id],
                videos=tuple(videos.values()),
                events=tuple(self._warnings[campaign_id]),
            )
            for campaign_id, videos in self._changed.items()
        )
        if self._day is None or self._day is self._first_day:
            return changes
        return replace(changes[0], days=(self._day,)), *changes[1:]

    def warn(self) -> None:
        """Log that the changes, which are committed, bring the day's budget to 80 %."""
        before, after, budget = self._first_day, self._day, self._ports.policy.daily_budget_usd
        if before and after and budget is not None and begins_warning(before, after):
            warn_of_day(after.day, used=after.committed, budget=budget)

    def _take(self, plan: Plan) -> None:
        """Make this line's changes visible to the following lines. Raise BudgetExceededError."""
        day, budget = self._day, self._ports.policy.daily_budget_usd
        if day is not None and budget is not None and plan.cost:
            self._day = day = take(day, budget=budget, amount=plan.cost)
        campaign_id = plan.campaign.campaign_id
        self._campaigns[campaign_id] = plan.campaign
        for video in plan.changed:
            dated = of_day(video, day.day) if day and not video.revision else video
            self._changed[campaign_id][video.video_hash] = dated
        self._warnings[campaign_id] += warnings_of(self._ports, plan)

    def _claimed(self) -> dict[str, list[str]]:
        """Return the names of the videos that the lines' claims may have made, by campaign."""
        claimed: dict[str, list[str]] = {}
        for request in self._requests.values():
            names = hashes_of(request.claim, range(len(request.drafts)))
            claimed.setdefault(request.campaign_id, []).extend(names)
        return claimed

    def _read(self, request: CreateVideos) -> _Known:
        campaign, page = self._stored[request.campaign_id]
        positions = range(len(request.drafts))
        own = set(hashes_of(request.claim, positions))
        unread = [each for each in page.unreadable if each.video_hash in own]
        if isinstance(campaign, Unreadable) or unread:
            first = campaign if isinstance(campaign, Unreadable) else unread[0]
            return _Known(request=request, unreadable=first)
        campaign = campaign or self._new(request.campaign_id)
        made = made_before(request.claim, positions, replace(page, unreadable=()))
        try:
            request = with_inputs(request, campaign)
        except InvalidRequestError as error:
            return _Known(request=request, error=error)
        wanted = wanted_of(campaign, request)
        needed = tuple(needed_videos(campaign, wanted, made))
        return _Known(request=request, made=made, wanted=wanted, needed=needed)

    def _needed_pages(self) -> dict[str, VideoPage]:
        needed: dict[str, list[str]] = {}
        for number, request in self._requests.items():
            if names := self._known[number].needed:
                needed.setdefault(request.campaign_id, []).extend(names)
        if not needed:
            return {}
        return {key: page for key, (_, page) in self._ports.campaigns.get_many(needed).items()}

    def _videos(self, campaign_id: str, needed: Iterable[str]) -> dict[str, Video]:
        """Return the needed videos, and those that the lines before this one change."""
        page = self._pages.get(campaign_id, _NO_VIDEOS)
        found = {video.video_hash: video for video in page.videos}
        unreadable = {each.video_hash: each for each in page.unreadable}
        for name in needed:
            if name in unreadable:
                raise unreadable[name].error()
            if name not in found:
                raise ConflictError("The campaign has changed. Read it again.")
        return {**found, **self._changed.get(campaign_id, {})}

    def _campaign(self, campaign_id: str) -> Campaign:
        """Return the campaign as the lines before leave it. Raise CampaignNameTakenError."""
        if campaign_id in self._campaigns:
            return self._campaigns[campaign_id]
        stored, _ = self._stored[campaign_id]
        if isinstance(stored, Campaign):
            return stored
        self._names.require_free(campaign_id)
        TakenNames(self._ports.objects, self._campaigns.values()).require_free(campaign_id)
        return self._new(campaign_id)

    def _new(self, campaign_id: str) -> Campaign:
        now = self._ports.now()
        return Campaign(campaign_id=campaign_id, created_at=now, updated_at=now)

    def _require_not_deleted(self, request: CreateVideos, campaign: Campaign) -> None:
        """Raise CampaignDeletedError if the campaign was deleted after the batch was accepted."""
        campaign_id, claim = request.campaign_id, request.claim
        if claim is None or campaign_id in self._not_deleted:
            return
        is_older = campaign.created_at <= datetime.fromisoformat(claim.claimed_at)
        if not (campaign.revision and is_older):
            require_not_deleted_since(self._ports, campaign_id, claim)
        self._not_deleted.add(campaign_id)


def claimed_lines(ports: Ports, batch: Batch, lines: Iterable[Line]) -> list[Line]:
    """Let each line make its videos once, even if the record of the batch is rebuilt.

    In the queue they take the places of a flow that begins with the batch.
    """
    claimed: list[Line] = []
    number = batch.created
    for line in lines:
        request = line.request
        if request is not None:
            name = f"{batch.batch_id}:{line.number}"
            claim = Claim(name=name, digest="", claimed_at=batch.created_at.isoformat())
            rate = ports.rates.get(request.parameters.model)
            place_at = batch.created_at + number * spacing(rate or 0)
            number += len(request.drafts)
            request = replace(request, claim=claim, batch_id=batch.batch_id, place_at=place_at)
        claimed.append(replace(line, request=request))
    return claimed
