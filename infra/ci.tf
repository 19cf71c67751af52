# Workflows of one repository, on one ref, may deploy new code without a key. They can change the
# functions and their source, and can only read IAM policies.

locals {
  ci = toset(var.github_repository == null ? [] : [var.github_repository])
  # No service account: the workflow's token is the IAM member.
  ci_member = {
    for repository in local.ci : repository =>
    "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.ci[repository].name}/attribute.repository/${repository}"
  }

  ci_roles = setproduct(local.ci, [
    "roles/cloudfunctions.developer",
    # Terraform compares all resources, including IAM policies, with its state.
    "roles/iam.securityReviewer",
    "roles/viewer",
  ])
  ci_accounts = setproduct(local.ci, concat(keys(local.functions), ["build"]))
}

resource "google_iam_workload_identity_pool" "ci" {
  for_each = local.ci

  workload_identity_pool_id = "showreel-ci"
  display_name              = "Showreel: deployments"

  depends_on = [google_project_service.api]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  for_each = local.ci

  workload_identity_pool_id          = google_iam_workload_identity_pool.ci[each.key].workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  display_name                       = "GitHub Actions"
  attribute_condition                = "assertion.repository == \"${each.key}\" && assertion.ref == \"${var.github_ref}\""

  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_project_iam_member" "ci" {
  for_each = { for pair in local.ci_roles : pair[1] => pair[0] }

  project = var.project_id
  role    = each.key
  member  = local.ci_member[each.value]
}

resource "google_storage_bucket_iam_member" "ci" {
  for_each = local.ci

  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectUser"
  member = local.ci_member[each.key]
}

# Deploying a function requires the right to act as its service account.
resource "google_service_account_iam_member" "ci" {
  for_each = { for pair in local.ci_accounts : pair[1] => pair[0] }

  service_account_id = each.key == "build" ? google_service_account.build.name : google_service_account.function[each.key].name
  role               = "roles/iam.serviceAccountUser"
  member             = local.ci_member[each.value]
}
