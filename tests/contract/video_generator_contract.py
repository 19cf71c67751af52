"""What every video generator keeps."""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

import pytest

from shared.domain.errors import (
    GenerationRefusedError,
    GeneratorBusyError,
    SubmissionUnknownError,
    UnavailableError,
)
from shared.domain.model_registry import MODELS
from shared.domain.storage_layout import attempt_prefix, is_clip
from shared.domain.video import GenerationParameters
from shared.ports.object_store import ObjectStore
from shared.ports.video_generator import (
    CANCELLED,
    Failed,
    Gone,
    OperationState,
    Running,
    Submission,
    Succeeded,
    VideoGenerator,
)
from shared.settings import DEFAULT_MODEL
from tests.eventually import eventually


class Scenario(StrEnum):
    SUCCEEDS = "succeeds"
    RUNS = "runs for longer than the test"
    IS_BUSY = "has no quota left"
    REFUSES = "calls the request invalid"
    FILTERS = "finds that the clip offends a policy"
    FAILS = "breaks down"
    FORGETS = "does not know the operation any more"
    IS_CUT_OFF = "loses its answer to the submission"
    IS_SILENT = "does not answer a check"


MakeGenerator = Callable[[Scenario], VideoGenerator]


def a_submission(*, attempt: int = 1, model: str = DEFAULT_MODEL) -> Submission:
    """A short one: some generators make real clips of it."""
    prompt = "A red bicycle leans against a sunlit wall"
    return Submission(
        campaign_id="spring",
        video_hash="0123456789abcdef",
        index=0,
        attempt=attempt,
        prompt=prompt,
        enhanced_prompt=f"{prompt}\n\nBrand: Tidewater Cycles",
        parameters=GenerationParameters(model=model, duration_seconds=4),
        output_prefix=attempt_prefix("spring", "0123456789abcdef", attempt),
    )


def ended(generator: VideoGenerator, operation: str) -> OperationState:
    """Check until the operation does not run any more."""
    eventually(lambda: not isinstance(generator.check(operation), Running))
    return generator.check(operation)


def clips(objects: ObjectStore, submission: Submission) -> list[str]:
    return [each.path for each in objects.list(submission.output_prefix) if is_clip(each.path)]


class VideoGeneratorContract:
    """A subclass gives the fixtures `make_generator` and `objects`, where its clips appear."""

    model = DEFAULT_MODEL

    @pytest.fixture
    def generator(self, make_generator: MakeGenerator) -> VideoGenerator:
        return make_generator(Scenario.SUCCEEDS)

    def test_a_submission_ends_with_one_clip_under_its_prefix(
        self, generator: VideoGenerator, objects: ObjectStore
    ) -> None:
        submission = a_submission(model=self.model)

        accepted = generator.submit(submission)

        state = ended(generator, accepted.operation)
        assert isinstance(state, Succeeded)
        assert [state.clip_path] == clips(objects, submission)

    def test_an_accepted_submission_says_how_long_it_may_take(
        self, generator: VideoGenerator
    ) -> None:
        assert generator.submit(a_submission(model=self.model)).expected_in >= timedelta()

    def test_an_operation_that_is_done_may_be_checked_again(
        self, generator: VideoGenerator
    ) -> None:
        operation = generator.submit(a_submission(model=self.model)).operation
        first = ended(generator, operation)

        assert first == generator.check(operation)

    def test_each_attempt_has_an_operation_and_a_clip_of_its_own(
        self, generator: VideoGenerator
    ) -> None:
        operations = [
            generator.submit(a_submission(attempt=n, model=self.model)).operation for n in (1, 2)
        ]

        states = [ended(generator, operation) for operation in operations]

        assert len(set(operations)) == 2
        assert len(set(states)) == 2

    def test_a_running_operation_says_when_to_look_again(
        self, make_generator: MakeGenerator, objects: ObjectStore
    ) -> None:
        generator = make_generator(Scenario.RUNS)
        submission = a_submission(model=self.model)

        state = generator.check(generator.submit(submission).operation)

        assert isinstance(state, Running)
        assert state.check_after > timedelta()
        assert clips(objects, submission) == []

    def test_a_busy_generator_accepts_nothing_and_says_when_to_ask_again(
        self, make_generator: MakeGenerator, objects: ObjectStore
    ) -> None:
        submission = a_submission(model=self.model)

        with pytest.raises(GeneratorBusyError) as raised:
            make_generator(Scenario.IS_BUSY).submit(submission)

        assert raised.value.retry_after > timedelta()
        assert list(objects.list(submission.output_prefix)) == []

    def test_a_refused_submission_is_not_accepted_and_names_a_code(
        self, make_generator: MakeGenerator, objects: ObjectStore
    ) -> None:
        submission = a_submission(model=self.model)

        with pytest.raises(GenerationRefusedError) as raised:
            make_generator(Scenario.REFUSES).submit(submission)

        assert raised.value.code == "invalid_request"
        assert list(objects.list(submission.output_prefix)) == []

    def test_a_lost_answer_leaves_the_outcome_unknown(self, make_generator: MakeGenerator) -> None:
        with pytest.raises(SubmissionUnknownError):
            make_generator(Scenario.IS_CUT_OFF).submit(a_submission(model=self.model))

    @pytest.mark.parametrize(
        ("scenario", "code"),
        [(Scenario.FILTERS, "content_filtered"), (Scenario.FAILS, "provider_error")],
    )
    def test_an_operation_may_end_without_a_clip(
        self, make_generator: MakeGenerator, objects: ObjectStore, scenario: Scenario, code: str
    ) -> None:
        generator = make_generator(scenario)
        submission = a_submission(model=self.model)

        state = ended(generator, generator.submit(submission).operation)

        assert isinstance(state, Failed)
        assert state.code == code
        assert state.message
        assert clips(objects, submission) == []

    def test_an_operation_may_be_forgotten(
        self, make_generator: MakeGenerator, objects: ObjectStore
    ) -> None:
        generator = make_generator(Scenario.FORGETS)
        submission = a_submission(model=self.model)

        assert ended(generator, generator.submit(submission).operation) == Gone()
        assert clips(objects, submission) == []

    def test_a_check_without_an_answer_decides_nothing(self, make_generator: MakeGenerator) -> None:
        generator = make_generator(Scenario.IS_SILENT)
        operation = generator.submit(a_submission(model=self.model)).operation

        with pytest.raises(UnavailableError):
            generator.check(operation)

    def test_an_unknown_operation_is_gone(self, generator: VideoGenerator) -> None:
        operation = generator.submit(a_submission(model=self.model)).operation

        assert generator.check(f"{operation}0") == Gone()

    def test_a_cancelled_operation_can_be_checked(self, make_generator: MakeGenerator) -> None:
        generator = make_generator(Scenario.RUNS)
        operation = generator.submit(a_submission(model=self.model)).operation

        generator.cancel(operation)
        generator.cancel(operation)

        state = generator.check(operation)
        can_cancel = MODELS[self.model].can_cancel
        assert isinstance(state, Failed if can_cancel else Running)
        assert not isinstance(state, Failed) or (state.code, state.possibly_billed) == (
            CANCELLED,
            True,
        )

    def test_an_unknown_operation_may_be_cancelled(self, generator: VideoGenerator) -> None:
        operation = generator.submit(a_submission(model=self.model)).operation

        generator.cancel(f"{operation}0")
