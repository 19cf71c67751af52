"""Random histories of the whole system in memory: requests, deliveries, crashes, faults, time."""

import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import partial
from itertools import count
from typing import Any
from unittest.mock import patch

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.domain.agreement import Disagreement
from shared.domain.errors import (
    ConflictError,
    GenerationRefusedError,
    GeneratorBusyError,
    RetryLaterError,
    ShowreelError,
    StorageError,
    SubmissionUnknownError,
    UnavailableError,
)
from shared.domain.money import ZERO
from shared.domain.settlement import recomputed
from shared.domain.storage_layout import CURSOR, video_of_clip
from shared.domain.video import AttemptOutcome, Phase
from shared.ports import Ports
from shared.ports.message_queue import VideoMessage
from shared.ports.video_generator import Failed, Gone
from shared.use_cases.change_versions import (
    cancel_video,
    delete_video,
    promote_video,
    restore_video,
)
from shared.use_cases.cleanup_campaign import cleanup_campaign
from shared.use_cases.create_videos import CreateVideos, Draft, create_videos
from shared.use_cases.generate_video import generate_video
from shared.use_cases.maintain_campaigns import maintain_campaigns
from shared.use_cases.reconcile import find_disagreements
from shared.use_cases.reconcile_next import reconcile_next
from shared.use_cases.regenerate_videos import regenerate_campaign, regenerate_video
from tests.chaos.findings import Finding, Kind
from tests.chaos.report import Row
from tests.chaos.safeguards import Weaken, take_nothing_out
from tests.chaos.sections import Tell
from tests.fakes.ports import FakePolicy, FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.rules import (
    assert_agreement,
    assert_nothing_is_paid_twice,
    assert_videos_are_playable,
    assert_what_is_paid_for_is_kept,
    states_in_slots,
)
from tests.unit.use_cases.scenes import PARAMETERS, PRICE, settle
from tests.unit.use_cases.watching import Hooks, Once, watched

CAMPAIGN_IDS = ("autumn", "spring")
PROMPTS = ("A boat.", "A fox.", "A kite.")
LEASED = (Phase.SUBMITTING, Phase.GENERATING, Phase.STORING)
MOST_CALLS = 30
_HUNDRED = 100
_LONGEST = 50
HOUR = timedelta(hours=1)


class ProcessDiedError(BaseException):
    """Nothing catches it, as nothing catches a SIGKILL."""


class Moment(StrEnum):
    BEFORE = "before its effect"
    AFTER = "after its effect"


@dataclass(frozen=True)
class Fault:
    """What goes wrong at one of the calls that a process makes."""

    error: type[BaseException]
    call: int
    moment: Moment

    def on(self, ports: FakePorts) -> Ports:
        def act() -> None:
            raise self.error("It was meant to go wrong.")

        once = Once(act, at=self.call)
        if self.moment is Moment.BEFORE:
            return watched(ports, Hooks(before_effect=once))
        return watched(ports, Hooks(after_effect=once))


ERRORS = (ProcessDiedError, UnavailableError, StorageError, ConflictError)
FAULTS = st.none() | st.builds(
    Fault, st.sampled_from(ERRORS), st.integers(0, MOST_CALLS), st.sampled_from(Moment)
)

NUMBERS = st.integers(0, 99)
"""Of videos, in the order in which they came; counted over and over."""

SCRIPTS = {
    "succeeds": Script(),
    "takes its time": Script(running_checks=3),
    "never ends": Script(running_checks=1000),
    "is busy": Script(raises=GeneratorBusyError("429", retry_after=timedelta(seconds=30))),
    "refuses": Script(raises=GenerationRefusedError("No.", code="invalid_request")),
    "loses the request": Script(raises=SubmissionUnknownError("Dropped.")),
    "loses the answer": Script(raises=SubmissionUnknownError("Dropped."), is_accepted=True),
    "is filtered": Script(ending=Failed(code="content_filtered", message="A policy.")),
    "fails": Script(
        ending=Failed(code="provider_error", message="It broke.", possibly_billed=True)
    ),
    "forgets": Script(ending=Gone()),
    "cannot be asked": Script(ending=UnavailableError("503")),
    "writes garbage": Script(ending=b"<html>"),
    "writes nothing": Script(ending=b""),
}


