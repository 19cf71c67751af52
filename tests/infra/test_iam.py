"""Every grant of the module, and no other."""

from collections.abc import Iterator

import pytest

from tests.infra.calls import Use, ports_used_by
from tests.infra.installation import (
    CALLER,
    PROJECT,
    PUBLISHER,
    REPOSITORY,
    VIEWER,
    Installation,
    Json,
)
from tools.doctor.expected import (
    DELIVERIES,
    EVENTS,
    GRANTS,
    PLAYS,
    RECORDS,
    REQUESTS,
    STEPS,
    VIDEOS,
    Grant,
)

_SCOPES = {
    "google_artifact_registry_repository_iam_member": "repository",
    "google_bigquery_table_iam_member": "table_id",
    "google_cloud_run_v2_service_iam_member": "name",
    "google_project_iam_member": "project",
    "google_pubsub_subscription_iam_member": "subscription",
    "google_pubsub_topic_iam_member": "topic",
    "google_secret_manager_secret_iam_member": "secret_id",
    "google_service_account_iam_member": "service_account_id",
    "google_storage_bucket_iam_member": "bucket",
}

EXPORT: set[Grant] = {
    ("record_plays", "pubsub.publisher", "topic play-views"),
    ("serve_api", "pubsub.publisher", "topic play-views"),
    ("Pub/Sub", "bigquery.dataEditor", "table play_views"),
    ("Pub/Sub", "pubsub.subscriber", "subscription play-views"),
}

EXPECTED: set[Grant] = {
    *GRANTS,
    ("serve_api", "secretmanager.secretAccessor", "secret signing-key"),
    ("serve_api", "secretmanager.secretAccessor", "secret play-key"),
    ("record_plays", "secretmanager.secretAccessor", "secret play-key"),
    ("build", "logging.logWriter", "project"),
    ("build", "storage.objectViewer", "bucket of the source"),
    ("build", "storage.objectViewer", "buckets of Cloud Functions"),
    ("build", "artifactregistry.writer", "images"),
    (CALLER, "run.invoker", "service serve-api"),
    (PUBLISHER, "pubsub.publisher", REQUESTS),
    (VIEWER, "run.invoker", "service record-plays"),
    *EXPORT,
    ("CI", "cloudfunctions.developer", "project"),
    ("CI", "iam.securityReviewer", "project"),
    ("CI", "viewer", "project"),
    ("CI", "storage.objectUser", "bucket of the source"),
    ("CI", "iam.serviceAccountUser", "account build"),
    ("CI", "iam.serviceAccountUser", "account deliver_events"),
    ("CI", "iam.serviceAccountUser", "account generate_video"),
    ("CI", "iam.serviceAccountUser", "account maintain_campaigns"),
    ("CI", "iam.serviceAccountUser", "account record_plays"),
    ("CI", "iam.serviceAccountUser", "account request_videos"),
    ("CI", "iam.serviceAccountUser", "account serve_api"),
}


def accounts(installation: Installation) -> dict[str, Json]:
    """Return every service account that is made, by what it is for."""
    return {
        **installation.all("google_service_account.function"),
        "build": installation.one("google_service_account.build"),
        "push": installation.one("google_service_account.push"),
    }


def grants(installation: Installation) -> Iterator[Grant]:
    """Yield each grant in words."""
    principals, places = _principals(installation), _places(installation)
    roles = {
        role["id"]: role["role_id"]
        for role in installation.of_types({"google_project_iam_custom_role"})
    }
    for resource in installation.resources:
        if resource["type"] not in _SCOPES:
            continue
        values = resource["values"]
        role = roles.get(values["role"], values["role"].removeprefix("roles/"))
        place = (resource["type"], values[_SCOPES[resource["type"]]], _condition(values))
        who = principals.get(values["member"], values["member"])
        yield who, role, places.get(place, str(place))


