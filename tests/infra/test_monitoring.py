"""Alerts, the dashboard and the budget: of events and metrics that there are."""

import ast
import json
import logging
import re
from collections.abc import Iterator
from functools import cache
from io import StringIO

import pytest

from shared.domain.agreement import Disagreement
from shared.domain.events import EventType
from shared.domain.schedule import DEADLINE
from shared.logs import JsonFormatter
from shared.use_cases.announcing import announce
from tests.infra.installation import EVERYTHING, PROJECT, Installation, Json
from tests.infra.terraform import ROOT
from tests.unit.domain.builders import a_reserved_video
from tools.doctor.expected import FUNCTIONS

FUNCTIONS_OF_CALLERS = {"serve-api"}
ERRORS = r"logger[.](error|exception|critical)"
LOGS = f"projects/{PROJECT}/logs/run.googleapis.com%2F"
EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
_SELECTOR = re.compile(r"(\w+_googleapis_com:\w+)(?:\{([^}]*)\})?")
_LABEL = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')

# Google's own, with the labels that they have: cloud.google.com/monitoring/api/metrics_gcp.
GOOGLE_METRICS = {
    "pubsub_googleapis_com:subscription_num_undelivered_messages": set[str](),
    "pubsub_googleapis_com:subscription_oldest_unacked_message_age": set[str](),
    "pubsub_googleapis_com:subscription_push_request_count": {"response_class", "response_code"},
    "run_googleapis_com:container_instance_count": {"state"},
    "run_googleapis_com:request_count": {"response_code", "response_code_class"},
    "run_googleapis_com:request_latencies_bucket": {"response_code", "response_code_class"},
}
RESOURCES = {
    "cloud_run_revision": {"service_name"},
    "pubsub_subscription": {"subscription_id"},
}


@cache
def logged_events(calls: str = r"announce|logger[.]\w+") -> frozenset[str]:
    """Return every event that the code of a cloud logs or announces by such calls."""
    # The events of a commit are announced under their types.
    found: set[str] = set(EventType) if re.fullmatch(calls, "announce") else set()
    for file in (ROOT / "shared").rglob("*.py"):
        if ROOT / "shared" / "adapters" / "local" in file.parents:
            continue
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and re.fullmatch(calls, ast.unparse(call.func)):
                found.update(_events_in(call.args[0]))
    return frozenset(found)


def _events_in(said: ast.expr) -> Iterator[str]:
    """Yield the event that a call names, or those of which it names one."""
    for part in ast.walk(said):
        event = EVENT.match(str(getattr(part, "value", "")))
        if isinstance(part, ast.Constant) and event:
            yield event[0]


def queries(installation: Installation) -> dict[str, str]:
    """Return each query of PromQL, by the title of its alert or of its tile."""
    alerts = installation.all("google_monitoring_alert_policy.alert").values()
    return {
        **{alert["display_name"]: condition_of(alert)["query"] for alert in alerts},
        **{
            tile["widget"]["title"]: line["timeSeriesQuery"]["prometheusQuery"]
            for tile in tiles(installation)
            for line in tile["widget"]["xyChart"]["dataSets"]
        },
    }


def condition_of(alert: Json) -> Json:
    (condition,) = alert["conditions"]
    (query,) = condition["condition_prometheus_query_language"]
    return dict(query)


def tiles(installation: Installation) -> list[Json]:
    dashboard = json.loads(
        installation.one("google_monitoring_dashboard.showreel")["dashboard_json"]
    )
    return list(dashboard["mosaicLayout"]["tiles"])


def metrics(installation: Installation) -> dict[str, Json]:
    """Return the metrics of the log, by their names."""
    return {each["name"]: each for each in installation.of_types({"google_logging_metric"})}