class Sequences(RuleBasedStateMachine):
    """Checks at every step what may never break, and at the end that all comes to rest in order.

    `weaken` takes a safeguard out. `told` counts the histories that came to rest.
    """

    weaken: Weaken = staticmethod(take_nothing_out)
    told = 0

    @initialize(
        budget=st.none() | st.integers(1, 9),
        day=st.none() | st.integers(1, 9),
        retries=st.integers(0, 1),
        keep=st.integers(1, 2),
        trash=st.sampled_from([0, 7]),
    )
    def begin(
        self, budget: int | None, day: int | None, retries: int, keep: int, trash: int
    ) -> None:
        self.ports = FakePorts(
            policy=FakePolicy(
                campaign_budget_usd=None if budget is None else budget * PRICE,
                daily_budget_usd=None if day is None else day * PRICE,
                filtered_retries=retries,
                keep_historical=keep,
                trash_days=trash,
            )
        )
        self.has_gone_back = False
        # The same history has the same names, so that it can be replayed.
        names = (f"{number:016x}" for number in count())
        self.naming = patch("secrets.token_hex", lambda _: next(names))
        self.naming.start()

    # What callers do.

    @rule(
        campaign_id=st.sampled_from(CAMPAIGN_IDS),
        prompts=st.lists(st.sampled_from(PROMPTS), min_size=1, max_size=3),
        by_position=st.booleans(),
        fault=FAULTS,
    )
    def create(
        self, *, campaign_id: str, prompts: list[str], by_position: bool, fault: Fault | None
    ) -> None:
        drafts = tuple(
            Draft(prompt=prompt, index=index if by_position else None)
            for index, prompt in enumerate(prompts)
        )
        request = CreateVideos(campaign_id=campaign_id, drafts=drafts, parameters=PARAMETERS)
        self.do(lambda ports: create_videos(ports, request), fault)

    @rule(number=NUMBERS, fault=FAULTS)
    def regenerate(self, *, number: int, fault: Fault | None) -> None:
        self.do_with_a_video(regenerate_video, number, fault)

    @rule(campaign_id=st.sampled_from(CAMPAIGN_IDS), fault=FAULTS)
    def regenerate_all(self, *, campaign_id: str, fault: Fault | None) -> None:
        self.do(lambda ports: regenerate_campaign(ports, campaign_id), fault)

    @rule(number=NUMBERS, fault=FAULTS)
    def promote(self, *, number: int, fault: Fault | None) -> None:
        self.do_with_a_video(promote_video, number, fault)

    @rule(number=NUMBERS, fault=FAULTS)
    def cancel(self, *, number: int, fault: Fault | None) -> None:
        self.do_with_a_video(cancel_video, number, fault)

    @rule(number=NUMBERS, purge=st.booleans(), fault=FAULTS)
    def delete(self, *, number: int, purge: bool, fault: Fault | None) -> None:
        self.do_with_a_video(partial(delete_video, purge=purge), number, fault)

    @rule(number=NUMBERS, fault=FAULTS)
    def restore(self, *, number: int, fault: Fault | None) -> None:
        self.do_with_a_video(restore_video, number, fault)

    @rule(campaign_id=st.sampled_from(CAMPAIGN_IDS), keep=st.integers(0, 1), fault=FAULTS)
    def clean_up(self, *, campaign_id: str, keep: int, fault: Fault | None) -> None:
        self.do(lambda ports: cleanup_campaign(ports, campaign_id, keep=keep), fault)

    # What the world does.

    @rule(name=st.sampled_from(sorted(SCRIPTS)))
    def the_next_submission(self, *, name: str) -> None:
        self.ports.generator.will(SCRIPTS[name])

    @rule(number=NUMBERS, fault=FAULTS)
    def deliver(self, *, number: int, fault: Fault | None) -> None:
        """Deliver a message for any video: late, early, twice, or in another order."""
        self.do_with_a_video(_take_a_step, number, fault)

    @rule(fault=FAULTS)
    def deliver_all(self, *, fault: Fault | None) -> None:
        self.do(
            lambda ports: self.ports.queue.deliver_all(
                lambda message: generate_video(ports, message)
            ),
            fault,
        )

    @rule()
    def lose_messages(self) -> None:
        self.ports.queue._waiting.clear()

    @rule()
    def clips_appear(self) -> None:
        for submission in self.ports.generator.let_clips_appear():
            self.ports.queue.publish(
                VideoMessage(campaign_id=submission.campaign_id, video_hash=submission.video_hash)
            )

    @rule(seconds=st.sampled_from([1, 15, 40, 100, 1000, 3000, 90_000, 3_000_000]))
    def time_passes(self, *, seconds: int) -> None:
        self.ports.clock.advance(timedelta(seconds=seconds))

    @precondition(lambda self: not self.has_gone_back)
    @rule()
    def the_clock_goes_back(self) -> None:
        self.has_gone_back = True
        self.ports.clock.advance(-HOUR)

    @rule(fault=FAULTS)
    def tick(self, *, fault: Fault | None) -> None:
        self.do(maintain_campaigns, fault)
        self.do(reconcile_next, fault)

    # What may never break.

    @invariant()
    def what_is_current_is_playable(self) -> None:
        assert_videos_are_playable(self.ports)

    @invariant()
    def a_video_is_paid_once(self) -> None:
        assert_nothing_is_paid_twice(self.ports)

    @invariant()
    def a_slot_has_one_paid_operation_in_flight(self) -> None:
        in_flight = Counter(
            (video.campaign_id, video.index)
            for video in self.ports.campaigns.videos.values()
            if not video.has_ended
            and video.attempts
            and video.attempt.outcome is AttemptOutcome.OPEN
        )
        assert set(in_flight.values()) <= {1}

    @invariant()
    def money_is_the_sum_of_attempts(self) -> None:
        for campaign in self.ports.campaigns.campaigns.values():
            videos = [
                video
                for video in self.ports.campaigns.videos.values()
                if video.campaign_id == campaign.campaign_id
            ]
            assert recomputed(campaign, videos) == campaign.money

    @invariant()
    def every_unfinished_video_is_due(self) -> None:
        for video in self.ports.campaigns.videos.values():
            if not video.is_possibly_billed:
                assert (video.due_at is None) == video.has_ended
            if video.phase not in LEASED:
                assert video.lease_expires_at is None

    @invariant()
    def slots_and_records_agree(self) -> None:
        referred = {
            video_hash: state
            for campaign in self.ports.campaigns.campaigns.values()
            for video_hash, state in states_in_slots(campaign).items()
        }
        videos = self.ports.campaigns.videos.values()
        assert referred == {
            video.video_hash: video.version_state for video in videos if video.version_state
        }

    @invariant()
    def budgets_are_kept(self) -> None:
        budget = self.ports.policy.campaign_budget_usd
        for campaign in self.ports.campaigns.campaigns.values():
            assert budget is None or campaign.money.committed <= budget
        limit = self.ports.policy.daily_budget_usd
        days = self.ports.campaigns.days.values()
        assert limit is None or all(day.committed <= limit for day in days)

    def teardown(self) -> None:
        """Let all come to rest without any more faults, and look at what there is."""
        if not hasattr(self, "ports"):
            return
        self.naming.stop()
        settle(self.ports)
        for _ in range(len(CAMPAIGN_IDS) + 1):
            reconcile_next(self.ports)
        maintain_campaigns(self.ports)
        settle(self.ports)
        del self.ports.objects.objects[CURSOR]
        self.forget_clips_of_deleted_videos()
        self.check_invariants_at_rest()
        type(self).told += 1

    def check_invariants_at_rest(self) -> None:
        assert_agreement(self.ports)
        assert_what_is_paid_for_is_kept(self.ports)
        self.money_agrees_with_the_bill()
        for campaign_id in self.ports.campaigns.campaigns:
            found = find_disagreements(self.ports, campaign_id)
            kinds = {finding.kind for finding in found}
            assert kinds <= {Disagreement.MONEY_AT_RISK, Disagreement.OBJECT_WITHOUT_RECORD}

    def forget_clips_of_deleted_videos(self) -> None:
        """One that comes after its failed video was deleted is left to the lifecycle rule."""
        known = {video_hash for _, video_hash in self.ports.campaigns.videos}
        for path in list(self.ports.objects.objects):
            clip = video_of_clip(path)
            if clip and clip[1] not in known:
                del self.ports.objects.objects[path]

    def money_agrees_with_the_bill(self) -> None:
        """What is known to be spent was billed; what was billed is spent, or held for it."""
        money = [campaign.money for campaign in self.ports.campaigns.campaigns.values()]
        spent = sum((each.spent for each in money), ZERO)
        held = sum((each.possibly_spent for each in money), ZERO)
        operations = self.ports.generator.operations.values()
        billed = PRICE * sum(isinstance(each.script.ending, bytes) for each in operations)
        assert spent <= billed <= spent + held
        assert Decimal(0) == sum((each.reserved for each in money), ZERO)

    def do(self, act: Callable[[Ports], object], fault: Fault | None) -> None:
        ports = watched(self.ports, Hooks()) if fault is None else fault.on(self.ports)
        with suppress(ShowreelError, RetryLaterError, ProcessDiedError):
            act(self.weaken(ports))

    def do_with_a_video(self, act: Callable[..., Any], number: int, fault: Fault | None) -> None:
        videos = list(self.ports.campaigns.videos)
        if videos:
            place = videos[number % len(videos)]
            self.do(lambda ports: act(ports, *place), fault)


