"""The rules that may never break, after every step of generated histories of two campaigns."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from shared.domain.campaign import Campaign, Change, Chore, ChoreKind
from shared.domain.chores import without_chores
from shared.domain.errors import CampaignVideoLimitError, SlotBusyError, WrongStateError
from shared.domain.limits import Limits
from shared.domain.reservation import new_version, new_video
from shared.domain.versions import (
    becomes_current,
    cancel,
    complete,
    fail,
    promote,
    remove,
    reserve,
    surplus,
)
from shared.domain.video import (
    ENDED,
    AttemptOutcome,
    Failure,
    GenerationParameters,
    Phase,
    VersionState,
    Video,
    begin_attempt,
    begin_check,
    begin_storing,
    outcome_unknown,
    still_generating,
    submission_accepted,
    submission_postponed,
)
from tests.unit.domain.builders import CLIP, MODEL, NOW, a_campaign
from tests.unit.domain.ledger import Place, money_of, place_of

FAILURE = Failure(code="provider_failed", message="The generator failed.")
SUBMITTED = (Phase.SUBMITTING, Phase.GENERATING, Phase.OUTCOME_UNKNOWN, Phase.STORING)
UNFINISHED = (Phase.RESERVED, *SUBMITTED)
CAMPAIGN_IDS = ("autumn", "spring")
PARAMETERS = st.builds(
    GenerationParameters, model=st.just(MODEL), duration_seconds=st.sampled_from([4, 8])
)
Step = Callable[[Campaign, Video, datetime], object]

STEPS: dict[str, tuple[frozenset[Phase], Step]] = {
    "begin_attempt": (
        frozenset({Phase.RESERVED}),
        lambda _, video, now: begin_attempt(video, now=now, lease_expires_at=now),
    ),
    "submission_accepted": (
        frozenset({Phase.SUBMITTING, Phase.OUTCOME_UNKNOWN}),
        lambda _, video, now: submission_accepted(
            video, operation="op", expected_at=now, due_at=now
        ),
    ),
    "submission_postponed": (
        frozenset({Phase.SUBMITTING}),
        lambda _, video, now: submission_postponed(video, until=now),
    ),
    "outcome_unknown": (
        frozenset({Phase.SUBMITTING, Phase.GENERATING, Phase.OUTCOME_UNKNOWN}),
        lambda _, video, now: outcome_unknown(video, due_at=now),
    ),
    "begin_check": (
        frozenset({Phase.GENERATING}),
        lambda _, video, now: begin_check(video, lease_expires_at=now),
    ),
    "still_generating": (
        frozenset({Phase.GENERATING}),
        lambda _, video, now: still_generating(video, due_at=now),
    ),
    "begin_storing": (
        frozenset({*SUBMITTED, Phase.FAILED}),
        lambda _, video, now: begin_storing(video, lease_expires_at=now),
    ),
    "complete": (
        frozenset({Phase.STORING}),
        lambda campaign, video, now: complete(campaign, video, replaced=None, clip=CLIP, now=now),
    ),
    "fail": (
        frozenset(UNFINISHED),
        lambda campaign, video, now: fail(
            campaign, video, failure=FAILURE, outcome=AttemptOutcome.BILLED, now=now
        ),
    ),
    "cancel": (
        frozenset(UNFINISHED),
        lambda campaign, video, now: cancel(campaign, video, now=now),
    ),
    "promote": (
        frozenset({Phase.DONE}),
        lambda campaign, video, now: promote(campaign, video, replaced=None, now=now),
    ),
    "remove": (ENDED, lambda campaign, video, now: remove(campaign, [video], now=now)),
}


def on_a_video(
    matches: Callable[[Video], bool], **drawn: st.SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Any]:
    """A rule that takes one of the videos that match, whenever there is one."""

    def decorate(step: Callable[..., None]) -> Any:  # noqa: ANN401
        def run(machine: "VersionRules", data: st.DataObject, **values: object) -> None:
            matching = [name for name, video in machine.videos.items() if matches(video)]
            video_hash = data.draw(st.sampled_from(matching), label=step.__name__)
            step(machine, machine.videos[video_hash], **values)

        run.__name__ = step.__name__
        guard = precondition(lambda machine: any(map(matches, machine.videos.values())))
        return guard(rule(data=st.data(), **drawn)(run))  # type: ignore[call-overload]  # no targets

    return decorate


def is_in(*phases: Phase) -> Callable[[Video], bool]:
    return lambda video: video.phase in phases


def may_have_a_clip(video: Video) -> bool:
    late = video.phase is Phase.FAILED and video.is_possibly_billed
    return late or video.phase in SUBMITTED


class Course(Enum):
    """How a new video goes on; at once, where it does, so that histories grow long."""

    WAITS = "waits for the rules below"
    SUCCEEDS = "succeeds"
    IS_LOST = "is given up as possibly billed"


COURSES = st.sampled_from(Course)


class VersionRules(RuleBasedStateMachine):
    """Takes the decisions of the use cases on records in memory, beside a plain model of them."""

    @initialize(limit=st.integers(1, 4))
    def start(self, limit: int) -> None:
        self.limit = limit
        self.now = NOW
        self.campaigns = {name: a_campaign(name) for name in CAMPAIGN_IDS}
        self.videos: dict[str, Video] = {}
        self.removed: dict[str, Video] = {}
        self.places = {(name, index): Place() for name in CAMPAIGN_IDS for index in range(limit)}
        self.dollars: dict[str, AttemptOutcome] = {}
        self.clips: dict[str, bool] = {}  # by video_hash: whether the clip's name says current
        self.regenerated: set[str] = set()

    # What callers do.

    @rule(
        campaign_id=st.sampled_from(CAMPAIGN_IDS),
        prompt=st.sampled_from(["A boat.", "A fox.", "A kite."]),
        parameters=PARAMETERS,
        index=st.none() | st.integers(0, 4),
        simulated=st.booleans(),
        course=COURSES,
    )
    def create(
        self,
        *,
        campaign_id: str,
        prompt: str,
        parameters: GenerationParameters,
        index: int | None,
        simulated: bool,
        course: Course,
    ) -> None:
        video = new_video(
            campaign_id=campaign_id,
            video_hash=self.next_hash(),
            index=index or 0,
            prompt=prompt,
            business_context={},
            parameters=parameters,
            metadata={},
            simulated=simulated,
            now=self.now,
        )
        campaign = self.campaigns[campaign_id]
        known = campaign.find(video.fingerprint)
        assert (known is not None) == self.answers(video)
        if known is not None:
            return
        if index is None:
            if not self.free_indexes(campaign_id):
                with pytest.raises(CampaignVideoLimitError):
                    campaign.free_index(self.limit)
                return
            video = replace(video, index=campaign.free_index(self.limit))
            assert video.index == self.free_indexes(campaign_id)[0]
        self.reserve(video, course)

    @on_a_video(lambda _: True, course=COURSES)
    def regenerate(self, source: Video, *, course: Course) -> None:
        if self.place(source).pending is not None:
            return
        video = new_version(
            source, video_hash=self.next_hash(), simulated=source.cost.simulated, now=self.now
        )
        self.regenerated.add(video.video_hash)
        self.reserve(video, course)

    @on_a_video(is_in(*UNFINISHED))
    def cancel(self, video: Video) -> None:
        self.commit(cancel(self.campaign(video), video, now=self.now))
        if video.phase is Phase.RESERVED:
            self.place(video).take_out(video.video_hash)
            self.dollars[video.video_hash] = AttemptOutcome.NOT_BILLED

    @on_a_video(lambda video: video.version_state is VersionState.HISTORICAL)
    def promote(self, video: Video) -> None:
        replaced = self.videos.get(self.place(video).current or "")
        self.commit(promote(self.campaign(video), video, replaced=replaced, now=self.now))
        self.place(video).show(video.video_hash)

    @on_a_video(is_in(*ENDED))
    def delete(self, video: Video) -> None:
        self.commit(remove(self.campaign(video), [video], now=self.now))
        self.place(video).take_out(video.video_hash)

    @precondition(lambda self: any(place.historical for place in self.places.values()))
    @rule(campaign_id=st.sampled_from(CAMPAIGN_IDS), keep=st.integers(0, 2))
    def clean_up(self, campaign_id: str, keep: int) -> None:
        campaign = self.campaigns[campaign_id]
        old = surplus(campaign, keep)
        self.commit(remove(campaign, [self.videos[each] for each in old], now=self.now))
        for (owner, _), place in self.places.items():
            if owner == campaign_id:
                del place.historical[keep:]

    # What becomes of submissions.

    @on_a_video(lambda video: video.phase is Phase.RESERVED and not video.cancel_requested)
    def submit(self, video: Video) -> None:
        self.keep(begin_attempt(video, now=self.now, lease_expires_at=self.soon))

    @on_a_video(is_in(Phase.SUBMITTING, Phase.OUTCOME_UNKNOWN))
    def accept(self, video: Video) -> None:
        self.keep(
            submission_accepted(video, operation="op", expected_at=self.soon, due_at=self.soon)
        )

    @on_a_video(is_in(Phase.GENERATING))
    def check(self, video: Video) -> None:
        checked = begin_check(video, lease_expires_at=self.soon)
        self.keep(still_generating(checked, due_at=self.soon))

    @on_a_video(is_in(Phase.SUBMITTING))
    def postpone(self, video: Video) -> None:
        self.keep(submission_postponed(video, until=self.soon))

    @on_a_video(is_in(Phase.SUBMITTING, Phase.GENERATING, Phase.OUTCOME_UNKNOWN))
    def lose_sight(self, video: Video) -> None:
        self.keep(outcome_unknown(video, due_at=self.soon))

    @on_a_video(may_have_a_clip)
    def find_clip(self, video: Video) -> None:
        self.store(video)

    @on_a_video(is_in(Phase.STORING))
    def complete(self, video: Video) -> None:
        self.finish(video)

    @on_a_video(
        is_in(*UNFINISHED),
        outcome=st.sampled_from(
            [AttemptOutcome.BILLED, AttemptOutcome.NOT_BILLED, AttemptOutcome.POSSIBLY_BILLED]
        ),
    )
    def fail(self, video: Video, *, outcome: AttemptOutcome) -> None:
        waits = video.phase is Phase.RESERVED
        self.end(video, AttemptOutcome.NOT_BILLED if waits else outcome)

    @precondition(lambda self: any(campaign.chores for campaign in self.campaigns.values()))
    @rule(data=st.data(), campaign_id=st.sampled_from(CAMPAIGN_IDS))
    def finish_chores(self, data: st.DataObject, campaign_id: str) -> None:
        campaign = self.campaigns[campaign_id]
        done = [chore for chore in campaign.chores if data.draw(st.booleans(), label=str(chore))]
        for chore in done:
            self.carry_out(campaign_id, chore)
        self.commit(Change(campaign=without_chores(campaign, done)))

    @on_a_video(lambda _: True, name=st.sampled_from(sorted(STEPS)))
    def refuse(self, video: Video, *, name: str) -> None:
        """A step that does not lead from where the video is changes nothing."""
        allowed, step = STEPS[name]
        if video.phase in allowed and not self.forbids(name, video):
            return
        with pytest.raises(WrongStateError):
            step(self.campaign(video), video, self.now)

    # What holds after every step.

    @invariant()
    def slots_hold_what_happened(self) -> None:
        for (campaign_id, index), place in self.places.items():
            assert place_of(self.campaigns[campaign_id].slot(index)) == place

    @invariant()
    def records_and_slots_agree(self) -> None:
        for video in self.videos.values():
            assert video.version_state is self.place(video).state_of(video.video_hash)
        referred = [
            version.video_hash
            for campaign in self.campaigns.values()
            for slot in campaign.slots
            for version in (*slot.versions, *slot.historical)
        ]
        assert len(referred) == len(set(referred))
        assert set(referred) <= set(self.videos)

    @invariant()
    def what_is_shown_can_be_played(self) -> None:
        for place in self.places.values():
            for video_hash in [*place.historical, *([place.current] if place.current else [])]:
                assert self.videos[video_hash].phase is Phase.DONE
                assert video_hash in self.clips

    @invariant()
    def money_adds_up(self) -> None:
        for campaign_id, campaign in self.campaigns.items():
            entries = [
                (video, self.dollars[video.video_hash])
                for video in self.ever()
                if video.campaign_id == campaign_id
            ]
            assert campaign.money == money_of(entries)
            assert campaign.money.reserved >= 0
            assert campaign.money.possibly_spent >= 0

    @invariant()
    def every_video_says_what_it_cost(self) -> None:
        for video in self.ever():
            expected = {
                AttemptOutcome.BILLED: video.cost.estimated,
                AttemptOutcome.NOT_BILLED: 0,
            }.get(self.dollars[video.video_hash])
            assert video.cost.actual == expected

    @invariant()
    def a_slot_has_one_paid_operation_in_flight(self) -> None:
        in_flight = Counter(
            (video.campaign_id, video.index)
            for video in self.ever()
            for attempt in video.attempts
            if attempt.outcome is AttemptOutcome.OPEN
        )
        assert set(in_flight.values()) <= {1}

    @invariant()
    def a_video_is_paid_for_once(self) -> None:
        for video in self.ever():
            *earlier, _ = [None, *video.attempts]
            assert all(
                each is None or each.outcome is AttemptOutcome.NOT_BILLED for each in earlier
            )

    @invariant()
    def a_fingerprint_is_in_flight_once_unless_regenerated(self) -> None:
        in_flight = Counter(
            video.fingerprint
            for video in self.videos.values()
            if video.version_state is VersionState.PENDING
            and video.video_hash not in self.regenerated
        )
        assert set(in_flight.values()) <= {1}

    @invariant()
    def the_cap_is_kept(self) -> None:
        for campaign in self.campaigns.values():
            assert [slot.index for slot in campaign.slots] == sorted(
                {slot.index for slot in campaign.slots} & set(range(self.limit))
            )

    @invariant()
    def every_unfinished_video_will_be_looked_at(self) -> None:
        for video in self.videos.values():
            if not video.is_possibly_billed:
                assert (video.due_at is None) == video.has_ended
            if video.phase not in (Phase.SUBMITTING, Phase.GENERATING, Phase.STORING):
                assert video.lease_expires_at is None

    @invariant()
    def chores_cover_every_wrong_name(self) -> None:
        chores = [chore for campaign in self.campaigns.values() for chore in campaign.chores]
        assert len(chores) == len(set(chores))
        renamed = {each.video_hash for each in chores if each.kind is ChoreKind.RENAME}
        removed = {each.video_hash for each in chores if each.kind is ChoreKind.REMOVE}
        assert removed <= set(self.removed)
        assert renamed <= {video.video_hash for video in self.videos.values() if video.clip}
        for video_hash, named_current in self.clips.items():
            if video_hash in self.removed:
                assert video_hash in removed
            elif self.videos[video_hash].clip is not None:
                agrees = named_current == self.videos[video_hash].is_current
                assert agrees or video_hash in renamed

    # The world around the rules.

    @property
    def soon(self) -> datetime:
        return self.now + timedelta(minutes=1)

    def next_hash(self) -> str:
        return f"{len(self.dollars):016x}"

    def ever(self) -> list[Video]:
        return [*self.videos.values(), *self.removed.values()]

    def campaign(self, video: Video) -> Campaign:
        return self.campaigns[video.campaign_id]

    def place(self, video: Video) -> Place:
        return self.places[video.campaign_id, video.index]

    def free_indexes(self, campaign_id: str) -> list[int]:
        indexes = range(self.limit)
        return [index for index in indexes if self.places[campaign_id, index].is_free]

    def answers(self, video: Video) -> bool:
        """Whether a current or pending video has this fingerprint."""
        return any(
            other.fingerprint == video.fingerprint
            and other.version_state in (VersionState.CURRENT, VersionState.PENDING)
            for other in self.videos.values()
        )

    def forbids(self, name: str, video: Video) -> bool:
        """Whether more than its phase keeps `video` from the step."""
        if name == "begin_attempt":
            return video.cancel_requested
        if name == "begin_storing":
            return video.phase is Phase.FAILED and not video.is_possibly_billed
        return name == "promote" and video.is_current

    def would_show(self, video: Video) -> bool:
        place = self.place(video)
        return not video.cancel_requested and (place.pending == video.video_hash or place.is_free)

    def reserve(self, video: Video, course: Course) -> None:
        campaign = self.campaign(video)
        if video.index >= self.limit:
            with pytest.raises(CampaignVideoLimitError):
                reserve(campaign, video, Limits(videos=self.limit))
            return
        if self.place(video).pending is not None:
            with pytest.raises(SlotBusyError):
                reserve(campaign, video, Limits(videos=self.limit))
            return
        self.commit(reserve(campaign, video, Limits(videos=self.limit)))
        self.place(video).pending = video.video_hash
        self.dollars[video.video_hash] = AttemptOutcome.OPEN
        if course is not Course.WAITS:
            self.run_through(video, course)

    def run_through(self, video: Video, course: Course) -> None:
        submitted = begin_attempt(video, now=self.now, lease_expires_at=self.soon)
        unheard_of = outcome_unknown(submitted, due_at=self.soon)
        self.keep(unheard_of)
        if course is Course.IS_LOST:
            self.end(unheard_of, AttemptOutcome.POSSIBLY_BILLED)
            return
        self.store(unheard_of)
        self.finish(self.videos[video.video_hash])

    def store(self, video: Video) -> None:
        """Claim the video and put its clip under the name of a current one."""
        self.keep(begin_storing(video, lease_expires_at=self.soon))
        self.clips[video.video_hash] = True

    def finish(self, video: Video) -> None:
        place = self.place(video)
        shown = self.would_show(video)
        assert becomes_current(self.campaign(video), video, CLIP) == shown
        replaced = self.videos.get(place.current or "") if shown else None
        self.commit(
            complete(self.campaign(video), video, replaced=replaced, clip=CLIP, now=self.now)
        )
        self.dollars[video.video_hash] = AttemptOutcome.BILLED
        if shown:
            place.show(video.video_hash)
        else:
            place.keep(video.video_hash)

    def end(self, video: Video, outcome: AttemptOutcome) -> None:
        self.commit(
            fail(self.campaign(video), video, failure=FAILURE, outcome=outcome, now=self.now)
        )
        self.clips.pop(video.video_hash, None)
        self.place(video).take_out(video.video_hash)
        self.dollars[video.video_hash] = outcome

    def carry_out(self, campaign_id: str, chore: Chore) -> None:
        if chore.kind is ChoreKind.REMOVE:
            self.clips.pop(chore.video_hash, None)
        else:
            place = self.places[campaign_id, chore.index]
            self.clips[chore.video_hash] = place.current == chore.video_hash

    def keep(self, video: Video) -> None:
        self.now += timedelta(seconds=1)
        self.videos[video.video_hash] = video

    def commit(self, change: Change) -> None:
        self.campaigns[change.campaign.campaign_id] = change.campaign
        for video in change.videos:
            self.keep(video)
        for video in change.removed:
            self.removed[video.video_hash] = self.videos.pop(video.video_hash)


TestVersionRules = VersionRules.TestCase
TestVersionRules.settings = settings(max_examples=100, stateful_step_count=50)