def labels_of_metrics(installation: Installation) -> dict[str, set[str]]:
    """Return the labels of each metric that a query may name, as PromQL spells it."""
    found = dict(GOOGLE_METRICS)
    for name, metric in metrics(installation).items():
        (descriptor,) = metric["metric_descriptor"]
        is_distribution = descriptor["value_type"] == "DISTRIBUTION"
        labels = set(metric["label_extractors"] or {})
        for suffix in ("_sum", "_count") if is_distribution else ("",):
            found[f"logging_googleapis_com:user_{name}{suffix}"] = labels
    return found


def selectors(installation: Installation) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Yield each metric that is asked for, and what its labels have to be."""
    for query in queries(installation).values():
        for metric, conditions in _SELECTOR.findall(query):
            yield metric, _LABEL.findall(conditions)


def entry_of(level: int, message: str) -> Json:
    """Return what is logged, as Cloud Logging reads it."""
    record = logging.LogRecord("shared", level, "", 0, message, None, None)
    return {"logName": LOGS + "stderr", **json.loads(JsonFormatter().format(record))}


def entry_of_event(event: str) -> Json:
    """Return what an announcement logs, as Cloud Logging reads it."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    announcer = logging.getLogger(announce.__module__)
    announcer.addHandler(handler)
    level = announcer.level
    announcer.setLevel(logging.INFO)
    try:
        announce(event, a_reserved_video())
    finally:
        announcer.removeHandler(handler)
        announcer.setLevel(level)
    return dict(json.loads(stream.getvalue()))


def counts(metric: Json, entry: Json) -> bool:
    """Whether a metric of the log counts an entry: its filter is a row of conditions."""
    return all(_holds(condition, entry) for condition in metric["filter"].split(" AND "))


def _holds(condition: str, entry: Json) -> bool:
    if condition.startswith("resource."):
        return True
    name, operator, value = re.fullmatch(r'([\w.]+)(=~|>=|!=|=)"?([^"]*)"?', condition).groups()  # type: ignore[union-attr]
    found = entry[name.removeprefix("jsonPayload.")]
    if operator == "!=":
        return bool(found != value)
    if operator == ">=":
        return logging.getLevelName(found) >= logging.getLevelName(value)
    return re.search(value, found) is not None if operator == "=~" else found == value


def test_each_documented_failure_has_an_alert(installation: Installation) -> None:
    assert set(installation.all("google_monitoring_alert_policy.alert")) == {
        "day",
        "dead_letters",
        "deliveries",
        "disagreement",
        "error_rate",
        "errors",
        "overdue",
        "queue",
        "spend",
        "tick",
    }


def test_queries_use_existing_metrics_and_labels(installation: Installation) -> None:
    known = labels_of_metrics(installation)

    for metric, conditions in selectors(installation):
        labels = {name: value for name, _, value in conditions}
        allowed = known[metric] | RESOURCES[labels.pop("monitored_resource")]
        assert labels.keys() <= allowed, metric


def test_every_event_in_a_query_or_metric_is_logged_by_the_code(installation: Installation) -> None:
    asked_for = {
        value
        for _, conditions in selectors(installation)
        for name, _, value in conditions
        if name == "event"
    }
    counted = {
        event
        for metric in metrics(installation).values()
        for event in re.findall(r'jsonPayload.message="([^"]+)"', metric["filter"])
    }

    assert asked_for == {
        "daily_budget.warning",
        "queue.late",
        "reconcile.found",
        "request.failed",
        "video.failed",
        "video.overdue",
        "webhook.disabled",
    }
    assert counted == {"video.reserved"}
    assert asked_for | counted <= logged_events()


def test_waiting_videos_are_counted_for_each_model(installation: Installation) -> None:
    metric = metrics(installation)["showreel_waiting"]

    for event in ("queue.seen", "queue.late"):
        assert counts(metric, entry_of(logging.WARNING, event))
        assert event in logged_events()
    assert metric["value_extractor"] == "EXTRACT(jsonPayload.waiting)"
    assert metric["label_extractors"] == {"model": "EXTRACT(jsonPayload.model)"}


