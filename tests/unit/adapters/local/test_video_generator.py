import errno
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from shared.adapters.local import video_generator as module
from shared.adapters.local.clip import ClipSpec
from shared.adapters.local.video_generator import SyntheticVideoGenerator
from shared.domain.errors import (
    GeneratorBusyError,
    ShowreelError,
    StorageError,
    SubmissionUnknownError,
    UnavailableError,
)
from shared.domain.faults import parse_faults
from shared.domain.storage_layout import attempt_prefix
from shared.domain.values import replace
from shared.domain.video import GenerationParameters
from shared.ports.video_generator import Failed, Gone, Running, Submission, Succeeded
from tools.in_memory.object_store import InMemoryObjectStore

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CLIP_PATH = "videos/attempts/spring/0123456789abcdef/1/sample_0.mp4"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, *, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Renderer:
    """Writes the prompt instead of a film."""

    def __init__(self) -> None:
        self.specs: list[ClipSpec] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self, spec: ClipSpec, destination: Path, **_stopping: object) -> None:
        self.specs.append(spec)
        destination.write_text(spec.prompt)
        self.meanwhile()


FULL = StorageError("The disk is full.")


class BrokenObjectStore(InMemoryObjectStore):
    """Takes no objects whose path ends in `suffix`."""

    def __init__(self, suffix: str, error: ShowreelError) -> None:
        super().__init__()
        self._suffix = suffix
        self._error = error

    def put(self, path: str, content: BinaryIO, **options: object) -> None:
        if path.endswith(self._suffix):
            raise self._error
        super().put(path, content, **options)  # type: ignore[arg-type]  # Passed on as they came.


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def objects() -> InMemoryObjectStore:
    return InMemoryObjectStore()


@pytest.fixture(autouse=True)
def renderer(monkeypatch: pytest.MonkeyPatch) -> Renderer:
    renderer = Renderer()
    monkeypatch.setattr(module, "render_clip", renderer)
    return renderer


@pytest.fixture
def make_generator(
    objects: InMemoryObjectStore, clock: Clock
) -> Callable[..., SyntheticVideoGenerator]:
    def make(
        faults: str = "", *, seconds: float = 0, store: InMemoryObjectStore = objects
    ) -> SyntheticVideoGenerator:
        return SyntheticVideoGenerator(
            store, seconds=seconds, faults=parse_faults(faults), now=clock
        )

    return make


MakeGenerator = Callable[..., SyntheticVideoGenerator]


def a_submission(**changes: object) -> Submission:
    submission = Submission(
        campaign_id="spring",
        video_hash="0123456789abcdef",
        index=2,
        attempt=1,
        prompt="A red bicycle",
        enhanced_prompt="A red bicycle\n\nBrand: Tidewater",
        parameters=GenerationParameters(model="veo-3.1-generate-001", aspect_ratio="9:16"),
        output_prefix=attempt_prefix("spring", "0123456789abcdef", 1),
    )
    return replace(submission, **changes)  # type: ignore[arg-type]  # Checked by replace.


def test_a_clip_shows_its_prompt_and_its_campaign(
    make_generator: MakeGenerator, renderer: Renderer
) -> None:
    generator = make_generator()
    generator.check(generator.submit(a_submission()).operation)

    expected = ClipSpec(
        prompt="A red bicycle",
        caption="spring · video 3 · veo-3.1-generate-001",
        width=720,
        height=1280,
        fps=24,
        seconds=8,
        audio=True,
        variation="0123456789abcdef",
        fast_start=False,
    )
    assert [expected] == renderer.specs


def test_an_operation_runs_for_the_set_time(make_generator: MakeGenerator, clock: Clock) -> None:
    generator = make_generator(seconds=10)
    accepted = generator.submit(a_submission())
    clock.advance(seconds=7)

    assert accepted.expected_in >= timedelta(seconds=10)
    assert generator.check(accepted.operation) == Running(check_after=timedelta(seconds=3))

    clock.advance(seconds=3)

    assert generator.check(accepted.operation) == Succeeded(clip_path=CLIP_PATH)


def test_polling_does_not_delay_the_end_of_an_operation(
    make_generator: MakeGenerator, clock: Clock
) -> None:
    generator = make_generator(seconds=10)
    operation = generator.submit(a_submission()).operation
    clock.advance(seconds=9.999)

    assert generator.check(operation) == Running(check_after=timedelta(seconds=0.1))


def test_a_process_with_other_settings_can_check_an_operation(
    make_generator: MakeGenerator, objects: InMemoryObjectStore, clock: Clock
) -> None:
    operation = make_generator(seconds=10).submit(a_submission()).operation
    clock.advance(seconds=10)

    state = make_generator("failed", seconds=99).check(operation)

    assert state == Succeeded(clip_path=CLIP_PATH)
    assert objects.open(CLIP_PATH).read() == b"A red bicycle"


def test_a_clip_is_rendered_once(make_generator: MakeGenerator, renderer: Renderer) -> None:
    generator = make_generator()
    operation = generator.submit(a_submission()).operation

    assert generator.check(operation) == generator.check(operation)
    assert len(renderer.specs) == 1


