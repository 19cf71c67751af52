from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.adapters.local import video_generator
from shared.adapters.local.clip_renderer import ClipSpec, render_clip
from shared.adapters.local.video_generator import SyntheticVideoGenerator
from shared.domain.faults import parse_faults
from shared.domain.values import replace
from tests.contract.video_generator_contract import (
    MakeGenerator,
    Scenario,
    VideoGeneratorContract,
)
from tools.in_memory.object_store import InMemoryObjectStore

FAULTS = {
    Scenario.IS_BUSY: "rate_limited",
    Scenario.REFUSES: "refused",
    Scenario.FILTERS: "filtered",
    Scenario.FAILS: "failed",
    Scenario.FORGETS: "lost",
    Scenario.IS_CUT_OFF: "answer_lost",
}


def render_few_frames(
    spec: ClipSpec, destination: Path, *, is_stopping: Callable[[], bool] = bool
) -> None:
    """The contract looks at no frame, and each costs processor time."""
    render_clip(replace(spec, fps=2), destination, is_stopping=is_stopping)


class TestSyntheticVideoGenerator(VideoGeneratorContract):
    @pytest.fixture(autouse=True)
    def few_frames(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(video_generator, "render_clip", render_few_frames)

    @pytest.fixture
    def objects(self) -> InMemoryObjectStore:
        return InMemoryObjectStore()

    @pytest.fixture
    def make_generator(self, objects: InMemoryObjectStore) -> MakeGenerator:
        return lambda scenario: SyntheticVideoGenerator(
            objects,
            seconds=3600 if scenario is Scenario.RUNS else 0,
            faults=parse_faults(FAULTS.get(scenario, "")),
            now=lambda: datetime.now(UTC),
        )


class TestSyntheticOmniGenerator(TestSyntheticVideoGenerator):
    """It stands for the models that can be cancelled, too."""

    model = "gemini-omni-1.2-flash"
