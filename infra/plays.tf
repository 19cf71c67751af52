# Who watched what: `record_plays` may be open to viewers, so it reaches its counters and nothing else.

locals {
  plays_readers = ["maintain_campaigns", "serve_api"]

  export = toset(var.plays_export ? ["play-views"] : [])

  # What Cloud Run would keep of a viewer and of a reviewer: the address, the browser and the token.
  viewers_paths = "^https://[^/]+/(v1/plays|v1/embeds/|v1/reviews/|review([?]|$)|embed[.]js)"
}

# A condition of IAM can name a database, but no collection of it.
resource "google_firestore_database" "plays" {
  name                    = "showreel-plays"
  location_id             = coalesce(var.firestore_location, var.region)
  type                    = "FIRESTORE_NATIVE"
  delete_protection_state = var.deletion_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy         = var.deletion_protection ? "PREVENT" : "DELETE"

  depends_on = [google_project_service.api]
}

resource "google_project_iam_custom_role" "recorder" {
  role_id     = "showreelRecorder"
  title       = "Showreel play recorder"
  description = "Reads and writes documents by their names; lists and deletes none"
  permissions = ["datastore.entities.create", "datastore.entities.get", "datastore.entities.update"]

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "recorder" {
  project = var.project_id
  role    = google_project_iam_custom_role.recorder.id
  member  = local.member["record_plays"]

  condition {
    title      = "Only the database of plays"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.plays.name}\""
  }
}

# The API shows the counters and counts exposures; both remove those of a deleted campaign.
resource "google_project_iam_member" "plays" {
  for_each = toset(local.plays_readers)

  project = var.project_id
  role    = "roles/datastore.user"
  member  = local.member[each.key]

  condition {
    title      = "Only the database of plays"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.plays.name}\""
  }
}

resource "google_cloud_run_v2_service_iam_member" "viewer" {
  for_each = var.plays_invokers

  location = var.region
  name     = google_cloudfunctions2_function.function["record_plays"].name
  role     = "roles/run.invoker"
  member   = each.key
}

resource "google_logging_project_exclusion" "viewers" {
  name        = "showreel-viewers"
  description = "Addresses and browsers of viewers and reviewers are not kept"
  filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=(\"${local.names["record_plays"]}\" OR \"${local.names["serve_api"]}\")",
    "logName=\"projects/${var.project_id}/logs/run.googleapis.com%2Frequests\"",
    "httpRequest.requestUrl=~\"${local.viewers_paths}\"",
  ])

  depends_on = [google_project_service.api]
}

# The export: each merged view, whenever a report of it has changed it.

resource "google_pubsub_topic" "plays" {
  for_each = local.export

  name = each.key

  depends_on = [google_project_service.api]
}

# The API takes the same reports at its own URL.
resource "google_pubsub_topic_iam_member" "plays" {
  for_each = toset(var.plays_export ? ["record_plays", "serve_api"] : [])

  topic  = one([for topic in google_pubsub_topic.plays : topic.id])
  role   = "roles/pubsub.publisher"
  member = local.member[each.key]
}

resource "google_bigquery_dataset" "plays" {
  for_each = local.export

  dataset_id                 = "showreel"
  location                   = var.region
  delete_contents_on_destroy = !var.deletion_protection

  depends_on = [google_project_service.api]
}

resource "google_bigquery_table" "plays" {
  for_each = local.export

  dataset_id          = google_bigquery_dataset.plays[each.key].dataset_id
  table_id            = "play_views"
  schema              = file("${path.module}/play_views.schema.json")
  clustering          = ["campaign_id", "video_id"]
  deletion_protection = var.deletion_protection

  time_partitioning {
    type  = "DAY"
    field = "day"
  }
}

resource "google_bigquery_table_iam_member" "plays" {
  for_each = local.export

  dataset_id = google_bigquery_dataset.plays[each.key].dataset_id
  table_id   = google_bigquery_table.plays[each.key].table_id
  role       = "roles/bigquery.dataEditor"
  member     = local.pubsub_agent

  depends_on = [google_workload_identity_service_agent.agent]
}

resource "google_pubsub_subscription" "plays" {
  for_each = local.export

  name                       = each.key
  topic                      = google_pubsub_topic.plays[each.key].id
  ack_deadline_seconds       = 60
  message_retention_duration = "604800s"

  bigquery_config {
    table               = "${var.project_id}.${google_bigquery_table.plays[each.key].dataset_id}.${google_bigquery_table.plays[each.key].table_id}"
    use_table_schema    = true
    drop_unknown_fields = true
  }

  # A row that the table refuses.
  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letters.id
    max_delivery_attempts = 20
  }

  expiration_policy {
    ttl = ""
  }

  depends_on = [google_bigquery_table_iam_member.plays, google_pubsub_topic_iam_member.dead_letters]
}

resource "google_pubsub_subscription_iam_member" "plays" {
  for_each = local.export

  subscription = google_pubsub_subscription.plays[each.key].id
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent

  depends_on = [google_workload_identity_service_agent.agent]
}
