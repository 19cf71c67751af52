"""The monthly cost of an installation, computed from list prices and a video's usage."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from shared.domain.model_registry import MODELS
from shared.domain.schedule import RECONCILE_ROUND
from shared.settings import DEFAULT_MODEL
from shared.use_cases.reconcile_next import LATE_CAMPAIGNS

VIDEOS_A_MONTH = (100, 10_000, 1_000_000)
SECONDS_OF_VIDEO = 8

TICKS = 31 * 24 * 60
"""In a month."""

VIEWS_A_MONTH = (10_000, 1_000_000, 100_000_000)
BEACONS = 2
"""Of a view: one when it begins to play, one when the page is left."""

CAMPAIGNS = (100, 1_440, 25_000, 250_000)

_ALERTS = 10
_OF_A_TICK = (
    "vCPU second",
    "GiB second",
    "operation of class A",
    "operation of class B",
    "document read",
)


@dataclass(frozen=True, kw_only=True)
class Use:
    """One price, the units of it that a video uses, and the units of a month without videos."""

    what: str
    usd: str
    each_video: str = "0"
    each_month: str = "0"

    def cost(self, videos: int) -> Decimal:
        return Decimal(self.usd) * (Decimal(self.each_video) * videos + Decimal(self.each_month))


# For a clip of 6 MB: ten reads of its status until it is done, one download, and the check of a
# newly started function that clips can be stored. Each tick compares a campaign of four videos; the
# table of rounds has what more than 1,440 campaigns add.
# Tests of the served archive count the operations of the bucket, and tests of Firestore's
# operations count the reads of a tick. Seconds and bytes of logs are estimates.
SERVICES: dict[str, tuple[Use, ...]] = {
    "Functions": (
        Use(what="vCPU second", usd="0.000024", each_video="8", each_month=str(TICKS * 3 // 5)),
        Use(what="GiB second", usd="0.0000025", each_video="8", each_month=str(TICKS * 3 // 10)),
        Use(what="request", usd="0.0000004", each_video="17", each_month=str(TICKS)),
    ),
    "Cloud Storage": (
        Use(what="GiB stored for a month", usd="0.02", each_video="0.0075"),
        Use(
            what="operation of class A", usd="0.000005", each_video="21", each_month=str(5 * TICKS)
        ),
        Use(
            what="operation of class B",
            usd="0.0000004",
            each_video="18",
            each_month=str(4 * TICKS),
        ),
        Use(what="GiB to the internet", usd="0.12", each_video="0.0056"),
    ),
    "Firestore": (
        Use(what="document read", usd="0.0000003", each_video="27", each_month=str(18 * TICKS)),
        Use(what="document written", usd="0.0000009", each_video="16"),
        Use(what="GiB kept for a month", usd="0.33", each_video="0.00002"),
    ),
    "Pub/Sub and Scheduler": (
        Use(what="GiB of messages", usd="0.039", each_video="0.00001", each_month="0.1"),
        Use(what="job", usd="0.10", each_month="1"),
    ),
    "Logs, alerts, images": (
        Use(what="GiB of logs", usd="0.50", each_video="0.00003", each_month="0.1"),
        Use(what="condition of an alert", usd="0.10", each_month=str(_ALERTS)),
        Use(what="million time series read", usd="0.35", each_month="0.8"),
        Use(what="GiB of images", usd="0.10", each_month="5"),
    ),
}


# Of a view. Tests of Firestore's operations count those of a beacon; the database's TTL removes the
# view. Seconds are an estimate: 50 ms for a beacon that an instance answers alone.
PLAYS: dict[str, tuple[Use, ...]] = {
    "Firestore": (
        Use(what="document read", usd="0.0000003", each_video=str(BEACONS)),
        Use(what="document written", usd="0.0000009", each_video=str(2 * BEACONS)),
        Use(what="document deleted", usd="0.0000001", each_video="1"),
    ),
    "Function": (
        Use(what="vCPU second", usd="0.000024", each_video="0.1"),
        Use(what="GiB second", usd="0.0000025", each_video="0.05"),
        Use(what="request", usd="0.0000004", each_video=str(BEACONS)),
    ),
    "Export, if chosen": (
        # A message is billed as 1 kB at least.
        Use(what="GiB published", usd="0.039", each_video="0.0000019"),
        Use(what="GiB written to BigQuery", usd="0.049", each_video="0.0000019"),
        Use(what="GiB stored for a month", usd="0.02", each_video="0.0000008"),
    ),
}


def view_table() -> list[str]:
    """Return the lines of a table: what views cost, by their number in a month."""
    columns = " | ".join(f"{views:,} views" for views in VIEWS_A_MONTH)
    rows = [
        _row(service, [_cost(uses, views) for views in VIEWS_A_MONTH])
        for service, uses in PLAYS.items()
    ]
    return [f"| | {columns} |", "| --- |" + " ---: |" * len(VIEWS_A_MONTH), *rows]


def month_table() -> list[str]:
    """Return the lines of a table: a column for each number of videos."""
    columns = " | ".join(f"{videos:,} videos" for videos in VIDEOS_A_MONTH)
    return [f"| | {columns} |", "| --- |" + " ---: |" * len(VIDEOS_A_MONTH), *_rows()]


def price_table() -> list[str]:
    """Return the lines of a table: every price, and how much is taken of it."""
    rows = [
        f"| {service} | {use.what} | {use.usd} | {use.each_video} | {use.each_month} |"
        for service, uses in SERVICES.items()
        for use in uses
    ]
    heading = "| | unit | USD per unit | units per video | units per month |"
    return [heading, "| --- | --- | ---: | ---: | ---: |", *rows]


def round_table() -> list[str]:
    """Return the lines of a table: the time and the cost of reconciling, by number of campaigns."""
    rows = [
        f"| {number:,} | {days_of_round(number):.1f} | {cost_of_reconciling(number):,.2f} |"
        for number in CAMPAIGNS
    ]
    heading = "| campaigns of four videos | days for a round | USD a month |"
    return [heading, "| ---: | ---: | ---: |", *rows]


def days_of_round(campaigns: int) -> Decimal:
    """Return how long the ticks take to compare each campaign once."""
    each_day = TICKS // 31
    punctual = each_day * RECONCILE_ROUND.days
    late = max(0, campaigns - punctual)
    return (min(campaigns, punctual) + Decimal(late) / LATE_CAMPAIGNS) / each_day


def cost_of_reconciling(campaigns: int) -> Decimal:
    """Return an upper bound for a month: each campaign is counted as a whole tick."""
    uses = [use for uses in SERVICES.values() for use in uses if use.what in _OF_A_TICK]
    tick = sum((Decimal(use.usd) * Decimal(use.each_month) for use in uses), Decimal()) / TICKS
    return tick * campaigns * 31 / days_of_round(campaigns)


def _rows() -> Iterator[str]:
    for service, uses in SERVICES.items():
        yield _row(service, [_cost(uses, videos) for videos in VIDEOS_A_MONTH])
    everything = [_everything(videos) for videos in VIDEOS_A_MONTH]
    yield _row("**all but Veo**", everything)
    for model_id, usd in _clips():
        clips = [usd * videos for videos in VIDEOS_A_MONTH]
        yield _row(f"Model: `{model_id}`", clips)
        if model_id == DEFAULT_MODEL:
            shares = [other / clip * 100 for other, clip in zip(everything, clips, strict=True)]
            cells = " | ".join(f"{share:.2f} %" for share in shares)
            yield f"| all but Veo, as a share of that | {cells} |"


def _clips() -> Iterator[tuple[str, Decimal]]:
    """Yield each available model with the price of a clip of 720p with sound."""
    for model_id, model in MODELS.items():
        if model.retired_on is None:
            with_audio, _ = model.prices["720p"]
            yield model_id, with_audio * SECONDS_OF_VIDEO


def _everything(videos: int) -> Decimal:
    return sum((_cost(uses, videos) for uses in SERVICES.values()), Decimal())


def _cost(uses: tuple[Use, ...], videos: int) -> Decimal:
    return sum((use.cost(videos) for use in uses), Decimal())


def _row(what: str, costs: list[Decimal]) -> str:
    return f"| {what} | " + " | ".join(f"{cost:,.2f}" for cost in costs) + " |"
