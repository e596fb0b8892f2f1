# Each kind of grant without a condition at stage 0, with one at stage 1 and another at stage 2.

provider "google" {
  project                         = "host-prj"
  region                          = "europe-west1"
  zone                            = "europe-west1-b"
  add_terraform_attribution_label = false
}

locals {
  stage = 0

  stage_condition = [[], [{ title = "for a time", description = null, until = 2030 }], [{ title = "for longer", description = "d", until = 2040 }]][local.stage]

  # Who has the roles of the policies, some of them under a condition.
  stage_members = [["user:a@example.com"], ["group:g@example.com", "user:a@example.com"], ["group:h@example.com"]][local.stage]
  stage_policy = { for role in ["roles/viewer", "roles/iam.serviceAccountUser", "roles/storage.admin", "roles/bigquery.dataViewer", "roles/cloudkms.viewer", "roles/pubsub.viewer", "roles/compute.networkUser"] :
    role => jsonencode({ bindings = concat([{ role = role, members = local.stage_members }], [for c in local.stage_condition : {
      role      = role
      members   = ["user:c@example.com"]
      condition = { title = c.title, expression = "request.time < timestamp('${c.until}-01-01T00:00:00Z')" }
    }]) })
  }
}

resource "google_project" "own" {
  project_id      = "own-prj"
  name            = "Own project"
  org_id          = "1234"
  deletion_policy = "DELETE"
}

resource "google_folder" "f" {
  for_each            = toset(["a", "b"])
  display_name        = each.key
  parent              = "organizations/1234"
  deletion_protection = false
}

resource "google_service_account" "s" {
  for_each   = toset(["a-account", "b-account"])
  account_id = each.key
}

resource "google_storage_bucket" "b" {
  for_each                    = toset(["a", "b"])
  name                        = "permissions-${each.key}"
  location                    = "EU"
  uniform_bucket_level_access = true
}

resource "google_bigquery_dataset" "d" {
  for_each   = toset(["a", "b"])
  dataset_id = each.key
  location   = "EU"
  lifecycle { ignore_changes = [access] }
}

resource "google_kms_key_ring" "r" {
  for_each = toset(["a", "b"])
  name     = each.key
  location = "europe-west1"
}

resource "google_kms_crypto_key" "k" {
  for_each = toset(["a", "b"])
  name     = "k"
  key_ring = google_kms_key_ring.r[each.key].id
}

resource "google_pubsub_topic" "t" {
  for_each = toset(["a", "b"])
  name     = "topic-${each.key}"
}

