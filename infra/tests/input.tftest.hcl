# Bad input is refused before anything is planned; each of these is wrong by itself.

mock_provider "google" {}

mock_provider "google" {
  alias = "billing"
}

variables {
  source_archive = "firestore.indexes.json"
}

run "bad_input_is_refused" {
  command = plan

  variables {
    alert_emails           = ["ops"]
    allowed_hosts          = ["https://videos.example.com"]
    allowed_origins        = ["*"]
    attempt_retention_days = 0
    billing_account        = "mine"
    bucket_name            = "gs://videos"
    campaign_budget_usd    = -1
    cors_origins           = ["*"]
    daily_budget_usd       = -1
    filtered_retries       = 4
    github_ref             = "refs/heads/*"
    github_repository      = "showreel"
    hourly_spend_alert_usd = 0
    invokers               = ["ana@example.com"]
    max_instances          = 0
    monthly_budget         = -100
    plays_invokers         = ["ana@example.com"]
    project_id             = "My Project"
    publishers             = ["allUsers"]
    region                 = "us-central1-a"
    soft_delete_days       = 0
    video_generator        = "sora"
  }

  expect_failures = [
    var.alert_emails,
    var.allowed_hosts,
    var.allowed_origins,
    var.attempt_retention_days,
    var.billing_account,
    var.bucket_name,
    var.campaign_budget_usd,
    var.cors_origins,
    var.daily_budget_usd,
    var.filtered_retries,
    var.github_ref,
    var.github_repository,
    var.hourly_spend_alert_usd,
    var.invokers,
    var.max_instances,
    var.monthly_budget,
    var.plays_invokers,
    var.project_id,
    var.publishers,
    var.region,
    var.soft_delete_days,
    var.video_generator,
  ]
}
