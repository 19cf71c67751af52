"""Clips for every test that needs a real one, rendered once."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import asdict

from shared.adapters.local.clip import ClipSpec, render_clip
from tests.unit.adapters.clips import SPEC


@pytest.fixture(scope="session")
def render(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Renders the usual clip, changed as asked."""
    folder, numbers = tmp_path_factory.mktemp("clips"), itertools.count()

    def render(**changes: object) -> Path:
        clip = folder / f"{next(numbers)}.mp4"
        fields: dict[str, Any] = asdict(SPEC) | changes
        render_clip(ClipSpec(**fields), clip)
        return clip

    return render


@pytest.fixture(scope="session")
def clip(render: Callable[..., Path]) -> Path:
    return render()