def _condition(values: Json) -> str:
    conditions = values.get("condition") or []
    return " and ".join(each["expression"] for each in conditions)


def _principals(installation: Installation) -> dict[str, str]:
    number = installation.project_number
    (storage,) = installation.of_types({"google_storage_project_service_account"})
    (pool,) = installation.all("google_iam_workload_identity_pool.ci").values()
    repository = f"attribute.repository/{REPOSITORY}"
    return {
        **{account["member"]: name for name, account in accounts(installation).items()},
        storage["member"]: "Cloud Storage",
        f"serviceAccount:service-{number}@gcp-sa-pubsub.iam.gserviceaccount.com": "Pub/Sub",
        f"serviceAccount:service-{number}@gcp-sa-aiplatform.iam.gserviceaccount.com": "Vertex AI",
        f"principalSet://iam.googleapis.com/{pool['name']}/{repository}": "CI",
    }


def _places(installation: Installation) -> dict[tuple[str, str, str], str]:
    """Return what is granted on, by the grant's type, its scope and its condition."""
    number, databases = installation.project_number, f"projects/{PROJECT}/databases"
    copies = f'resource.name.startsWith("projects/_/buckets/gcf-v2-sources-{number}-")'
    topics = installation.all("google_pubsub_topic.function").values()
    subscriptions = [
        *installation.all("google_pubsub_subscription.function").values(),
        installation.one("google_pubsub_subscription.plays"),
    ]
    others = [
        installation.one(f"google_pubsub_topic.{name}")
        for name in ("dead_letters", "events", "plays")
    ]
    table = installation.one("google_bigquery_table.plays")["table_id"]
    project, bucket = "google_project_iam_member", "google_storage_bucket_iam_member"
    topic, account = "google_pubsub_topic_iam_member", "google_service_account_iam_member"
    subscription = "google_pubsub_subscription_iam_member"
    return {
        (project, PROJECT, ""): "project",
        (project, PROJECT, f'resource.name == "{databases}/(default)"'): RECORDS,
        (project, PROJECT, f'resource.name == "{databases}/showreel-plays"'): PLAYS,
        (project, PROJECT, copies): "buckets of Cloud Functions",
        (bucket, installation.one("google_storage_bucket.videos")["name"], ""): VIDEOS,
        (bucket, installation.one("google_storage_bucket.source")["name"], ""): (
            "bucket of the source"
        ),
        ("google_bigquery_table_iam_member", table, ""): f"table {table}",
        **{
            ("google_secret_manager_secret_iam_member", name, ""): f"secret {name}"
            for name in ("play-key", "signing-key")
        },
        (
            "google_artifact_registry_repository_iam_member",
            installation.one("google_artifact_registry_repository.images")["name"],
            "",
        ): "images",
        **{(topic, each["id"], ""): f"topic {each['name']}" for each in (*topics, *others)},
        **{
            (subscription, each["id"], ""): f"subscription {each['name']}" for each in subscriptions
        },
        **{
            (account, each["name"], ""): f"account {name}"
            for name, each in accounts(installation).items()
        },
        **{
            ("google_cloud_run_v2_service_iam_member", each["name"], ""): f"service {each['name']}"
            for each in installation.functions.values()
        },
    }


def test_the_list_of_grants_is_complete(installation: Installation) -> None:
    assert set(grants(installation)) == EXPECTED


RECORDER, PLAYS_USER = ("showreelRecorder", PLAYS), ("datastore.user", PLAYS)

