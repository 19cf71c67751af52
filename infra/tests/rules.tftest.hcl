# What must hold in every installation, with no cloud: terraform test

mock_provider "google" {
  mock_data "google_project" {
    defaults = {
      number = "123456789012"
    }
  }
}

mock_provider "google" {
  alias = "billing"
}

variables {
  project_id     = "my-project"
  source_archive = "firestore.indexes.json" # Any file stands for the archive.
}

run "by_default_nobody_may_call_and_nothing_is_destroyed_by_accident" {
  command = plan

  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.invoker) == 0
    error_message = "Somebody may call the API without having been named."
  }

  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.viewer) == 0
    error_message = "An account that no variable names may report plays."
  }

  assert {
    condition     = length(google_pubsub_topic.plays) == 0 && length(google_bigquery_table.plays) == 0
    error_message = "Views are exported without having been asked for."
  }

  assert {
    condition     = length(google_pubsub_topic_iam_member.publisher) == 0
    error_message = "Somebody may ask for videos by message without having been named."
  }

  assert {
    condition = alltrue([
      for bucket in [google_storage_bucket.videos, google_storage_bucket.source] :
      bucket.uniform_bucket_level_access && bucket.public_access_prevention == "enforced"
    ])
    error_message = "A bucket could be opened to everybody."
  }

  assert {
    condition     = google_storage_bucket.videos.deletion_policy == "PREVENT" && !google_storage_bucket.videos.force_destroy
    error_message = "The videos could be destroyed."
  }

  assert {
    condition     = google_firestore_database.records.deletion_policy == "PREVENT" && google_firestore_database.records.delete_protection_state == "DELETE_PROTECTION_ENABLED"
    error_message = "The records could be destroyed."
  }
}

run "one_setting_does_not_make_it_public" {
  command = plan

  variables {
    invokers = ["allUsers"]
  }

  expect_failures = [var.invokers]
}

run "two_settings_make_the_api_public_and_nothing_else" {
  command = plan

  variables {
    invokers     = ["allUsers"]
    allow_public = true
  }

  assert {
    condition     = google_cloud_run_v2_service_iam_member.invoker["allUsers"].name == "serve-api"
    error_message = "Public is not the API."
  }
}

run "two_settings_make_the_counting_of_plays_public_and_nothing_else" {
  command = plan

  variables {
    plays_invokers = ["allUsers"]
    plays_public   = true
  }

  assert {
    condition     = google_cloud_run_v2_service_iam_member.viewer["allUsers"].name == "record-plays" && length(google_cloud_run_v2_service_iam_member.invoker) == 0
    error_message = "Public is not the counting of plays alone."
  }
}

run "a_teardown_may_destroy" {
  command = plan

  variables {
    deletion_protection = false
  }

  assert {
    condition     = google_storage_bucket.videos.force_destroy && google_storage_bucket.videos.deletion_policy == "DELETE"
    error_message = "The videos cannot be destroyed even if it is meant."
  }

  assert {
    condition     = google_firestore_database.records.delete_protection_state == "DELETE_PROTECTION_DISABLED"
    error_message = "The records cannot be destroyed even if it is meant."
  }
}

run "resources_reference_each_other" {
  command = apply

  variables {
    alert_emails      = ["ops@example.com"]
    billing_account   = "012345-6789AB-CDEF01"
    github_repository = "octo-org/showreel"
  }

  assert {
    condition     = length(toset([for function in google_cloudfunctions2_function.function : function.service_config[0].service_account_email])) == length(local.functions)
    error_message = "Two functions share an account."
  }

  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.function : function.service_config[0].timeout_seconds <= 540])
    error_message = "A function runs for longer than an event may take."
  }

  assert {
    condition = alltrue([
      for target, subscription in google_pubsub_subscription.function :
      subscription.ack_deadline_seconds >= google_cloudfunctions2_function.function[target].service_config[0].timeout_seconds
    ])
    error_message = "A message is delivered again while its function is still at it."
  }

  assert {
    condition = alltrue([
      for target, subscription in google_pubsub_subscription.function :
      subscription.push_config[0].oidc_token[0].audience == google_cloudfunctions2_function.function[target].service_config[0].uri &&
      subscription.push_config[0].push_endpoint == google_cloudfunctions2_function.function[target].service_config[0].uri
    ])
    error_message = "A push does not prove who it is to the function that it is for."
  }

  assert {
    condition = alltrue([
      for subscription in google_pubsub_subscription.function :
      subscription.dead_letter_policy[0].dead_letter_topic == google_pubsub_subscription.dead_letters.topic
    ])
    error_message = "What cannot be delivered is lost."
  }

  assert {
    condition = (
      google_storage_notification.clips.topic == google_pubsub_topic.function["generate_video"].id &&
      google_storage_notification.clips.object_name_prefix == "videos/attempts/"
    )
    error_message = "A clip of Veo does not wake the function that waits for it."
  }

  assert {
    condition     = google_service_account_iam_member.signer.service_account_id == google_service_account.function["serve_api"].name && google_service_account_iam_member.signer.member == google_service_account.function["serve_api"].member
    error_message = "The API signs as somebody else than itself."
  }

  assert {
    condition     = google_billing_budget.month[0].budget_filter[0].projects == toset(["projects/123456789012"])
    error_message = "The budget is not of this project by its number."
  }

  assert {
    condition     = strcontains(google_iam_workload_identity_pool_provider.github["octo-org/showreel"].attribute_condition, "assertion.ref == \"refs/heads/main\"")
    error_message = "A workflow may deploy from any branch."
  }
}
