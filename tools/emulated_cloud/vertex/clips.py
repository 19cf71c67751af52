"""Real clips of the asked length and shape, each rendered once.

Google's clips carry a C2PA manifest. These have its box, with an empty store and no signature.
"""

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from uuid import UUID

from shared.adapters.local.clip import ClipSpec, render_clip
from shared.domain.models import frame_size
from tools.emulated_cloud.vertex.answers import Json

_FPS = 24
# Nobody looks at the others, and each of them is decoded and scaled.
_PLAIN_FPS = 6
# Fifty operations may end within seconds. Together, their renderings keep the servers of this
# process from answering; and those of one clip are one.
_RENDERING = Lock()

_C2PA = UUID("d8fec3d6-1b0e-483c-9297-5828877ec481").bytes
_VERSION_AND_FLAGS, _NO_MERKLE_BOX = bytes(4), bytes(8)
_STORE_TYPE = b"c2pa" + bytes.fromhex("00110010800000aa00389b71")
_HAS_LABEL = b"\x03"


def prompted_clip(prompt: str, parameters: Json) -> bytes:
    """Return the clip that shows this prompt; another seed changes its colours."""
    return _clip(prompt, parameters, fps=_FPS)


def plain_clip(_prompt: str, parameters: Json) -> bytes:
    """Return a clip of the asked kind, the same for every prompt: cheap for hundreds of them."""
    return _clip("Any prompt", {**parameters, "seed": 0}, fps=_PLAIN_FPS)


def _clip(prompt: str, parameters: Json, *, fps: int) -> bytes:
    width, height = frame_size(
        parameters.get("resolution", "720p"), parameters.get("aspectRatio", "16:9")
    )
    spec = ClipSpec(
        prompt=prompt,
        caption="Not made by Veo",
        width=width,
        height=height,
        fps=fps,
        seconds=parameters.get("durationSeconds", 8),
        audio=parameters.get("generateAudio", True),
        variation=str(parameters.get("seed", "")),
        fast_start=False,
    )
    with _RENDERING:
        return _rendered(spec)


@lru_cache(maxsize=32)
def _rendered(spec: ClipSpec) -> bytes:
    with TemporaryDirectory() as folder:
        clip = Path(folder, "clip.mp4")
        render_clip(spec, clip)
        return clip.read_bytes() + manifest_box()


def manifest_box() -> bytes:
    store = _box(b"jumb", _box(b"jumd", _STORE_TYPE + _HAS_LABEL + b"c2pa\0"))
    return _box(b"uuid", _C2PA + _VERSION_AND_FLAGS + b"manifest\0" + _NO_MERKLE_BOX + store)


def _box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + kind + content
