"""The fingerprint: one SHA-256 over everything that changes the output."""

import hashlib
import json

from shared.domain.video import GenerationParameters

SCHEMA_VERSION = 1


def fingerprint(*, campaign_id: str, enhanced_prompt: str, parameters: GenerationParameters) -> str:
    """Return 64 lower-case hex digits, equal for equal requests, whatever their spelling was."""
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
