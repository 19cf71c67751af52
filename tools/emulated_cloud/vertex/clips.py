"""Real clips of the asked length and shape, each rendered once."""

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.adapters.local.clip_renderer import ClipSpec, render_clip
from shared.domain.models import frame_size
from tools.emulated_cloud.vertex.answers import Json

_FPS = 24


def prompted_clip(prompt: str, parameters: Json) -> bytes:
    """Return the clip that shows this prompt; another seed changes its colours."""
    width, height = frame_size(
        parameters.get("resolution", "720p"), parameters.get("aspectRatio", "16:9")
    )
    return _rendered(
        ClipSpec(
            prompt=prompt,
            caption="Not made by Veo",
            width=width,
            height=height,
            fps=_FPS,
            seconds=parameters.get("durationSeconds", 8),
            audio=parameters.get("generateAudio", True),
            variation=str(parameters.get("seed", "")),
            fast_start=False,
        )
    )


def plain_clip(_prompt: str, parameters: Json) -> bytes:
    """Return a clip of the asked kind, the same for every prompt: cheap for hundreds of them."""
    return prompted_clip("Any prompt", {**parameters, "seed": 0})


@lru_cache(maxsize=32)
def _rendered(spec: ClipSpec) -> bytes:
    with TemporaryDirectory() as folder:
        clip = Path(folder, "clip.mp4")
        render_clip(spec, clip)
        return clip.read_bytes()