def run_sequences(*, rounds: int, seed: int, tell: Tell, weaken: Weaken) -> list[Row]:
    """Run so many hundreds of histories; report the shortest one found that breaks a rule."""
    row = Row(what="any history, in memory", points=len(SCRIPTS))
    members = {"weaken": staticmethod(weaken), "told": 0}
    machine: type[Sequences] = type("Sequences", (Sequences,), members)
    try:
        with patch("time.sleep"):
            run_state_machine_as_test(
                hypothesis.seed(seed)(machine),
                settings=_settings(rounds * _HUNDRED, _phases(weaken)),
            )
    except Exception:  # noqa: BLE001  # Whatever is wrong with a history is what was looked for.
        row.add([Finding(Kind.DISAGREEMENT, "see above")])
        tell(f"any history, of seed {seed}:\n{traceback.format_exc()}")
    row.histories += machine.told
    return [row]


def _phases(weaken: Weaken) -> tuple[hypothesis.Phase, ...]:
    """A history that is meant to fail is not printed, so it is not shrunk."""
    made = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    return (*made, hypothesis.Phase.shrink) if weaken is take_nothing_out else made


def _settings(histories: int, phases: tuple[hypothesis.Phase, ...]) -> hypothesis.settings:
    return hypothesis.settings(
        phases=phases,
        max_examples=histories,
        stateful_step_count=_LONGEST,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )


def _take_a_step(ports: Ports, campaign_id: str, video_hash: str) -> None:
    generate_video(ports, VideoMessage(campaign_id=campaign_id, video_hash=video_hash))
