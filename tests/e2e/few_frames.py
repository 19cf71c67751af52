"""The API as `main.py` serves it, whose clips have a quarter of the frames.

To render, decode and show the others is a third of the work of these tests, which look at none of
them. The functions framework loads this file where FUNCTION_SOURCE names it.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from shared.domain.values import replace

sys.path.insert(0, str(Path(__file__).parents[2]))

from main import serve_api
from shared.adapters.local import video_generator
from shared.adapters.local.clip import ClipSpec, render_clip

FPS = 6

__all__ = ["serve_api"]


def render(spec: ClipSpec, destination: Path, *, is_stopping: Callable[[], bool] = bool) -> None:
    render_clip(replace(spec, fps=FPS), destination, is_stopping=is_stopping)


video_generator.render_clip = render  # type: ignore[attr-defined]  # It is only used there.
