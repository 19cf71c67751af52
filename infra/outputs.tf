output "api_url" {
  description = "URL of the API. Calls need an ID token of one of the invokers."
  value       = google_cloudfunctions2_function.function["serve_api"].service_config[0].uri
}

output "bucket" {
  description = "Video bucket: `STORAGE_URL=gs://…` for the tools."
  value       = google_storage_bucket.videos.name
}

output "database" {
  description = "Firestore database of the records."
  value       = google_firestore_database.records.name
}

output "request_topic" {
  description = "Topic for requesting videos by message."
  value       = google_pubsub_topic.function["request_videos"].id
}

output "event_topic" {
  description = "Topic with each event, for subscribers."
  value       = google_pubsub_topic.events.id
}

output "dead_letters" {
  description = "Subscription that holds undeliverable messages."
  value       = google_pubsub_subscription.dead_letters.id
}

output "function_accounts" {
  description = "Service account of each function."
  value       = { for target, account in google_service_account.function : target => account.email }
}

output "dashboard_url" {
  description = "URL of the dashboard."
  value       = "https://console.cloud.google.com/monitoring/dashboards/builder/${reverse(split("/", google_monitoring_dashboard.showreel.id))[0]}?project=${var.project_id}"
}

output "ci_provider" {
  description = "Value of `workload_identity_provider` in a workflow; null without a repository."
  value       = one([for provider in google_iam_workload_identity_pool_provider.github : provider.name])
}

output "ci_member" {
  description = "IAM member of the workflow, for the grant on the state bucket; null without a repository."
  value       = one(values(local.ci_member))
}
