locals {
  member = { for target in keys(local.functions) : target => google_service_account.function[target].member }

  storage_agent = data.google_storage_project_service_account.this.member
  pubsub_agent  = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
  vertex_agent  = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-aiplatform.iam.gserviceaccount.com"
}

# Service accounts of the functions

resource "google_service_account" "function" {
  for_each = local.functions

  account_id   = "showreel-${local.names[each.key]}"
  display_name = "Showreel: function ${local.names[each.key]}"

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "records" {
  for_each = setsubtract(keys(local.functions), ["record_plays"])

  project = var.project_id
  role    = "roles/datastore.user"
  member  = local.member[each.key]

  condition {
    title      = "Only Showreel's database"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.records.name}\""
  }
}

# deliver_events sends requests to the URLs of callers, so it can neither read videos nor request any.
resource "google_storage_bucket_iam_member" "videos" {
  for_each = setsubtract(keys(local.functions), ["deliver_events", "record_plays"])

  bucket = google_storage_bucket.videos.name
  role   = "roles/storage.objectUser"
  member = local.member[each.key]
}

resource "google_pubsub_topic_iam_member" "steps" {
  for_each = toset(["generate_video", "maintain_campaigns", "request_videos", "serve_api"])

  topic  = google_pubsub_topic.function["generate_video"].id
  role   = "roles/pubsub.publisher"
  member = local.member[each.key]
}

# The API sends a batch's first message, its function the next ones, and the tick those that were lost.
resource "google_pubsub_topic_iam_member" "batches" {
  for_each = toset(["maintain_campaigns", "request_videos", "serve_api"])

  topic  = google_pubsub_topic.function["request_videos"].id
  role   = "roles/pubsub.publisher"
  member = local.member[each.key]
}

resource "google_pubsub_topic_iam_member" "deliveries" {
  for_each = setsubtract(keys(local.functions), ["record_plays"])

  topic  = google_pubsub_topic.function["deliver_events"].id
  role   = "roles/pubsub.publisher"
  member = local.member[each.key]
}

resource "google_pubsub_topic_iam_member" "events" {
  topic  = google_pubsub_topic.events.id
  role   = "roles/pubsub.publisher"
  member = local.member["deliver_events"]
}

resource "google_project_iam_member" "veo" {
  project = var.project_id
  role    = "roles/aiplatform.user"
  member  = local.member["generate_video"]
}

resource "google_project_iam_custom_role" "signer" {
  role_id     = "showreelSigner"
  title       = "Showreel URL signer"
  description = "Signs with the Google-managed key of a service account"
  permissions = ["iam.serviceAccounts.signBlob"]

  depends_on = [google_project_service.api]
}

# Granted on the account itself: it can sign only as itself.
resource "google_service_account_iam_member" "signer" {
  service_account_id = google_service_account.function["serve_api"].name
  role               = google_project_iam_custom_role.signer.id
  member             = local.member["serve_api"]
}

resource "google_secret_manager_secret_iam_member" "function" {
  for_each = merge([
    for name, given in var.secrets : {
      for target in given.functions : "${name}/${target}" => { secret = given.secret, target = target }
    }
  ]...)

  secret_id = each.value.secret
  role      = "roles/secretmanager.secretAccessor"
  member    = local.member[each.value.target]

  depends_on = [google_project_service.api]
}

# Callers

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = var.invokers

  location = var.region
  name     = google_cloudfunctions2_function.function["serve_api"].name
  role     = "roles/run.invoker"
  member   = each.key
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = var.publishers

  topic  = google_pubsub_topic.function["request_videos"].id
  role   = "roles/pubsub.publisher"
  member = each.key
}

# Pub/Sub calls the functions

resource "google_service_account" "push" {
  account_id   = "showreel-push"
  display_name = "Showreel: Pub/Sub's pushes to the functions"

  depends_on = [google_project_service.api]
}

resource "google_cloud_run_v2_service_iam_member" "push" {
  for_each = local.pushed

  location = var.region
  name     = google_cloudfunctions2_function.function[each.key].name
  role     = "roles/run.invoker"
  member   = google_service_account.push.member
}

# The service agents of Pub/Sub and Vertex AI are created on first use, which may be after the first
# grant to them.
resource "google_workload_identity_service_agent" "agent" {
  for_each = toset(["aiplatform.googleapis.com", "pubsub.googleapis.com"])

  parent = "projects/${data.google_project.this.number}/locations/global/serviceProducers/${each.key}"

  depends_on = [google_project_service.api]
}

resource "google_service_account_iam_member" "push_tokens" {
  service_account_id = google_service_account.push.name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = local.pubsub_agent

  depends_on = [google_workload_identity_service_agent.agent]
}

resource "google_pubsub_topic_iam_member" "dead_letters" {
  topic  = google_pubsub_topic.dead_letters.id
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent

  depends_on = [google_workload_identity_service_agent.agent]
}

# Pub/Sub acknowledges a dead letter in its original subscription.
resource "google_pubsub_subscription_iam_member" "dead_letters" {
  for_each = local.pushed

  subscription = google_pubsub_subscription.function[each.key].id
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent

  depends_on = [google_workload_identity_service_agent.agent]
}

# Veo writes its clips, and the bucket announces them

# Google makes this grant for agents it creates itself, but not for agents created on request.
resource "google_project_iam_member" "vertex" {
  project = var.project_id
  role    = "roles/aiplatform.serviceAgent"
  member  = local.vertex_agent

  depends_on = [google_workload_identity_service_agent.agent]
}

resource "google_storage_bucket_iam_member" "vertex" {
  bucket = google_storage_bucket.videos.name
  role   = "roles/storage.objectUser"
  member = local.vertex_agent

  depends_on = [google_workload_identity_service_agent.agent]
}

data "google_storage_project_service_account" "this" {
  project = var.project_id
}

resource "google_pubsub_topic_iam_member" "clips" {
  topic  = google_pubsub_topic.function["generate_video"].id
  role   = "roles/pubsub.publisher"
  member = local.storage_agent
}

# Cloud Build builds the images

resource "google_service_account" "build" {
  account_id   = "showreel-build"
  display_name = "Showreel: builds the functions' images"

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "build_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.build.member
}

resource "google_storage_bucket_iam_member" "build" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.build.member
}

# Cloud Functions copies the archive into its own bucket, created with the first function.
resource "google_project_iam_member" "build_sources" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member

  condition {
    title      = "Only Cloud Functions' copies of the source"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-${data.google_project.this.number}-\")"
  }
}

resource "google_artifact_registry_repository_iam_member" "build" {
  location   = var.region
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}
