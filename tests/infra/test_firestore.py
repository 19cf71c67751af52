"""The database: protected, and with the indexes of the one file that the queries are held to."""

import json

from shared.adapters.google.event_log import EVENTS, EXPIRES_AT
from shared.adapters.google.webhook_queries import DELIVERIES
from tests.infra.installation import Installation
from tests.infra.terraform import MODULE

FILE = json.loads((MODULE / "firestore.indexes.json").read_text("utf-8"))


def test_the_records_refuse_to_be_destroyed(installation: Installation) -> None:
    database = installation.one("google_firestore_database.records")

    assert "DELETE_PROTECTION_ENABLED" == database["delete_protection_state"]
    assert "PREVENT" == database["deletion_policy"]


def test_the_records_of_the_last_week_can_be_restored(installation: Installation) -> None:
    database = installation.one("google_firestore_database.records")

    assert "POINT_IN_TIME_RECOVERY_ENABLED" == database["point_in_time_recovery_enablement"]


def test_documents_can_be_queried_as_the_code_does(installation: Installation) -> None:
    assert "FIRESTORE_NATIVE" == installation.one("google_firestore_database.records")["type"]


def test_the_deployed_indexes_match_the_file(installation: Installation) -> None:
    stated = [
        (
            index["collectionGroup"],
            index["queryScope"],
            [
                (field["fieldPath"], field.get("order") or field["arrayConfig"])
                for field in index["fields"]
            ],
        )
        for index in FILE["indexes"]
    ]
    made = [
        (
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


def test_the_deployed_exemptions_match_the_file(installation: Installation) -> None:
    stated = {
        (field["collectionGroup"], field["fieldPath"]): sorted(
            (index["queryScope"], index["order"]) for index in field["indexes"]
        )
        for field in FILE["fieldOverrides"]
    }
    made = {
        (field["collection"], field["field"]): sorted(
            (index["query_scope"], index["order"]) for index in field["index_config"][0]["indexes"]
        )
        for field in installation.all("google_firestore_field.index").values()
    }

    assert stated == made


def test_events_and_deliveries_are_removed_when_they_expire(installation: Installation) -> None:
    fields = installation.all("google_firestore_field.index").values()
    expiring = [(each["collection"], each["field"]) for each in fields if each["ttl_config"]]

    assert [(DELIVERIES, EXPIRES_AT), (EVENTS, EXPIRES_AT)] == sorted(expiring)


def test_indexes_belong_to_the_database_of_the_records(installation: Installation) -> None:
    database = installation.one("google_firestore_database.records")["name"]

    kinds = {"google_firestore_field", "google_firestore_index"}
    assert {database} == {each["database"] for each in installation.of_types(kinds)}
