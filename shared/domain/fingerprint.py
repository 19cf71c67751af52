"""The fingerprint: one SHA-256 over everything that changes the output."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec.structs import asdict

from shared.domain.inputs import Inputs
from shared.domain.prompt import canonical_context, enhance
from shared.domain.text import canonical
from shared.domain.values import replace
from shared.domain.video import GenerationParameters

SCHEMA_VERSION = 1

_OWN_CAMPAIGN = "single-"


def fingerprint(
    *,
    campaign_id: str,
    prompt: str,
    business_context: Mapping[str, str],
    parameters: GenerationParameters,
) -> str:
    """Return 64 lower-case hex digits, equal for requests that differ only in spelling."""
    enhanced = enhance(canonical(prompt), canonical_context(business_context))
    return _digest(campaign_id, enhanced, _canonical_parameters(parameters))


def fingerprint_as_written(
    *,
    campaign_id: str,
    prompt: str,
    business_context: Mapping[str, str],
    parameters: GenerationParameters,
) -> str:
    """Return the fingerprint that releases before 0.2, without canonical forms, computed.

    It equals `fingerprint` for a text in canonical form. Until 0.4: then a request whose text is
    not canonical no longer finds a video of such a release, and pays for a new one.
    """
    return _digest(campaign_id, enhance(prompt, business_context), parameters)


def own_campaign_id(
    prompts: Sequence[str],
    *,
    business_context: Mapping[str, str],
    parameters: GenerationParameters,
) -> str:
    """Return a campaign id for a request without one: equal for equal requests."""
    digest = fingerprint(
        campaign_id="",
        # No prompt contains a NUL.
        prompt="\0".join(map(canonical, prompts)),
        business_context=business_context,
        parameters=parameters,
    )
    return f"{_OWN_CAMPAIGN}{digest[:16]}"


def _canonical_parameters(parameters: GenerationParameters) -> GenerationParameters:
    if parameters.negative_prompt is None:
        return parameters
    return replace(parameters, negative_prompt=canonical(parameters.negative_prompt))


# The same videos are requested again and again.
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
