"""What Veo is asked for, and where."""

import re

from google.genai.types import GenerateVideosConfig

from shared.ports.video_generator import Submission

_MULTI_REGIONS = ("eu", "us")
_NOT_IN_A_LABEL = re.compile(r"[^a-z0-9_-]")
_LONGEST_LABEL = 63


def generation_config(submission: Submission, *, storage_uri: str | None) -> GenerateVideosConfig:
    """The labels are for the bill: they tell which video of Showreel an item of it is for."""
    parameters = submission.parameters
    return GenerateVideosConfig(
        number_of_videos=1,
        output_gcs_uri=storage_uri,
        duration_seconds=parameters.duration_seconds,
        aspect_ratio=parameters.aspect_ratio,
        resolution=parameters.resolution,
        generate_audio=parameters.generate_audio,
        seed=parameters.seed,
        negative_prompt=parameters.negative_prompt,
        person_generation=parameters.person_generation,
        labels={
            "application": "showreel",
            "campaign": _label(submission.campaign_id),
            "video": _label(submission.video_hash),
            "attempt": str(submission.attempt),
        },
    )


def vertex_url(location: str) -> str:
    """Return the host that serves a location."""
    if location == "global":
        return "https://aiplatform.googleapis.com"
    if location in _MULTI_REGIONS:
        return f"https://aiplatform.{location}.rep.googleapis.com"
    return f"https://{location}-aiplatform.googleapis.com"


def _label(text: str) -> str:
    """Return `text` as Google Cloud's rules for the values of labels allow it."""
    return _NOT_IN_A_LABEL.sub("-", text.lower())[:_LONGEST_LABEL]