NEEDED: dict[Use, tuple[str, str]] = {
    ("campaigns", ""): ("datastore.user", RECORDS),
    ("webhooks", ""): ("datastore.user", RECORDS),
    ("objects", ""): ("storage.objectUser", VIDEOS),
    ("objects", "sign"): ("showreelSigner", "account {target}"),
    ("queue", "publish"): ("pubsub.publisher", STEPS),
    ("queue", "publish_batch"): ("pubsub.publisher", REQUESTS),
    ("queue", "publish_events"): ("pubsub.publisher", DELIVERIES),
    ("queue", "publish_deliveries"): ("pubsub.publisher", DELIVERIES),
    ("queue", "publish_to_topic"): ("pubsub.publisher", EVENTS),
    ("queue", "publish_view"): ("pubsub.publisher", "topic play-views"),
    ("plays", "merge_view"): RECORDER,
    ("plays", "count_exposure"): PLAYS_USER,
    ("plays", "counts_of_campaign"): PLAYS_USER,
    ("plays", "counts_of_experiment"): PLAYS_USER,
    ("plays", "counts_of_video"): PLAYS_USER,
    ("plays", "delete_campaign"): PLAYS_USER,
    ("generator", ""): ("aiplatform.user", "project"),
}
"""The role, and on what, that a call to a port needs; other calls need none."""


@pytest.mark.parametrize(
    "target",
    [
        "deliver_events",
        "generate_video",
        "maintain_campaigns",
        "record_plays",
        "request_videos",
        "serve_api",
    ],
)
def test_a_function_may_do_what_its_code_calls_and_nothing_else(
    installation: Installation, target: str
) -> None:
    secrets = {(role, place) for _, role, place in EXPECTED if "secret" in place}
    granted = {(role, place) for who, role, place in grants(installation) if who == target}
    used = ports_used_by(target)
    needed = {
        (role, place.format(target=target)) for use, (role, place) in NEEDED.items() if use in used
    }
    if PLAYS_USER in needed:
        needed.discard(RECORDER)

    assert needed == granted - secrets


def test_every_kind_of_grant_is_checked(installation: Installation) -> None:
    kinds = {each for each in installation.types if "_iam_" in each}

    assert kinds - {
        "google_iam_workload_identity_pool",
        "google_iam_workload_identity_pool_provider",
        "google_project_iam_custom_role",
    } == set(_SCOPES)


def test_only_grants_that_somebody_asked_for_depend_on_choices(
    installation: Installation, plain_installation: Installation
) -> None:
    asked_for = {grant for grant in EXPECTED if grant[0] in (CALLER, PUBLISHER, VIEWER, "CI")}
    secrets = {grant for grant in EXPECTED if grant[1] == "secretmanager.secretAccessor"}

    all_types = _SCOPES.keys()
    assert len(EXPECTED - asked_for - secrets - EXPORT) == len(
        plain_installation.of_types(all_types)
    )


def test_the_signer_can_sign_and_do_nothing_else(installation: Installation) -> None:
    role = installation.one("google_project_iam_custom_role.signer")

    assert role["permissions"] == ["iam.serviceAccounts.signBlob"]


def test_who_records_plays_can_neither_list_nor_delete(installation: Installation) -> None:
    role = installation.one("google_project_iam_custom_role.recorder")

    assert {each.removeprefix("datastore.entities.") for each in role["permissions"]} == {
        "create",
        "get",
        "update",
    }


def test_a_workflow_deploys_from_one_repository_and_one_ref(installation: Installation) -> None:
    (provider,) = installation.all("google_iam_workload_identity_pool_provider.github").values()
    (issuer,) = provider["oidc"]

    assert (
        provider["attribute_condition"]
        == f'assertion.repository == "{REPOSITORY}" && assertion.ref == "refs/heads/main"'
    )
    assert provider["attribute_mapping"]["attribute.repository"] == "assertion.repository"
    assert issuer["issuer_uri"] == "https://token.actions.githubusercontent.com"


def test_google_s_own_accounts_exist_before_something_is_granted_to_them(
    installation: Installation,
) -> None:
    agents = installation.all("google_workload_identity_service_agent.agent")

    number = installation.project_number
    assert {
        f"projects/{number}/locations/global/serviceProducers/{name}.googleapis.com"
        for name in ("aiplatform", "pubsub")
    } == {agent["parent"] for agent in agents.values()}
