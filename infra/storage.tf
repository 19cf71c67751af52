resource "google_storage_bucket" "videos" {
  name                        = coalesce(var.bucket_name, "${var.project_id}-videos")
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  deletion_policy             = var.deletion_protection ? "PREVENT" : "DELETE"
  force_destroy               = !var.deletion_protection

  soft_delete_policy {
    retention_duration_seconds = var.soft_delete_days * 24 * 60 * 60
  }

  # No rule for finished videos: the records decide which are kept.
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age            = var.attempt_retention_days
      matches_prefix = ["videos/attempts/", "videos/batches/", "videos/requests/"]
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 1
    }
  }

  dynamic "cors" {
    for_each = length(var.cors_origins) > 0 ? [var.cors_origins] : []
    content {
      origin          = sort(cors.value)
      method          = ["GET", "HEAD"]
      response_header = ["Accept-Ranges", "Content-Length", "Content-Range", "Content-Type", "ETag", "Range"]
      max_age_seconds = 3600
    }
  }

  depends_on = [google_project_service.api]
}

# Notifies generate_video of Veo's output, so that no function polls for it.
resource "google_storage_notification" "clips" {
  bucket             = google_storage_bucket.videos.name
  topic              = google_pubsub_topic.function["generate_video"].id
  payload_format     = "JSON_API_V1"
  event_types        = ["OBJECT_FINALIZE"]
  object_name_prefix = "videos/attempts/"

  # A message published before the subscription exists is lost.
  depends_on = [google_pubsub_subscription.function, google_pubsub_topic_iam_member.clips]
}

resource "google_storage_bucket" "source" {
  name                        = "${var.project_id}-showreel-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  deletion_policy             = "DELETE"
  force_destroy               = true

  # Any earlier archive can be rebuilt from git.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  depends_on = [google_project_service.api]
}

# Named by its content, so that the functions are redeployed only when it changes.
resource "google_storage_bucket_object" "source" {
  name   = "showreel-${filesha256(var.source_archive)}.zip"
  bucket = google_storage_bucket.source.name
  source = var.source_archive

  lifecycle {
    create_before_destroy = true
  }
}
