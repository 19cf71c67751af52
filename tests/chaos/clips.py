"""Real clips that cost nothing: one is rendered beforehand, and every video has its own copy."""

from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.adapters.local.clip import ClipSpec, render_clip
from shared.adapters.media.clip_inspector import PyAVClipInspector
from shared.domain.clip import ClipFacts
from shared.domain.values import replace

SECONDS = 4

_SPEC = ClipSpec(
    prompt="",
    caption="",
    width=64,
    height=36,
    fps=24,
    seconds=SECONDS,
    audio=False,
    variation="",
)
_BOX_HEADER_BYTES = 8


@cache
def _master() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "clip.mp4")
        render_clip(_SPEC, path)
        return path.read_bytes()


@cache
def _master_facts() -> ClipFacts:
    return PyAVClipInspector().inspect(BytesIO(_master())).facts


def warm_up() -> None:
    """Render it and look into it before anything is forked."""
    _master_facts()


def clip_of(video_hash: str) -> bytes:
    """Return a whole MP4 that contains the hash of its video."""
    return marked(_master(), video_hash)


def facts_of(clip: bytes) -> ClipFacts:
    """Return what is true of a clip that differs from all others in its hash only."""
    return replace(_master_facts(), size_bytes=len(clip))


def marked(clip: bytes, mark: str) -> bytes:
    """Return `clip` with `mark` in a box that players skip."""
    content = mark.encode()
    return clip + (_BOX_HEADER_BYTES + len(content)).to_bytes(4) + b"free" + content
