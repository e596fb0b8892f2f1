resource "google_project" "this" {
  count = var.parent == null ? 0 : 1

  project_id          = var.project_id
  name                = var.project_id
  org_id              = startswith(var.parent, "organizations/") ? trimprefix(var.parent, "organizations/") : null
  folder_id           = startswith(var.parent, "folders/") ? trimprefix(var.parent, "folders/") : null
  billing_account     = var.billing_account
  auto_create_network = false
  labels              = var.labels
  deletion_policy     = var.deletion_protection ? "PREVENT" : "DELETE"
}

locals {
  project = one(concat(google_project.this[*].project_id, var.parent == null ? [var.project_id] : []))

  # The sources by what they are; the id is what comes after the word.
  organizations = { for name, source in var.sources : name => trimprefix(source.parent, "organizations/") if source.kind == null ? startswith(source.parent, "organizations/") : source.kind == "organization" }
  folders       = { for name, source in var.sources : name => source.parent if source.kind == null ? startswith(source.parent, "folders/") : source.kind == "folder" }
  projects      = { for name, source in var.sources : name => trimprefix(source.parent, "projects/") if source.kind == null ? startswith(source.parent, "projects/") : source.kind == "project" }

  destinations = {
    archive = "storage.googleapis.com/${google_storage_bucket.archive.name}"
    dataset = "bigquery.googleapis.com/${google_bigquery_dataset.recent.id}"
  }

  writers = {
    for name, sink in merge(google_logging_organization_sink.this, google_logging_folder_sink.this, google_logging_project_sink.this) :
    name => sink.writer_identity
  }
}

resource "google_project_service" "this" {
  for_each = toset(["bigquery.googleapis.com", "logging.googleapis.com", "storage.googleapis.com"])

  project            = local.project
  service            = each.key
  disable_on_destroy = false
}

# Where logs are kept

resource "google_storage_bucket" "archive" {
  project                     = local.project
  name                        = "${var.project_id}-archive"
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.deletion_protection
  labels                      = var.labels

  retention_policy {
    retention_period = var.archive_days * 24 * 60 * 60
  }

  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "COLDLINE"
    }
    condition {
      age = var.cold_after_days
    }
  }

  depends_on = [google_project_service.this]
}

resource "google_bigquery_dataset" "recent" {
  project                     = local.project
  dataset_id                  = "recent"
  location                    = var.location
  default_table_expiration_ms = var.dataset_days * 24 * 60 * 60 * 1000
  delete_contents_on_destroy  = !var.deletion_protection
  labels                      = var.labels

  depends_on = [google_project_service.this]
}

# Whose logs come

resource "google_logging_organization_sink" "this" {
  for_each = local.organizations

  name             = each.key
  org_id           = each.value
  destination      = local.destinations[var.sources[each.key].destination]
  filter           = var.sources[each.key].filter
  include_children = true

  dynamic "exclusions" {
    for_each = var.sources[each.key].exclusions
    content {
      name   = exclusions.key
      filter = exclusions.value
    }
  }

  dynamic "bigquery_options" {
    for_each = var.sources[each.key].destination == "dataset" ? [true] : []
    content {
      use_partitioned_tables = true
    }
  }
}

resource "google_logging_folder_sink" "this" {
  for_each = local.folders

  name             = each.key
  folder           = each.value
  destination      = local.destinations[var.sources[each.key].destination]
  filter           = var.sources[each.key].filter
  include_children = true

  dynamic "exclusions" {
    for_each = var.sources[each.key].exclusions
    content {
      name   = exclusions.key
      filter = exclusions.value
    }
  }

  dynamic "bigquery_options" {
    for_each = var.sources[each.key].destination == "dataset" ? [true] : []
    content {
      use_partitioned_tables = true
    }
  }
}

resource "google_logging_project_sink" "this" {
  for_each = local.projects

  name                   = each.key
  project                = each.value
  destination            = local.destinations[var.sources[each.key].destination]
  filter                 = var.sources[each.key].filter
  unique_writer_identity = true

  dynamic "exclusions" {
    for_each = var.sources[each.key].exclusions
    content {
      name   = exclusions.key
      filter = exclusions.value
    }
  }

  dynamic "bigquery_options" {
    for_each = var.sources[each.key].destination == "dataset" ? [true] : []
    content {
      use_partitioned_tables = true
    }
  }
}

# Each sink may write to its destination and to nothing else, and nobody may change what was written.

resource "google_storage_bucket_iam_member" "writers" {
  for_each = { for name, source in var.sources : name => local.writers[name] if source.destination == "archive" }

  bucket = google_storage_bucket.archive.name
  role   = "roles/storage.objectCreator"
  member = each.value
}

resource "google_bigquery_dataset_iam_member" "writers" {
  for_each = { for name, source in var.sources : name => local.writers[name] if source.destination == "dataset" }

  project    = google_bigquery_dataset.recent.project
  dataset_id = google_bigquery_dataset.recent.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = each.value
}

resource "google_storage_bucket_iam_member" "readers" {
  for_each = var.readers

  bucket = google_storage_bucket.archive.name
  role   = "roles/storage.objectViewer"
  member = each.value
}

resource "google_bigquery_dataset_iam_member" "readers" {
  for_each = var.readers

  project    = google_bigquery_dataset.recent.project
  dataset_id = google_bigquery_dataset.recent.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.value
}
