locals {
  runtime = "python312"

  # One entry for each function in main.py. A function with `keeps_messages` receives pushes from a topic
  # of its own name, which retains undelivered messages for that many seconds.
  functions = {
    serve_api = {
      description     = "HTTPS: every public path"
      memory          = "512Mi"
      timeout_seconds = 300
      concurrency     = 16
      max_instances   = null
      keeps_messages  = null
    }
    # Apart from the API, so that a flood of reports takes no instance of it.
    record_plays = {
      description     = "HTTPS: counts what viewers watched"
      memory          = "512Mi"
      timeout_seconds = 60
      concurrency     = 40
      max_instances   = null
      keeps_messages  = null
    }
    request_videos = {
      description     = "Pub/Sub: the same request as POST, or the next lines of a batch"
      memory          = "512Mi"
      timeout_seconds = 300
      concurrency     = 4
      max_instances   = null
      keeps_messages  = 7 * 24 * 60 * 60
    }
    generate_video = {
      description     = "Pub/Sub: takes one video a step forward"
      memory          = "1Gi"
      timeout_seconds = 300
      concurrency     = 4
      max_instances   = null
      keeps_messages  = 7 * 24 * 60 * 60
    }
    # A receiver may take ten seconds to answer, and costs no processor meanwhile.
    deliver_events = {
      description     = "Pub/Sub: dispatches an event, and sends it to one webhook"
      memory          = "512Mi"
      timeout_seconds = 120
      concurrency     = 16
      max_instances   = null
      keeps_messages  = 7 * 24 * 60 * 60
    }
    # An undelivered tick is useless once later ticks exist.
    maintain_campaigns = {
      description     = "Pub/Sub: the tick, each minute"
      memory          = "512Mi"
      timeout_seconds = 300
      concurrency     = 1
      max_instances   = 1
      keeps_messages  = 10 * 60
    }
  }

  names = { for target in keys(local.functions) : target => replace(target, "_", "-") }

  # Cloud Run gives each service these URLs before the service exists.
  api_url   = "https://${local.names["serve_api"]}-${data.google_project.this.number}.${var.region}.run.app"
  plays_url = "https://${local.names["record_plays"]}-${data.google_project.this.number}.${var.region}.run.app/v1/plays"

  settings = {
    STORAGE_URL             = "gs://${google_storage_bucket.videos.name}"
    GOOGLE_CLOUD_PROJECT    = var.project_id
    FIRESTORE_DATABASE      = google_firestore_database.records.name
    GENERATE_TOPIC          = google_pubsub_topic.function["generate_video"].name
    REQUEST_TOPIC           = google_pubsub_topic.function["request_videos"].name
    DELIVERY_TOPIC          = google_pubsub_topic.function["deliver_events"].name
    EVENT_TOPIC             = google_pubsub_topic.events.name
    PLAYS_DATABASE          = google_firestore_database.plays.name
    PLAYS_URL               = local.plays_url
    PLAYS_TOPIC             = one([for topic in google_pubsub_topic.plays : topic.name])
    VEO_LOCATION            = var.veo_location
    VIDEO_GENERATOR         = var.video_generator
    DEFAULT_MODEL           = var.default_model
    MAX_VIDEOS_PER_CAMPAIGN = var.max_videos_per_campaign
    CAMPAIGN_BUDGET_USD     = var.campaign_budget_usd
    DAILY_BUDGET_USD        = var.daily_budget_usd
    FILTERED_RETRIES        = var.filtered_retries
    MODEL_RATES             = length(var.model_rates) == 0 ? null : join(",", [for model, rate in var.model_rates : "${model}=${rate}"])
    QUEUE_LIMIT_HOURS       = var.queue_limit_hours
    KEEP_HISTORICAL         = var.keep_historical
    TRASH_DAYS              = var.trash_days
    KEEP_FAILED_DAYS        = var.keep_failed_days
    EVENT_DAYS              = var.event_days
    PUBLIC_URL              = var.public_url
    ALLOWED_HOSTS           = length(var.allowed_hosts) == 0 ? null : join(",", var.allowed_hosts)
    ALLOWED_ORIGINS         = length(var.allowed_origins) == 0 ? null : join(",", var.allowed_origins)
    LOG_LEVEL               = var.log_level
  }
}

