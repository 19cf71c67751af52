# A small module for tests of the stand-in provider: each kind of argument and block once.

terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 7.0, < 9.0"
    }
  }
}

variable "ack_deadline_seconds" {
  type    = number
  default = 60

  validation {
    condition     = var.ack_deadline_seconds <= 600
    error_message = "Pub/Sub waits for 600 seconds at most."
  }
}

provider "google" {
  project = "my-project"
}

data "google_project" "this" {}

resource "google_service_account" "push" {
  account_id = "push"
}

resource "google_pubsub_topic" "steps" {
  name   = "steps"
  labels = { app = "showreel" }
}

resource "google_pubsub_subscription" "steps" {
  name                 = "steps"
  topic                = google_pubsub_topic.steps.id
  ack_deadline_seconds = var.ack_deadline_seconds

  push_config {
    push_endpoint = "https://steps.example.com"
    oidc_token {
      service_account_email = google_service_account.push.email
    }
  }
}

resource "google_pubsub_topic_iam_member" "steps" {
  topic  = google_pubsub_topic.steps.name
  role   = "roles/pubsub.publisher"
  member = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_cloud_scheduler_job" "tick" {
  name     = "tick"
  schedule = "* * * * *"

  pubsub_target {
    topic_name = google_pubsub_topic.steps.id
    data       = base64encode("tick")
  }
}

resource "google_cloudfunctions2_function" "steps" {
  name     = "steps"
  location = "us-central1"

  service_config {
    ingress_settings = "ALLOW_INTERNAL_ONLY"
  }

  event_trigger {
    event_type   = "google.cloud.pubsub.topic.v1.messagePublished"
    retry_policy = "RETRY_POLICY_RETRY"
  }
}
