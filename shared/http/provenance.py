"""Where a clip comes from, for those who publish it."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TypedDict

from shared.domain.inputs import Inputs, Picture
from shared.domain.video import Video

_NO_INPUTS = Inputs()


class UsedInput(TypedDict):
    """`role` is the field of the request, and `sha256` that of the input's bytes."""

    role: str
    sha256: str
    media_type: str


class Provenance(TypedDict):
    """A simulated clip was rendered by Showreel and not by the model.

    `operation` is the generator's name of the submission, and `prompt_sha256` the digest of
    `enhanced_prompt` in UTF-8. `c2pa_manifest` says whether the file has a C2PA manifest, which is
    not validated; null for a video of an earlier release.
    """

    ai_generated: bool
    simulated: bool
    model: str
    operation: str | None
    prompt_sha256: str
    inputs: Sequence[UsedInput]
    c2pa_manifest: bool | None


def provenance_of(video: Video) -> Provenance | None:
    """Return None for a video without a clip."""
    if video.clip is None:
        return None
    return {
        "ai_generated": video.ai_generated,
        "simulated": video.cost.simulated,
        "model": video.parameters.model,
        "operation": video.attempts[-1].operation if video.attempts else None,
        "prompt_sha256": hashlib.sha256(video.enhanced_prompt.encode()).hexdigest(),
        "inputs": list(_used(video.parameters.inputs or _NO_INPUTS)),
        "c2pa_manifest": video.clip.c2pa_manifest,
    }


def _used(inputs: Inputs) -> Iterator[UsedInput]:
    roles: dict[str, tuple[Picture | None, ...]] = {
        "image": (inputs.image,),
        "last_frame": (inputs.last_frame,),
        "reference_images": inputs.reference_images,
        "extended_clip": (inputs.extended_clip,),
        "edited_clip": (inputs.edited_clip,),
    }
    for role, pictures in roles.items():
        for each in filter(None, pictures):
            yield {"role": role, "sha256": each.sha256, "media_type": each.media_type}