resource "google_cloudfunctions2_function" "function" {
  for_each = local.functions

  name        = local.names[each.key]
  location    = var.region
  description = each.value.description

  build_config {
    runtime           = local.runtime
    entry_point       = each.key
    service_account   = google_service_account.build.id
    docker_repository = google_artifact_registry_repository.images.id

    source {
      storage_source {
        bucket = google_storage_bucket_object.source.bucket
        object = google_storage_bucket_object.source.name
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.function[each.key].email
    ingress_settings                 = each.value.keeps_messages == null ? "ALLOW_ALL" : "ALLOW_INTERNAL_ONLY"
    available_memory                 = each.value.memory
    available_cpu                    = "1"
    timeout_seconds                  = each.value.timeout_seconds
    min_instance_count               = 0
    max_instance_count               = coalesce(each.value.max_instances, var.max_instances)
    max_instance_request_concurrency = each.value.concurrency

    environment_variables = merge(
      { for name, value in local.settings : name => tostring(value) if value != null },
      # The URLs in events; requests, which have a URL of their own, come to the API alone.
      each.key == "deliver_events" ? { PUBLIC_URL = coalesce(var.public_url, local.api_url) } : {},
      # Read by functions-framework: concurrent requests per instance.
      { THREADS = tostring(each.value.concurrency) },
      # Read by glibc, which would otherwise keep up to 50 MB of freed memory for each thread.
      { MALLOC_MMAP_THRESHOLD_ = "1048576" },
    )

    dynamic "secret_environment_variables" {
      for_each = { for name, given in var.secrets : name => given if contains(given.functions, each.key) }
      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = secret_environment_variables.value.secret
        version    = secret_environment_variables.value.version
      }
    }
  }

  lifecycle {
    precondition {
      condition     = coalesce(var.max_videos_per_campaign, 4) * (coalesce(var.keep_historical, 10) + 2) <= 4000
      error_message = "max_videos_per_campaign * (keep_historical + 2) must be no more than 4000, which one record can hold."
    }

    # A repeated request finds the videos of its first attempt by their records.
    precondition {
      condition     = coalesce(var.keep_failed_days, 30) >= var.attempt_retention_days
      error_message = "keep_failed_days (default 30) must be no less than attempt_retention_days: a record outlives the keys of its requests."
    }
  }

  # Queries need their indexes, builds their grants.
  depends_on = [
    google_artifact_registry_repository_iam_member.build,
    google_firestore_field.index,
    google_firestore_index.query,
    google_project_iam_member.build_logs,
    google_project_iam_member.build_sources,
    google_project_service.api,
    google_secret_manager_secret_iam_member.function,
    google_storage_bucket_iam_member.build,
  ]
}

# Each deployment builds four images; without a policy they are kept forever.
resource "google_artifact_registry_repository" "images" {
  repository_id = "showreel"
  location      = var.region
  format        = "DOCKER"
  description   = "Images of the functions, built from the archive"

  cleanup_policies {
    id     = "remove-old"
    action = "DELETE"
    condition {
      tag_state  = "ANY"
      older_than = "2592000s"
    }
  }

  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_cloud_scheduler_job" "tick" {
  name        = local.names["maintain_campaigns"]
  region      = var.region
  description = "Publishes the tick once a minute"
  schedule    = "* * * * *"
  time_zone   = "Etc/UTC"

  pubsub_target {
    topic_name = google_pubsub_topic.function["maintain_campaigns"].id
    data       = base64encode("tick")
  }
}
