"""The owner's choices."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The owner's choices that use cases obey. `simulated`: the generator bills nobody.

    `public_url` is empty where the service answers under the URL that it is asked at.
    """

    max_videos_per_campaign: int
    keep_historical: int
    default_model: str
    simulated: bool
    public_url: str = ""
