"""The export of plays: a topic, a table, and the subscription that fills it; none unless chosen."""

import json

from tests.infra.installation import PROJECT, Installation
from tests.infra.terraform import MODULE

SCHEMA = json.loads((MODULE / "play_views.schema.json").read_text("utf-8"))
EXPORT = {"google_bigquery_dataset", "google_bigquery_table"}


def test_each_view_gets_into_the_table(installation: Installation) -> None:
    subscription = installation.one("google_pubsub_subscription.plays")
    table = installation.one("google_bigquery_table.plays")
    (written,) = subscription["bigquery_config"]

    assert written["table"] == f"{PROJECT}.showreel.play_views"
    assert (table["dataset_id"], table["table_id"]) == tuple(written["table"].split(".")[1:])
    assert installation.one("google_pubsub_topic.plays")["id"] == subscription["topic"]
    # A field that a newer release exports does not keep the others out.
    assert written["use_table_schema"]
    assert written["drop_unknown_fields"]
    assert json.loads(table["schema"]) == SCHEMA


def test_a_view_that_the_table_refuses_is_kept(installation: Installation) -> None:
    (dead,) = installation.one("google_pubsub_subscription.plays")["dead_letter_policy"]

    assert installation.one("google_pubsub_topic.dead_letters")["id"] == dead["dead_letter_topic"]


def test_views_are_found_by_their_days_and_their_videos(installation: Installation) -> None:
    table = installation.one("google_bigquery_table.plays")
    (partitions,) = table["time_partitioning"]
    names = {column["name"] for column in SCHEMA}

    assert {partitions["field"], *table["clustering"]} <= names
    assert table["deletion_protection"]


def test_nothing_is_exported_by_default(plain_installation: Installation) -> None:
    assert plain_installation.of_types(EXPORT) == []
    assert plain_installation.all("google_pubsub_topic.plays") == {}
    assert plain_installation.all("google_pubsub_subscription.plays") == {}
    assert "bigquery.googleapis.com" not in plain_installation.all("google_project_service.api")
