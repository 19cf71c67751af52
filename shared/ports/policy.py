"""The settings that use cases and the API depend on."""

from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from shared.domain.limits import Limits
from shared.domain.model_registry import Family


class Policy(Protocol):
    """Settings. They do not change while the process runs."""

    @property
    def max_videos_per_campaign(self) -> int: ...
    @property
    def campaign_budget_usd(self) -> Decimal | None:
        """None means no limit."""
        ...

    @property
    def daily_budget_usd(self) -> Decimal | None:
        """For the whole installation and a day in UTC. None means no limit."""
        ...

    @property
    def filtered_retries(self) -> int:
        """How often a video is submitted again after its clip was filtered, which is not billed."""
        ...

    @property
    def queue_limit_hours(self) -> int:
        """How long a video may wait for its turn."""
        ...

    @property
    def keep_historical(self) -> int: ...
    @property
    def trash_days(self) -> int:
        """How long a deleted video can be restored; 0 removes it at once."""
        ...

    @property
    def keep_failed_days(self) -> int:
        """How long the record of a failed or cancelled video is kept."""
        ...

    @property
    def default_model(self) -> str: ...
    def location_of(self, family: Family) -> str:
        """Return where the models of a family are called."""
        ...

    @property
    def simulated(self) -> bool:
        """Whether the generator costs nothing."""
        ...

    @property
    def public_url(self) -> str:
        """Empty if the URL in answers is that of the request."""
        ...

    @property
    def plays_url(self) -> str:
        """Where players report; empty if it is this service."""
        ...

    @property
    def plays_topic(self) -> str:
        """The topic to which views are exported; empty if none is."""
        ...

    @property
    def allowed_hosts(self) -> str:
        """Host names, separated by commas, that the service answers to besides its usual ones."""
        ...

    @property
    def allowed_origins(self) -> str:
        """Origins, separated by commas, of other web sites whose pages may call the service."""
        ...

    @property
    def api_keys(self) -> str:
        """The `name:key` pairs of callers, separated by commas. Empty if no key is required."""
        ...

    @property
    def is_on_cloud_run(self) -> bool:
        """Whether every request comes through Google's front end.

        It sets X-Forwarded-Proto, and routes by host.
        """
        ...

    @property
    def bucket_url(self) -> str:
        """The beginning of signed URLs; empty if the service serves them itself."""
        ...


def limits_of(policy: Policy) -> Limits:
    return Limits(videos=policy.max_videos_per_campaign, campaign_budget=policy.campaign_budget_usd)


def queue_limit(policy: Policy) -> timedelta:
    return timedelta(hours=policy.queue_limit_hours)
