locals {
  pushed = { for target, function in local.functions : target => function if function.keeps_messages != null }
}

resource "google_pubsub_topic" "function" {
  for_each = local.pushed

  name = local.names[each.key]

  depends_on = [google_project_service.api]
}

resource "google_pubsub_subscription" "function" {
  for_each = local.pushed

  name  = google_pubsub_topic.function[each.key].name
  topic = google_pubsub_topic.function[each.key].id
  # As long as the function may run.
  ack_deadline_seconds       = each.value.timeout_seconds
  message_retention_duration = "${each.value.keeps_messages}s"

  push_config {
    push_endpoint = google_cloudfunctions2_function.function[each.key].service_config[0].uri
    oidc_token {
      service_account_email = google_service_account.push.email
      audience              = google_cloudfunctions2_function.function[each.key].service_config[0].uri
    }
  }

  # Twenty attempts take more than two hours. Only a store that does not answer has a message delivered
  # again: a video that waits for its turn is in the records, and has no message.
  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letters.id
    max_delivery_attempts = 20
  }

  expiration_policy {
    ttl = ""
  }

  depends_on = [
    google_cloud_run_v2_service_iam_member.push,
    google_pubsub_topic_iam_member.dead_letters,
    google_service_account_iam_member.push_tokens,
  ]
}

# For subscribers of the installation: each event, with attributes to filter by.
resource "google_pubsub_topic" "events" {
  name = "video-events"

  depends_on = [google_project_service.api]
}

resource "google_pubsub_topic" "dead_letters" {
  name = "dead-letters"

  depends_on = [google_project_service.api]
}

# A topic without a subscription retains nothing.
resource "google_pubsub_subscription" "dead_letters" {
  name                       = "dead-letters"
  topic                      = google_pubsub_topic.dead_letters.id
  ack_deadline_seconds       = 60
  message_retention_duration = "604800s"

  expiration_policy {
    ttl = ""
  }
}
