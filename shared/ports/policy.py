"""The owner's choices."""

from decimal import Decimal
from typing import Protocol

from shared.domain.limits import Limits


class Policy(Protocol):
    """The owner's choices that use cases obey."""

    @property
    def max_videos_per_campaign(self) -> int: ...
    @property
    def campaign_budget_usd(self) -> Decimal | None:
        """None is no limit."""
        ...

    @property
    def daily_budget_usd(self) -> Decimal | None:
        """Of the whole installation, for a day in UTC. None is no limit."""
        ...

    @property
    def filtered_retries(self) -> int:
        """How often a video is submitted again whose clip was filtered, which is not billed."""
        ...

    @property
    def keep_historical(self) -> int: ...
    @property
    def default_model(self) -> str: ...
    @property
    def simulated(self) -> bool:
        """Whether the generator bills nobody."""
        ...

    @property
    def public_url(self) -> str:
        """Empty where the service answers under the URL that it is asked at."""
        ...

    @property
    def allowed_hosts(self) -> str:
        """Host names, by commas, under which the service answers beside its usual ones."""
        ...

    @property
    def allowed_origins(self) -> str:
        """Origins, by commas, of the other web sites whose pages may call the service."""
        ...

    @property
    def api_keys(self) -> str:
        """The `name:key` pairs, by commas, of those who may call. Empty where no key is needed."""
        ...

    @property
    def is_on_cloud_run(self) -> bool:
        """Whether every request comes through Google's front end.

        It sets X-Forwarded-Proto, and routes by host.
        """
        ...

    @property
    def bucket_url(self) -> str:
        """What signed URLs begin with; empty where the service serves them itself."""
        ...


def limits_of(policy: Policy) -> Limits:
    return Limits(videos=policy.max_videos_per_campaign, campaign_budget=policy.campaign_budget_usd)