def test_an_answer_503_is_an_error_of_every_function(installation: Installation) -> None:
    """Nothing waits by refusing its message: only a store that does not answer is answered so."""
    query = queries(installation)["Showreel: Error rate above 5 %"]

    assert set(re.findall(r'service_name=~"([^"]+)"', query)) == {
        "|".join(sorted(FUNCTIONS_OF_CALLERS | set(FUNCTIONS)))
    }


def test_no_flood_of_plays_raises_an_alert(installation: Installation) -> None:
    """A caller with a play token can send any number of reports, some of which get a 503."""
    for alert in installation.all("google_monitoring_alert_policy.alert").values():
        query = condition_of(alert)["query"]
        assert "record-plays" not in query or "logging_googleapis_com" in query
    assert [event for event in logged_events(ERRORS) if event.startswith("play.")] == []


def test_neither_address_nor_browser_of_a_viewer_is_kept(installation: Installation) -> None:
    exclusion = installation.one("google_logging_project_exclusion.viewers")
    conditions = exclusion["filter"].split(" AND ")
    (services,) = (each for each in conditions if "service_name" in each)
    (pattern,) = re.findall(r'requestUrl=~"([^"]+)"', exclusion["filter"])

    assert f'logName="{LOGS}requests"' in conditions
    assert set(re.findall(r'"([a-z-]+)"', services)) == {"record-plays", "serve-api"}
    viewers = ("v1/plays", "v1/embeds/WyJzbG90Il0.c2lnbmF0dXJl", "embed.js")
    for path in (
        *viewers,
        "review",
        "review?lang=de",
        "v1/reviews/spring.0123456789abcdef.secret/comments",
    ):
        assert re.search(pattern, f"https://serve-api-123.us-central1.run.app/{path}")
    assert not re.search(pattern, "https://serve-api-123.us-central1.run.app/v1/videos?a=/v1/plays")


def test_queries_select_the_installations_functions_and_subscriptions(
    installation: Installation,
) -> None:
    services = {function["name"] for function in installation.functions.values()}
    subscriptions = {each["name"] for each in installation.of_types({"google_pubsub_subscription"})}

    for _, conditions in selectors(installation):
        labels = {name: set(value.split("|")) for name, _, value in conditions}
        assert labels.get("service_name", set()) <= services
        assert labels.get("subscription_id", set()) <= subscriptions
    for metric in metrics(installation).values():
        assert services == set(re.findall(r'"([a-z-]+)"', metric["filter"].split(" AND ")[1]))


def test_every_event_of_a_video_is_counted_by_its_name(installation: Installation) -> None:
    metric = metrics(installation)["showreel_videos"]
    assert (metric["label_extractors"]) == {
        "event": "EXTRACT(jsonPayload.message)",
        "failure": "EXTRACT(jsonPayload.failure)",
    }

    for event in (name for name in logged_events() if name.startswith("video.")):
        assert counts(metric, entry_of_event(event)), event


def test_the_price_of_a_video_is_added_up_when_it_begins(installation: Installation) -> None:
    metric = metrics(installation)["showreel_reserved_usd"]
    entry = entry_of_event("video.reserved")

    assert counts(metric, entry)
    assert metric["value_extractor"] == "EXTRACT(jsonPayload.usd)"
    assert float(a_reserved_video().cost.estimated) == entry["usd"]


@pytest.mark.parametrize(
    ("name", "level", "message", "event"),
    [
        ("errors", logging.ERROR, "message.failed", "message.failed"),
        ("errors", logging.ERROR, "message.invalid: A push needs one.", "message.invalid"),
        ("warnings", logging.WARNING, "message.postponed: Later.", "message.postponed"),
        ("warnings", logging.WARNING, "campaign.budget_warning", "campaign.budget_warning"),
    ],
)
def test_an_error_and_a_warning_are_counted_by_their_events(
    installation: Installation, name: str, level: int, message: str, event: str
) -> None:
    metric = metrics(installation)[f"showreel_{name}"]
    entry = entry_of(level, message)

    assert counts(metric, entry)
    expression = metric["label_extractors"]["event"]
    (pattern,) = re.findall(r'^REGEXP_EXTRACT\(jsonPayload\.message, "(.*)"\)$', expression)
    assert [event] == re.findall(pattern, entry["message"])
    assert event in logged_events()


