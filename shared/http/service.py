"""Handlers about the service itself: health, the OpenAPI description, metrics."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import accumulate

from werkzeug.wrappers import Response

from shared.domain.errors import NotFoundError, UnavailableError
from shared.domain.money import Money
from shared.http.api import BUCKETS, Durations, recorded
from shared.http.calls import Call, json_response
from shared.http.resource_types import HealthResource
from shared.ports.campaign_repository import CountsRecords


def health(call: Call) -> Response:
    """Read a record. Raise UnavailableError if that fails, or if clips cannot be stored."""
    call.ports.campaigns.list_campaigns(after=None, limit=1)
    if error := call.ports.storage_probe.last_error:
        raise UnavailableError(error)
    return json_response(HealthResource(status="ok"))


def description(call: Call) -> Response:
    # Only this endpoint pays for the import.
    from shared.http.openapi import describe

    return json_response(
        describe(base_url=call.base_url, needs_key=bool(call.ports.policy.api_keys))
    )


def metrics(call: Call) -> Response:
    """Answer in Prometheus' text format, on a local installation only.

    In the cloud an instance would count its own requests alone: use Cloud Monitoring.
    """
    campaigns = call.ports.campaigns
    if not isinstance(campaigns, CountsRecords):
        raise NotFoundError("In the cloud, metrics are in Cloud Monitoring.")
    totals = campaigns.totals()
    money = totals.money + Money(saved=call.ports.savings.unwritten().amount)
    text = "".join(f"{line}\n" for line in _lines(totals.videos, money))
    return Response(
        text,
        content_type="text/plain; version=0.0.4; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


def _lines(videos: Mapping[str, int], money: Money) -> Iterator[str]:
    yield from _family(
        "showreel_request_duration_seconds", "histogram", "Time until an answer begins."
    )
    for (method, path, status), durations in sorted(recorded().items()):
        yield from _histogram({"method": method, "path": path, "status": str(status)}, durations)
    # Only this endpoint pays for the import.
    from shared.http.plays import outcomes

    yield from _family("showreel_beacons_total", "counter", "Beacons of players, by outcome.")
    for outcome, count in sorted(outcomes().items()):
        yield _sample("showreel_beacons_total", {"outcome": outcome}, count)
    yield from _family(
        "showreel_videos", "gauge", "Videos, by their phase; or trashed, or unreadable."
    )
    for phase, count in sorted(videos.items()):
        yield _sample("showreel_videos", {"phase": phase}, count)
    yield from _family("showreel_dollars", "gauge", "US dollars of all campaigns.")
    for state in ("reserved", "spent", "simulated", "possibly_spent", "saved"):
        yield _sample("showreel_dollars", {"state": state}, getattr(money, state))


def _family(name: str, kind: str, meaning: str) -> tuple[str, str]:
    return f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"


def _histogram(labels: Mapping[str, str], durations: Durations) -> Iterator[str]:
    name = "showreel_request_duration_seconds"
    bounds = (*map(str, BUCKETS), "+Inf")
    for bound, count in zip(bounds, accumulate(durations.counts), strict=True):
        yield _sample(f"{name}_bucket", {**labels, "le": bound}, count)
    yield _sample(f"{name}_sum", labels, durations.seconds)
    yield _sample(f"{name}_count", labels, sum(durations.counts))


def _sample(name: str, labels: Mapping[str, str], value: float | Decimal) -> str:
    """Labels are not escaped: none of them has a quote, a backslash or a line break."""
    pairs = ",".join(f'{label}="{text}"' for label, text in labels.items())
    return f"{name}{{{pairs}}} {value}"
