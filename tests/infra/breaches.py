"""What would make an installation unsafe, each a change of one place in infra/."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.infra import (
    test_firestore,
    test_functions,
    test_iam,
    test_monitoring,
    test_plays,
    test_public_access,
    test_pubsub,
    test_storage,
)
from tests.infra.installation import Installation
from tests.infra.providers import MODULE

Rule = Callable[[Installation], None]
"""A test of an installation, which raises AssertionError."""

_BLOCK = re.compile(r'^(?:resource "(\w+)" "(\w+)"|\w+).*\{$', re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Breach:
    """What a file says, what it would say instead, and the rule that has to object."""

    file: str
    says: str
    instead: str
    rule: Rule

    def __str__(self) -> str:
        return f"{self.file}-{self.says}"

    @property
    def places(self) -> list[re.Match[str]]:
        """Where the file says so; it may be laid out in any way."""
        pattern = r"\s+".join(re.escape(word) for word in self.says.split())
        return list(re.finditer(pattern, self._text))

    @property
    def address(self) -> str:
        """The resource that it changes; empty for a local value, which any resource may use."""
        (place,) = self.places
        *_, block = (each for each in _BLOCK.finditer(self._text) if each.start() <= place.start())
        return ".".join(part for part in block.groups() if part)

    @property
    def _text(self) -> str:
        return (MODULE / self.file).read_text("utf-8")


def text_with(file: str, chosen: Iterable[Breach]) -> str:
    """Return the text of the file with all breaches of it that are chosen."""
    text = (MODULE / file).read_text("utf-8")
    places = [(*each.places[0].span(), each.instead) for each in chosen if each.file == file]
    for start, end, instead in sorted(places, reverse=True):
        text = text[:start] + instead + text[end:]
    return text


def breaches(file: str, table: dict[str, tuple[str, Rule]]) -> list[Breach]:
    return [
        Breach(file=file, says=says, instead=instead, rule=rule)
        for says, (instead, rule) in table.items()
    ]


def grants(table: dict[str, str]) -> dict[str, tuple[str, Rule]]:
    """One test knows every grant."""
    return {
        says: (instead, test_iam.test_the_list_of_grants_is_complete)
        for says, instead in table.items()
    }


_GENERATE_TOPIC = 'topic = google_pubsub_topic.function["generate_video"].id'

BREACHES = [
    *breaches(
        "functions.tf",
        {
            "timeout_seconds = each.value.timeout_seconds": (
                "timeout_seconds = 3600",
                test_functions.test_no_function_runs_for_longer_than_an_event_may_take,
            ),
            "google_service_account.function[each.key].email": (
                "google_service_account.push.email",
                test_functions.test_each_function_runs_as_an_account_of_its_own,
            ),
            '"ALLOW_INTERNAL_ONLY"': (
                '"ALLOW_ALL"',
                test_functions.test_functions_that_pubsub_calls_cannot_be_reached_from_outside,
            ),
            "entry_point = each.key": (
                'entry_point = "serve_api"',
                test_functions.test_each_function_of_main_is_deployed_under_its_own_name,
            ),
            "KEEP_HISTORICAL = var.keep_historical": (
                "",
                test_functions.test_every_setting_that_has_a_meaning_in_a_cloud_can_be_given,
            ),
            "max_instances = 1": (
                "max_instances = null",
                test_functions.test_ticks_do_not_overtake_each_other,
            ),
            "min_instance_count = 0": (
                "min_instance_count = 1",
                test_functions.test_no_instance_runs_without_requests,
            ),
            "given if contains(given.functions, each.key)": (
                "given",
                test_functions.test_a_secret_is_given_to_the_functions_that_are_named_and_to_no_other,
            ),
        },
    ),
    *breaches(
        "iam.tf",
        {
            **grants(
                {
                    "roles/datastore.user": "roles/datastore.owner",
                    "/databases/${google_firestore_database.records.name}": "/databases/",
                    "roles/aiplatform.user": "roles/aiplatform.admin",
                    'google_service_account.function["serve_api"].name': (
                        "google_service_account.push.name"
                    ),
                    '["generate_video", "maintain_campaigns", "request_videos", "serve_api"]': (
                        '["maintain_campaigns", "request_videos", "serve_api"]'
                    ),
                    '["maintain_campaigns", "request_videos", "serve_api"])': (
                        '["request_videos", "serve_api"])'
                    ),
                    'for_each = var.publishers topic = google_pubsub_topic.function["'
                    'request_videos"].id': f"for_each = var.publishers\n{_GENERATE_TOPIC}",
                    'setsubtract(keys(local.functions), ["deliver_events", "record_plays"])': (
                        'setsubtract(keys(local.functions), ["deliver_events"])'
                    ),
                    "topic = google_pubsub_topic.events.id": _GENERATE_TOPIC,
                    "roles/aiplatform.serviceAgent": "roles/aiplatform.admin",
                    "roles/iam.serviceAccountOpenIdTokenCreator": (
                        "roles/iam.serviceAccountTokenCreator"
                    ),
                    'role = "roles/storage.objectUser" member = local.vertex_agent': (
                        'role = "roles/storage.objectViewer"\nmember = local.vertex_agent'
                    ),
                    "topic = google_pubsub_topic.dead_letters.id": _GENERATE_TOPIC,
                    "google_pubsub_subscription.function[each.key].id": (
                        "google_pubsub_subscription.dead_letters.id"
                    ),
                    "gcf-v2-sources-${data.google_project.this.number}-": "",
                    "roles/artifactregistry.writer": "roles/artifactregistry.admin",
                }
            ),
            '["iam.serviceAccounts.signBlob"]': (
                '["iam.serviceAccounts.signBlob", "iam.serviceAccounts.getAccessToken"]',
                test_iam.test_the_signer_can_sign_and_do_nothing_else,
            ),
            "member = google_service_account.push.member": (
                'member = "allUsers"',
                test_public_access.test_only_the_named_callers_may_call,
            ),
            '["aiplatform.googleapis.com", "pubsub.googleapis.com"]': (
                '["aiplatform.googleapis.com"]',
                test_iam.test_google_s_own_accounts_exist_before_something_is_granted_to_them,
            ),
        },
    ),
    *breaches(
        "ci.tf",
        {
            **grants(
                {
                    "/attribute.repository/${repository}": "/*",
                    '"roles/viewer"': '"roles/editor"',
                }
            ),
            ' && assertion.ref == \\"${var.github_ref}\\"': (
                "",
                test_iam.test_a_workflow_deploys_from_one_repository_and_one_ref,
            ),
            'assertion.repository == \\"${each.key}\\" && ': (
                "",
                test_iam.test_a_workflow_deploys_from_one_repository_and_one_ref,
            ),
        },
    ),
    *breaches(
        "storage.tf",
        {
            'public_access_prevention = "enforced" deletion_policy = var.': (
                "deletion_policy = var.",
                test_public_access.test_no_bucket_can_be_opened_to_everybody,
            ),
            '["videos/attempts/", "videos/batches/", "videos/requests/"]': (
                '["videos/"]',
                test_storage.test_attempts_and_receipts_are_removed_by_age,
            ),
            "age = var.attempt_retention_days": (
                "age = 7",
                test_storage.test_a_receipt_outlives_its_message,
            ),
            "var.soft_delete_days * 24 * 60 * 60": (
                "0",
                test_storage.test_deleted_objects_can_be_restored_for_a_week,
            ),
            'var.deletion_protection ? "PREVENT" : "DELETE"': (
                '"DELETE"',
                test_storage.test_the_videos_refuse_to_be_destroyed,
            ),
            "!var.deletion_protection": (
                "true",
                test_storage.test_the_videos_refuse_to_be_destroyed,
            ),
            "sort(cors.value)": (
                '["*"]',
                test_storage.test_configured_origins_may_read_and_do_nothing_else,
            ),
            '["GET", "HEAD"]': (
                '["GET", "HEAD", "PUT"]',
                test_storage.test_configured_origins_may_read_and_do_nothing_else,
            ),
            'object_name_prefix = "videos/attempts/"': (
                "",
                test_storage.test_no_object_that_showreel_writes_is_announced,
            ),
            '["OBJECT_FINALIZE"]': (
                '["OBJECT_DELETE"]',
                test_storage.test_a_clip_of_veo_is_announced_to_generate_video,
            ),
        },
    ),
    *breaches(
        "firestore.tf",
        {
            'var.deletion_protection ? "DELETE_PROTECTION_ENABLED" : ': (
                "",
                test_firestore.test_the_records_and_the_plays_refuse_to_be_destroyed,
            ),
            'var.deletion_protection ? "PREVENT" : "DELETE"': (
                '"DELETE"',
                test_firestore.test_the_records_and_the_plays_refuse_to_be_destroyed,
            ),
            '"POINT_IN_TIME_RECOVERY_ENABLED"': (
                '"POINT_IN_TIME_RECOVERY_DISABLED"',
                test_firestore.test_the_records_of_the_last_week_can_be_restored,
            ),
            "in local.indexes :": (
                "in slice(local.indexes, 1, 2) :",
                test_firestore.test_the_deployed_indexes_match_the_files,
            ),
            "for_each = each.value.indexes": (
                "for_each = []",
                test_firestore.test_the_deployed_exemptions_match_the_files,
            ),
        },
    ),
    *breaches(
        "pubsub.tf",
        {
            "ack_deadline_seconds = each.value.timeout_seconds": (
                "ack_deadline_seconds = 60",
                test_pubsub.test_no_message_is_redelivered_within_the_time_limit_of_its_function,
            ),
            "audience = google_cloudfunctions2_function.function[each.key]": (
                'audience = google_cloudfunctions2_function.function["serve_api"]',
                test_pubsub.test_a_push_authenticates_to_its_function_alone,
            ),
            "service_account_email = google_service_account.push.email": (
                "service_account_email = google_service_account.build.email",
                test_pubsub.test_a_push_authenticates_to_its_function_alone,
            ),
            "max_delivery_attempts = 20": (
                "max_delivery_attempts = 5",
                test_pubsub.test_a_message_is_delivered_until_the_deadline_of_its_video,
            ),
            "dead_letter_topic = google_pubsub_topic.dead_letters.id": (
                'dead_letter_topic = google_pubsub_topic.function["generate_video"].id',
                test_pubsub.test_undeliverable_messages_are_kept,
            ),
            'message_retention_duration = "604800s"': (
                'message_retention_duration = "600s"',
                test_pubsub.test_undeliverable_messages_are_kept,
            ),
            'max_delivery_attempts = 20 } expiration_policy { ttl = "" }': (
                'max_delivery_attempts = 20\n}\nexpiration_policy {\n  ttl = "2678400s"\n}',
                test_pubsub.test_no_subscription_expires_when_idle,
            ),
            '"${each.value.keeps_messages}s"': (
                '"604800s"',
                test_pubsub.test_unprocessed_ticks_expire,
            ),
        },
    ),
    *breaches(
        "plays.tf",
        {
            **grants(
                {
                    'plays_readers = ["maintain_campaigns", "serve_api"]': (
                        "plays_readers = keys(local.functions)"
                    ),
                    'recorder" { project = var.project_id role = google_project_iam_custom_role'
                    ".recorder.id": (
                        'recorder" {\nproject = var.project_id\nrole = "roles/datastore.user"'
                    ),
                    "roles/bigquery.dataEditor": "roles/bigquery.admin",
                }
            ),
            '["datastore.entities.create", ': (
                '["datastore.entities.delete", "datastore.entities.create", ',
                test_iam.test_who_records_plays_can_neither_list_nor_delete,
            ),
            "for_each = var.plays_invokers": (
                'for_each = toset(["allUsers"])',
                test_public_access.test_only_the_named_callers_may_call,
            ),
            "(v1/plays|v1/embeds/|v1/reviews/|review([?]|$)|embed[.]js)": (
                "(v1/plays)",
                test_monitoring.test_neither_address_nor_browser_of_a_viewer_is_kept,
            ),
            '${google_bigquery_table.plays[each.key].table_id}"': (
                '${google_bigquery_table.plays[each.key].table_id}_test"',
                test_plays.test_each_view_gets_into_the_table,
            ),
        },
    ),
    *breaches(
        "metrics.tf",
        {
            "EXTRACT(jsonPayload.usd)": (
                "EXTRACT(jsonPayload.cost)",
                test_monitoring.test_the_price_of_a_video_is_added_up_when_it_begins,
            ),
        },
    ),
    *breaches(
        "monitoring.tf",
        {
            "deadline_seconds = 45 * 60": (
                "deadline_seconds = 60 * 60",
                test_monitoring.test_a_video_is_overdue_at_its_deadline,
            ),
            'event=\\"video.overdue\\"': (
                'event=\\"video.late\\"',
                test_monitoring.test_every_event_in_a_query_or_metric_is_logged_by_the_code,
            ),
            "logs/run.googleapis.com%2Frequests": (
                "logs/run.googleapis.com%2Fstdout",
                test_monitoring.test_the_log_entry_of_a_push_is_neither_an_error_nor_a_warning,
            ),
            'kind!~\\"money_at_risk|overdue\\"': (
                'kind!~\\"overdue\\"',
                test_monitoring.test_no_alert_for_disagreements_without_an_action,
            ),
            "= [for channel in google_monitoring_notification_channel.email : channel.id]": (
                "= []",
                test_monitoring.test_every_alert_notifies_every_channel,
            ),
            "projects/${data.google_project.this.number}": (
                "projects/${var.project_id}",
                test_monitoring.test_the_budget_covers_this_project_alone,
            ),
        },
    ),
]
