output "api_url" {
  description = "The API. A call needs an ID token of one of the invokers."
  value       = google_cloudfunctions2_function.function["serve_api"].service_config[0].uri
}

output "bucket" {
  description = "The bucket of the videos: `STORAGE_URL=gs://…` for the tools."
  value       = google_storage_bucket.videos.name
}

output "database" {
  description = "The Firestore database of the records."
  value       = google_firestore_database.records.name
}

output "request_topic" {
  description = "The topic to ask for videos by message."
  value       = google_pubsub_topic.function["request_videos"].id
}

output "dead_letters" {
  description = "The subscription that holds the messages which could not be delivered."
  value       = google_pubsub_subscription.dead_letters.id
}

output "function_accounts" {
  description = "The service account of each function."
  value       = { for target, account in google_service_account.function : target => account.email }
}

output "dashboard_url" {
  description = "The dashboard, in the console."
  value       = "https://console.cloud.google.com/monitoring/dashboards/builder/${reverse(split("/", google_monitoring_dashboard.showreel.id))[0]}?project=${var.project_id}"
}

output "ci_provider" {
  description = "What a workflow names as its `workload_identity_provider`; null without a repository."
  value       = one([for provider in google_iam_workload_identity_pool_provider.github : provider.name])
}

output "ci_member" {
  description = "The workflow as a member of IAM, to grant it the bucket of Terraform's state; null without a repository."
  value       = one(values(local.ci_member))
}
