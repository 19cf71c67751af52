"""The fingerprint: one SHA-256 over everything that changes the output."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import starmap

from msgspec import Struct
from msgspec.structs import asdict

from shared.domain.inputs import Inputs
from shared.domain.prompt import canonical_context, lines_of
from shared.domain.text import canonical
from shared.domain.values import replace
from shared.domain.video import GenerationParameters

SCHEMA_VERSION = 1

_OWN_CAMPAIGN = "single-"


class Composed(Struct, frozen=True, kw_only=True):
    """What a model reads of a request, and the fingerprints that find the video of an equal one.

    `fingerprint` is equal for requests that differ only in spelling. Until 0.4: `as_written` is
    that of releases before 0.2, which had no canonical forms. Without it a request whose text is
    not canonical no longer finds a video of such a release, and pays for a new one.
    """

    enhanced_prompt: str
    fingerprint: str
    as_written: str


def compose(
    *,
    campaign_id: str,
    prompt: str,
    business_context: Mapping[str, str],
    parameters: GenerationParameters,
) -> Composed:
    """Fingerprints are 64 lower-case hex digits."""
    (composed,) = compose_all(
        ((prompt, parameters),), campaign_id=campaign_id, business_context=business_context
    )
    return composed


def compose_all(
    inputs: Iterable[tuple[str, GenerationParameters]],
    *,
    campaign_id: str,
    business_context: Mapping[str, str],
) -> tuple[Composed, ...]:
    """Compose prompts, each with its parameters, that have one business context."""
    lines = compared_lines = lines_of(business_context)
    if (context := canonical_context(business_context)) != business_context:
        compared_lines = lines_of(context)

    def composed(prompt: str, parameters: GenerationParameters) -> Composed:
        enhanced = f"{prompt}{lines}"
        compared = f"{canonical(prompt)}{compared_lines}"
        return Composed(
            enhanced_prompt=enhanced,
            fingerprint=_digest(campaign_id, compared, _canonical_parameters(parameters)),
            as_written=_digest(campaign_id, enhanced, parameters),
        )

    return tuple(starmap(composed, inputs))


def own_campaign_id(
    prompts: Sequence[str],
    *,
    business_context: Mapping[str, str],
    parameters: GenerationParameters,
) -> str:
    """Return a campaign id for a request without one: equal for equal requests."""
    composed = compose(
        campaign_id="",
        # No prompt contains a NUL.
        prompt="\0".join(map(canonical, prompts)),
        business_context=business_context,
        parameters=parameters,
    )
    return f"{_OWN_CAMPAIGN}{composed.fingerprint[:16]}"


def _canonical_parameters(parameters: GenerationParameters) -> GenerationParameters:
    if parameters.negative_prompt is None:
        return parameters
    return replace(parameters, negative_prompt=canonical(parameters.negative_prompt))


# The same videos are requested again and again, and most texts are written in canonical form.
@lru_cache(maxsize=1024)
def _digest(campaign_id: str, enhanced_prompt: str, parameters: GenerationParameters) -> str:
    fields = {name: value for name, value in asdict(parameters).items() if name != "inputs"}
    canonical = json.dumps(
        {
            "schema_version": SCHEMA_VERSION,
            "campaign_id": campaign_id,
            "enhanced_prompt": enhanced_prompt,
            **_digests(parameters.inputs or Inputs()),
            **fields,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _digests(inputs: Inputs) -> dict[str, object]:
    """Name the inputs by their digests. One that is not given has no field.

    Requests without pictures keep the fingerprints that they had before there were any.
    """
    frames = {
        "image": inputs.image,
        "last_frame": inputs.last_frame,
        "extended_clip": inputs.extended_clip,
        "edited_clip": inputs.edited_clip,
    }
    return {
        "reference_images": [each.sha256 for each in inputs.reference_images],
        **{name: frame.sha256 for name, frame in frames.items() if frame},
    }