def test_a_warning_is_no_error_and_an_error_no_warning(installation: Installation) -> None:
    warning, error = (
        entry_of(level, "message.failed") for level in (logging.WARNING, logging.ERROR)
    )

    assert not counts(metrics(installation)["showreel_errors"], warning)
    assert not counts(metrics(installation)["showreel_warnings"], error)


def test_the_log_entry_of_a_push_is_neither_an_error_nor_a_warning(
    installation: Installation,
) -> None:
    for name, severity in (("errors", "ERROR"), ("warnings", "WARNING")):
        request = {"logName": LOGS + "requests", "severity": severity}

        assert not counts(metrics(installation)[f"showreel_{name}"], request)


def test_no_alert_for_disagreements_without_an_action(
    installation: Installation,
) -> None:
    alert = installation.all("google_monitoring_alert_policy.alert")["disagreement"]
    (left_out,) = re.findall(r'kind!~"([^"]+)"', condition_of(alert)["query"])

    assert set(left_out.split("|")) == {Disagreement.MONEY_AT_RISK, Disagreement.OVERDUE}
    label = metrics(installation)["showreel_warnings"]["label_extractors"]["kind"]
    assert label == "EXTRACT(jsonPayload.kind)"


def test_a_video_is_overdue_at_its_deadline(installation: Installation) -> None:
    alert = installation.all("google_monitoring_alert_policy.alert")["overdue"]

    assert condition_of(alert)["query"].endswith(f"> {DEADLINE.total_seconds():.0f}")


def test_every_alert_notifies_every_channel(installation: Installation) -> None:
    channels = installation.all("google_monitoring_notification_channel.email")

    assert EVERYTHING["alert_emails"] == [
        channel["labels"]["email_address"] for channel in channels.values()
    ]
    for alert in installation.all("google_monitoring_alert_policy.alert").values():
        assert [each["id"] for each in channels.values()] == alert["notification_channels"]


def test_an_alert_can_be_made_before_its_metric_has_a_point(installation: Installation) -> None:
    for alert in installation.all("google_monitoring_alert_policy.alert").values():
        assert condition_of(alert)["disable_metric_validation"]


def test_an_alert_leads_to_its_entry_in_the_runbook(installation: Installation) -> None:
    for alert in installation.all("google_monitoring_alert_policy.alert").values():
        title = alert["display_name"].removeprefix("Showreel: ")
        assert f'What to do: docs/runbook.md, "{title}".' in alert["documentation"][0]["content"]


def test_no_tile_of_the_dashboard_covers_another(installation: Installation) -> None:
    covered = [
        (column, row)
        for tile in tiles(installation)
        for column in range(tile.get("xPos", 0), tile.get("xPos", 0) + tile["width"])
        for row in range(tile.get("yPos", 0), tile.get("yPos", 0) + tile["height"])
    ]

    assert len(covered) == len(set(covered))
    assert {column for column, _ in covered} == set(range(12))


def test_the_budget_covers_this_project_alone(installation: Installation) -> None:
    (budget,) = installation.all("google_billing_budget.month").values()
    (filtered,) = budget["budget_filter"]
    (amount,) = budget["amount"]
    channels = installation.all("google_monitoring_notification_channel.email").values()

    assert [f"projects/{installation.project_number}"] == filtered["projects"]
    assert amount["specified_amount"][0]["units"] == "100"
    assert {each["threshold_percent"] for each in budget["threshold_rules"]} == {0.5, 0.9, 1}
    assert [each["id"] for each in channels] == budget["all_updates_rule"][0][
        "monitoring_notification_channels"
    ]


def test_there_is_no_budget_without_a_billing_account(plain_installation: Installation) -> None:
    assert plain_installation.all("google_billing_budget.month") == {}
