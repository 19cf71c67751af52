"""The database: protected, and with the indexes of the one file that the queries are held to."""

import json

from shared.adapters.google.event_log import EVENTS, EXPIRES_AT
from shared.adapters.google.play_repository import VIEWS
from shared.adapters.google.webhook_repository import DELIVERIES
from tests.infra.installation import Installation
from tests.infra.terraform import MODULE

FILES = {
    database: json.loads((MODULE / file).read_text("utf-8"))
    for database, file in {
        "records": "firestore.indexes.json",
        "plays": "firestore.plays.json",
    }.items()
}


def test_the_records_and_the_plays_refuse_to_be_destroyed(installation: Installation) -> None:
    for name in FILES:
        database = installation.one(f"google_firestore_database.{name}")

        assert database["delete_protection_state"] == "DELETE_PROTECTION_ENABLED"
        assert database["deletion_policy"] == "PREVENT"


def test_the_records_of_the_last_week_can_be_restored(installation: Installation) -> None:
    database = installation.one("google_firestore_database.records")

    assert database["point_in_time_recovery_enablement"] == "POINT_IN_TIME_RECOVERY_ENABLED"


def database_of(installation: Installation, name: str) -> str:
    return str(installation.one(f"google_firestore_database.{name}")["name"])


def test_documents_can_be_queried_as_the_code_does(installation: Installation) -> None:
    for database in installation.of_types({"google_firestore_database"}):
        assert database["type"] == "FIRESTORE_NATIVE"


def test_the_deployed_indexes_match_the_files(installation: Installation) -> None:
    stated = [
        (
            database_of(installation, name),
            index["collectionGroup"],
            index["queryScope"],
            [
                (field["fieldPath"], field.get("order") or field["arrayConfig"])
                for field in index["fields"]
            ],
        )
        for name, file in FILES.items()
        for index in file["indexes"]
    ]
    made = [
        (
            index["database"],
            index["collection"],
            index["query_scope"],
            [
                (field["field_path"], field.get("order") or field["array_config"])
                for field in index["fields"]
            ],
        )
        for index in installation.all("google_firestore_index.query").values()
    ]

    assert sorted(stated) == sorted(made)


def test_the_deployed_exemptions_match_the_files(installation: Installation) -> None:
    stated = {
        (database_of(installation, name), field["collectionGroup"], field["fieldPath"]): sorted(
            (index["queryScope"], index["order"]) for index in field["indexes"]
        )
        for name, file in FILES.items()
        for field in file["fieldOverrides"]
    }
    made = {
        (field["database"], field["collection"], field["field"]): sorted(
            (index["query_scope"], index["order"]) for index in field["index_config"][0]["indexes"]
        )
        for field in installation.all("google_firestore_field.index").values()
    }

    assert stated == made


def test_events_deliveries_and_views_are_removed_when_they_expire(
    installation: Installation,
) -> None:
    fields = installation.all("google_firestore_field.index").values()
    expiring = [(each["collection"], each["field"]) for each in fields if each["ttl_config"]]

    assert sorted(expiring) == [(DELIVERIES, EXPIRES_AT), (EVENTS, EXPIRES_AT), (VIEWS, EXPIRES_AT)]