resource "google_compute_network" "n" {
  name                    = "n"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "s" {
  for_each      = { a = "10.0.0.0/24", b = "10.0.1.0/24" }
  name          = each.key
  network       = google_compute_network.n.id
  ip_cidr_range = each.value
}

resource "google_project_iam_member" "m" {
  project = "host-prj"
  role    = "roles/viewer"
  member  = "user:a@example.com"
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_project_iam_binding" "b" {
  project = "host-prj"
  role    = "roles/browser"
  members = ["group:g@example.com", "user:a@example.com"]
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_project_iam_policy" "p" {
  project     = google_project.own.project_id
  policy_data = local.stage_policy["roles/viewer"]
}

resource "google_folder_iam_member" "m" {
  folder = google_folder.f["a"].name
  role   = "roles/viewer"
  member = "user:a@example.com"
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_folder_iam_binding" "b" {
  folder  = google_folder.f["a"].name
  role    = "roles/browser"
  members = ["group:g@example.com", "user:a@example.com"]
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_folder_iam_policy" "p" {
  folder      = google_folder.f["b"].folder_id
  policy_data = local.stage_policy["roles/viewer"]
}

resource "google_organization_iam_member" "m" {
  org_id = "1234"
  role   = "roles/viewer"
  member = "user:a@example.com"
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_organization_iam_binding" "b" {
  org_id  = "1234"
  role    = "roles/browser"
  members = ["group:g@example.com", "user:a@example.com"]
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_service_account_iam_member" "m" {
  service_account_id = google_service_account.s["a-account"].name
  role               = "roles/iam.serviceAccountUser"
  member             = "user:a@example.com"
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_service_account_iam_binding" "b" {
  service_account_id = google_service_account.s["a-account"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  members            = ["group:g@example.com", "user:a@example.com"]
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_service_account_iam_policy" "p" {
  service_account_id = google_service_account.s["b-account"].name
  policy_data        = local.stage_policy["roles/iam.serviceAccountUser"]
}

resource "google_storage_bucket_iam_member" "m" {
  bucket = google_storage_bucket.b["a"].name
  role   = "roles/storage.objectViewer"
  member = "user:a@example.com"
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_storage_bucket_iam_binding" "b" {
  bucket  = google_storage_bucket.b["a"].name
  role    = "roles/storage.objectAdmin"
  members = ["group:g@example.com", "user:a@example.com"]
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_storage_bucket_iam_policy" "p" {
  bucket      = google_storage_bucket.b["b"].name
  policy_data = local.stage_policy["roles/storage.admin"]
}

resource "google_bigquery_dataset_iam_member" "m" {
  dataset_id = google_bigquery_dataset.d["a"].dataset_id
  project    = "host-prj"
  role       = "roles/bigquery.dataViewer"
  member     = "user:a@example.com"
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_bigquery_dataset_iam_binding" "b" {
  dataset_id = google_bigquery_dataset.d["a"].dataset_id
  project    = "host-prj"
  role       = "roles/bigquery.dataEditor"
  members    = ["group:g@example.com", "user:a@example.com"]
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_bigquery_dataset_iam_policy" "p" {
  dataset_id  = google_bigquery_dataset.d["b"].dataset_id
  project     = "host-prj"
  policy_data = local.stage_policy["roles/bigquery.dataViewer"]
}

resource "google_kms_key_ring_iam_member" "m" {
  key_ring_id = google_kms_key_ring.r["a"].id
  role        = "roles/cloudkms.viewer"
  member      = "user:a@example.com"
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_kms_key_ring_iam_binding" "b" {
  key_ring_id = google_kms_key_ring.r["a"].id
  role        = "roles/cloudkms.admin"
  members     = ["group:g@example.com", "user:a@example.com"]
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_kms_key_ring_iam_policy" "p" {
  key_ring_id = google_kms_key_ring.r["b"].id
  policy_data = local.stage_policy["roles/cloudkms.viewer"]
}

resource "google_kms_crypto_key_iam_member" "m" {
  crypto_key_id = google_kms_crypto_key.k["a"].id
  role          = "roles/cloudkms.cryptoKeyEncrypter"
  member        = "user:a@example.com"
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_kms_crypto_key_iam_binding" "b" {
  crypto_key_id = google_kms_crypto_key.k["a"].id
  role          = "roles/cloudkms.cryptoKeyDecrypter"
  members       = ["group:g@example.com", "user:a@example.com"]
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_kms_crypto_key_iam_policy" "p" {
  crypto_key_id = google_kms_crypto_key.k["b"].id
  policy_data   = local.stage_policy["roles/cloudkms.viewer"]
}

resource "google_pubsub_topic_iam_member" "m" {
  topic   = google_pubsub_topic.t["a"].name
  project = "host-prj"
  role    = "roles/pubsub.viewer"
  member  = "user:a@example.com"
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_pubsub_topic_iam_binding" "b" {
  topic   = google_pubsub_topic.t["a"].name
  project = "host-prj"
  role    = "roles/pubsub.publisher"
  members = ["group:g@example.com", "user:a@example.com"]
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_pubsub_topic_iam_policy" "p" {
  topic       = google_pubsub_topic.t["b"].name
  project     = "host-prj"
  policy_data = local.stage_policy["roles/pubsub.viewer"]
}

resource "google_compute_subnetwork_iam_member" "m" {
  subnetwork = google_compute_subnetwork.s["a"].name
  region     = "europe-west1"
  project    = "host-prj"
  role       = "roles/compute.networkUser"
  member     = "user:a@example.com"
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_compute_subnetwork_iam_binding" "b" {
  subnetwork = google_compute_subnetwork.s["a"].name
  region     = "europe-west1"
  project    = "host-prj"
  role       = "roles/compute.networkViewer"
  members    = ["group:g@example.com", "user:a@example.com"]
  dynamic "condition" {
    for_each = local.stage_condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = "request.time < timestamp('${condition.value.until}-01-01T00:00:00Z')"
    }
  }
}

resource "google_compute_subnetwork_iam_policy" "p" {
  subnetwork  = google_compute_subnetwork.s["b"].name
  region      = "europe-west1"
  project     = "host-prj"
  policy_data = local.stage_policy["roles/compute.networkUser"]
}
