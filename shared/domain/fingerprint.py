"""The fingerprint: one SHA-256 over everything that changes the output."""

import hashlib
import json
from functools import lru_cache

from shared.domain.video import GenerationParameters

SCHEMA_VERSION = 1


def fingerprint(*, campaign_id: str, enhanced_prompt: str, parameters: GenerationParameters) -> str:
    """Return 64 lower-case hex digits, equal for equal requests, whatever their spelling was."""
    return _digest(campaign_id, enhanced_prompt, parameters)


# What is there already is asked for again and again.
@lru_cache(maxsize=1024)
def _digest(campaign_id: str, enhanced_prompt: str, parameters: GenerationParameters) -> str:
    canonical = json.dumps(
        {
            "schema_version": SCHEMA_VERSION,
            "campaign_id": campaign_id,
            "enhanced_prompt": enhanced_prompt,
            "reference_images": [],
            **vars(parameters),
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()
