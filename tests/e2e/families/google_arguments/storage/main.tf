# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "google" {
  project                         = "host-prj"
  region                          = "europe-west1"
  zone                            = "europe-west1-b"
  add_terraform_attribution_label = false
}

locals {
  stage = 0
}

resource "google_storage_bucket" "logs" {
  name     = "logs-1"
  location = "EU"
}

resource "google_storage_bucket" "b" {
  name                        = "b-1"
  location                    = "EU"
  storage_class               = ["STANDARD", "NEARLINE", "COLDLINE"][local.stage]
  uniform_bucket_level_access = [null, true, false][local.stage]
  public_access_prevention    = [null, "enforced", "inherited"][local.stage]
  requester_pays              = [null, true, false][local.stage]
  default_event_based_hold    = [null, true, false][local.stage]
  labels                      = [null, { a = "b" }, { c = "d" }][local.stage]
  force_destroy               = [null, true, false][local.stage]
  dynamic "cors" {
    for_each = [[], ["https://a"], ["https://b", "https://c"]][local.stage]
    content {
      origin          = [cors.value]
      method          = ["GET", "PUT"]
      response_header = ["x"]
      max_age_seconds = 10 + cors.key
    }
  }
  dynamic "encryption" {
    for_each = [[], ["projects/host-prj/locations/europe/keyRings/r/cryptoKeys/k"], ["projects/host-prj/locations/europe/keyRings/r/cryptoKeys/l"]][local.stage]
    content { default_kms_key_name = encryption.value }
  }
  dynamic "lifecycle_rule" {
    for_each = [[], [1], [2, 3]][local.stage]
    content {
      action {
        type          = lifecycle_rule.value == 3 ? "SetStorageClass" : "Delete"
        storage_class = lifecycle_rule.value == 3 ? "ARCHIVE" : null
      }
      condition {
        age                        = lifecycle_rule.value * 10
        matches_prefix             = ["a/"]
        matches_suffix             = [".txt"]
        with_state                 = lifecycle_rule.value == 1 ? "ARCHIVED" : "ANY"
        num_newer_versions         = 3
        days_since_noncurrent_time = 4
        matches_storage_class      = ["STANDARD"]
      }
    }
  }
  dynamic "logging" {
    for_each = [[], [null], ["pre"]][local.stage]
    content {
      log_bucket        = google_storage_bucket.logs.name
      log_object_prefix = logging.value
    }
  }
  dynamic "retention_policy" {
    for_each = [[], [3600], [7200]][local.stage]
    content { retention_period = retention_policy.value }
  }
  dynamic "soft_delete_policy" {
    for_each = [[604800], [0], [1209600]][local.stage]
    content { retention_duration_seconds = soft_delete_policy.value }
  }
  dynamic "website" {
    for_each = [["i.html"], ["j.html"], ["k.html"]][local.stage]
    content {
      main_page_suffix = website.value
      not_found_page   = local.stage == 0 ? null : "404.html"
    }
  }
}

resource "google_storage_bucket" "v" {
  name     = "v-1"
  location = "EU"
  dynamic "versioning" {
    for_each = [[], [true], [false]][local.stage]
    content { enabled = versioning.value }
  }
  dynamic "website" {
    for_each = [[], ["j.html"], ["k.html"]][local.stage]
    content { main_page_suffix = website.value }
  }
}

resource "google_storage_bucket" "class" {
  name     = "class-1"
  location = "EU"
  dynamic "autoclass" {
    for_each = [[], [null], ["ARCHIVE"]][local.stage]
    content {
      enabled                = true
      terminal_storage_class = autoclass.value
    }
  }
}

resource "google_storage_bucket" "filter" {
  name                        = "filter-1"
  location                    = "EU"
  uniform_bucket_level_access = true
  dynamic "ip_filter" {
    for_each = [["Disabled"], ["Enabled"], ["Disabled"]][local.stage]
    content {
      mode                           = ip_filter.value
      allow_all_service_agent_access = true
      public_network_source {
        allowed_ip_cidr_ranges = ["0.0.0.0/0"]
      }
    }
  }
}

resource "google_storage_bucket" "two" {
  name     = "two-1"
  location = "EU"
  rpo      = [null, "ASYNC_TURBO", "DEFAULT"][local.stage]
  custom_placement_config { data_locations = ["EUROPE-WEST1", "EUROPE-NORTH1"] }
}

resource "google_storage_bucket" "hns" {
  name                        = "hns-1"
  location                    = "europe-west1"
  uniform_bucket_level_access = true
  hierarchical_namespace { enabled = true }
  enable_object_retention = null
}

resource "google_storage_bucket" "kept" {
  name                    = "kept-1"
  location                = "europe-west1"
  enable_object_retention = true
}

# Which keys objects can have.
resource "google_storage_bucket" "enforced" {
  name     = "enforced-1"
  location = "EU"
  dynamic "encryption" {
    for_each = [[], ["FullyRestricted"], ["NotRestricted"]][local.stage]
    content {
      default_kms_key_name = local.stage == 1 ? "projects/host-prj/locations/europe/keyRings/r/cryptoKeys/k" : null
      google_managed_encryption_enforcement_config { restriction_mode = encryption.value }
      customer_managed_encryption_enforcement_config { restriction_mode = "NotRestricted" }
      customer_supplied_encryption_enforcement_config { restriction_mode = "FullyRestricted" }
    }
  }
}

resource "google_storage_bucket_iam_binding" "b" {
  bucket  = google_storage_bucket.hns.name
  role    = "roles/storage.objectViewer"
  members = [["user:a@example.com"], ["user:a@example.com", "group:g@example.com"], ["group:h@example.com"]][local.stage]
}

resource "google_storage_bucket_iam_binding" "c" {
  bucket  = google_storage_bucket.hns.name
  role    = "roles/storage.objectAdmin"
  members = ["user:a@example.com"]
  condition {
    title      = "only a"
    expression = "resource.name.startsWith('a')"
  }
}

resource "google_storage_bucket_iam_policy" "p" {
  bucket = google_storage_bucket.kept.name
  policy_data = jsonencode({ bindings = [{
    role    = "roles/storage.admin"
    members = [["user:a@example.com"], ["group:g@example.com", "user:a@example.com"], ["group:h@example.com"]][local.stage]
  }] })
}
