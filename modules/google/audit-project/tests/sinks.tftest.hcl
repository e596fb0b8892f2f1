mock_provider "google" {}

variables {
  project_id = "audit-dev"
  sources = {
    all  = { parent = "organizations/1234" }
    team = { parent = "folders/5678", destination = "dataset", exclusions = { health = "protoPayload.methodName=\"health\"" } }
    shop = { parent = "projects/shop-dev", filter = "severity>=WARNING", destination = "dataset" }
  }
  readers = { security = "group:security@example.com" }
}

run "three_kinds_of_sources" {
  assert {
    condition     = google_logging_organization_sink.this["all"].org_id == "1234" && google_logging_organization_sink.this["all"].include_children
    error_message = "All of the organization is heard."
  }
  assert {
    condition     = google_logging_folder_sink.this["team"].folder == "folders/5678" && one(google_logging_folder_sink.this["team"].exclusions).name == "health"
    error_message = "What is excluded of the folder is left out."
  }
  assert {
    condition     = google_logging_project_sink.this["shop"].project == "shop-dev" && google_logging_project_sink.this["shop"].filter == "severity>=WARNING"
    error_message = "The project has its own filter."
  }
  assert {
    condition     = google_logging_organization_sink.this["all"].destination == "storage.googleapis.com/audit-dev-archive" && startswith(google_logging_project_sink.this["shop"].destination, "bigquery.googleapis.com/")
    error_message = "Each goes where it is sent."
  }
  assert {
    condition     = join(" ", keys(google_storage_bucket_iam_member.writers)) == "all" && join(" ", keys(google_bigquery_dataset_iam_member.writers)) == "shop team"
    error_message = "A sink may write to its destination only."
  }
  assert {
    condition     = google_storage_bucket.archive.retention_policy[0].retention_period == 31536000 && !google_storage_bucket.archive.force_destroy
    error_message = "The archive is kept for a year."
  }
}

run "a_project_that_is_made" {
  command = plan
  variables {
    parent = "folders/5678"
  }
  assert {
    condition     = google_project.this[0].folder_id == "5678"
    error_message = "It is made in the folder."
  }
}

run "a_source_that_is_none" {
  command = plan
  variables {
    sources = { bill = { parent = "billingAccounts/1" } }
  }
  expect_failures = [var.sources]
}

run "a_destination_that_is_none" {
  command = plan
  variables {
    sources = { all = { parent = "organizations/1234", destination = "topic" } }
  }
  expect_failures = [var.sources]
}

run "a_kind_that_is_another" {
  command = plan
  variables {
    sources = { all = { parent = "organizations/1234", kind = "folder" } }
  }
  expect_failures = [var.sources]
}