def test_two_checks_at_the_same_time_agree_on_one_clip(
    make_generator: MakeGenerator, renderer: Renderer
) -> None:
    generator = make_generator()
    operation = generator.submit(a_submission()).operation

    def check_elsewhere() -> None:
        renderer.meanwhile = lambda: None
        assert make_generator().check(operation) == Succeeded(clip_path=CLIP_PATH)

    renderer.meanwhile = check_elsewhere

    assert generator.check(operation) == Succeeded(clip_path=CLIP_PATH)
    assert len(renderer.specs) == 2


def test_the_record_of_an_operation_can_be_read_by_a_person(
    make_generator: MakeGenerator, objects: InMemoryObjectStore
) -> None:
    make_generator("slow").submit(a_submission())

    record = objects.open("videos/attempts/spring/0123456789abcdef/1/operation.json").read()

    assert len(record.splitlines()) > 10
    assert json.loads(record)["fault"] == "slow"


def test_an_attempt_that_was_submitted_is_not_submitted_again(
    make_generator: MakeGenerator,
) -> None:
    make_generator().submit(a_submission())

    with pytest.raises(SubmissionUnknownError):
        make_generator().submit(a_submission())


@pytest.mark.parametrize("error", [FULL, UnavailableError("The bucket does not answer.")])
def test_a_store_that_takes_nothing_for_now_postpones_a_submission(
    make_generator: MakeGenerator, error: ShowreelError
) -> None:
    generator = make_generator(store=BrokenObjectStore("operation.json", error))

    with pytest.raises(GeneratorBusyError, match=error.message):
        generator.submit(a_submission())


def test_a_clip_that_cannot_be_stored_for_now_can_be_asked_for_again(
    make_generator: MakeGenerator, objects: InMemoryObjectStore
) -> None:
    operation = make_generator().submit(a_submission()).operation
    full = BrokenObjectStore(".mp4", FULL)
    full.objects |= objects.objects

    with pytest.raises(UnavailableError, match="full"):
        make_generator(store=full).check(operation)

    assert make_generator().check(operation) == Succeeded(clip_path=CLIP_PATH)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.ENOENT, errno.ENOMEM, errno.EINTR])
def test_an_error_of_this_machine_while_it_renders_is_not_the_end_of_the_operation(
    make_generator: MakeGenerator, renderer: Renderer, code: int
) -> None:
    def fail() -> None:
        raise OSError(code, os.strerror(code), "/secret/folder")

    generator = make_generator()
    operation = generator.submit(a_submission()).operation
    renderer.meanwhile = fail

    with pytest.raises(UnavailableError) as raised:
        generator.check(operation)
    renderer.meanwhile = lambda: None

    assert raised.value.message == f"The clip could not be rendered: {os.strerror(code)}."
    assert generator.check(operation) == Succeeded(clip_path=CLIP_PATH)


def test_an_answer_that_is_lost_stays_unknown_on_a_machine_that_cannot_render(
    make_generator: MakeGenerator,
) -> None:
    generator = make_generator("answer_lost", store=BrokenObjectStore(".mp4", FULL))

    with pytest.raises(SubmissionUnknownError):
        generator.submit(a_submission())


def test_a_damaged_record_fails_the_operation(
    make_generator: MakeGenerator, objects: InMemoryObjectStore
) -> None:
    generator = make_generator()
    operation = generator.submit(a_submission()).operation
    path = operation.removeprefix("operations/")
    objects.objects[path] = replace(objects.objects[path], content=b'{"submission": 1}')

    state = generator.check(operation)

    assert isinstance(state, Failed)
    assert state.code == "storage_error"


def test_an_operation_of_another_generator_is_gone(make_generator: MakeGenerator) -> None:
    veo = "projects/p/locations/us-central1/publishers/google/models/m/operations/1"

    assert make_generator().check(veo) == Gone()


def test_a_fault_spares_prompts_without_its_words(make_generator: MakeGenerator) -> None:
    generator = make_generator("refused=blue car")

    operation = generator.submit(a_submission()).operation

    assert generator.check(operation) == Succeeded(clip_path=CLIP_PATH)


def test_a_rate_limit_is_over_at_the_third_attempt(make_generator: MakeGenerator) -> None:
    generator = make_generator("rate_limited")
    for attempt in (1, 2):
        with pytest.raises(GeneratorBusyError):
            generator.submit(a_submission(attempt=attempt))

    operation = generator.submit(a_submission(attempt=3)).operation

    assert generator.check(operation) == Succeeded(clip_path=CLIP_PATH)


def test_a_lost_answer_does_not_lose_the_clip(
    make_generator: MakeGenerator, objects: InMemoryObjectStore
) -> None:
    with pytest.raises(SubmissionUnknownError):
        make_generator("answer_lost").submit(a_submission())

    assert objects.open(CLIP_PATH).read() == b"A red bicycle"


def test_a_slow_operation_takes_ten_times_as_long(
    make_generator: MakeGenerator, clock: Clock
) -> None:
    generator = make_generator("slow", seconds=2)
    operation = generator.submit(a_submission()).operation
    clock.advance(seconds=19)

    assert generator.check(operation) == Running(check_after=timedelta(seconds=1))

    clock.advance(seconds=1)

    assert generator.check(operation) == Succeeded(clip_path=CLIP_PATH)


def test_a_corrupt_clip_is_half_a_clip(
    make_generator: MakeGenerator, objects: InMemoryObjectStore
) -> None:
    generator = make_generator("corrupt")
    generator.check(generator.submit(a_submission()).operation)

    assert objects.open(CLIP_PATH).read() == b"A red "
