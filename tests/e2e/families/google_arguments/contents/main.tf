# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "google" {
  project                         = "host-prj"
  region                          = "europe-west1"
  zone                            = "europe-west1-b"
  add_terraform_attribution_label = false
}

locals {
  stage = 0

  stage_on = [null, true, false][local.stage]
}

# Buckets and objects.
resource "google_storage_bucket" "b" {
  name                    = "contents-1"
  location                = "EU"
  enable_object_retention = true
  dynamic "lifecycle_rule" {
    for_each = [[], ["2026-01-01"], ["2026-02-02"]][local.stage]
    content {
      action { type = "Delete" }
      condition {
        created_before             = lifecycle_rule.value
        custom_time_before         = lifecycle_rule.value
        noncurrent_time_before     = lifecycle_rule.value
        days_since_custom_time     = local.stage
        days_since_noncurrent_time = local.stage
        num_newer_versions         = local.stage
      }
    }
  }
  dynamic "lifecycle_rule" {
    for_each = [[], [true], [false]][local.stage]
    content {
      action { type = "Delete" }
      condition {
        with_state                              = "ARCHIVED"
        matches_prefix                          = ["a"]
        send_age_if_zero                        = lifecycle_rule.value
        send_days_since_custom_time_if_zero     = lifecycle_rule.value
        send_days_since_noncurrent_time_if_zero = lifecycle_rule.value
        send_num_newer_versions_if_zero         = lifecycle_rule.value
      }
    }
  }
  dynamic "ip_filter" {
    for_each = [[], ["10.0.0.0/8"], ["10.0.0.0/16"]][local.stage]
    content {
      mode                           = "Disabled"
      allow_all_service_agent_access = true
      allow_cross_org_vpcs           = local.stage == 1
      public_network_source { allowed_ip_cidr_ranges = ["192.0.2.0/24"] }
      vpc_network_sources {
        network                = "projects/host-prj/global/networks/n"
        allowed_ip_cidr_ranges = [ip_filter.value]
      }
    }
  }
}

resource "google_storage_bucket_object" "text" {
  bucket              = google_storage_bucket.b.name
  name                = "text"
  content             = "hello"
  cache_control       = "no-cache"
  content_disposition = "inline"
  content_encoding    = "identity"
  content_language    = "de"
  content_type        = "text/html"
  event_based_hold    = local.stage_on
  temporary_hold      = local.stage_on
  metadata            = { a = "b" }
  storage_class       = "NEARLINE"
  deletion_policy     = [null, "ABANDON", null][local.stage]
}

resource "google_storage_bucket_object" "file" {
  bucket         = google_storage_bucket.b.name
  name           = "file"
  source         = "main.tf"
  source_md5hash = ["0", "1", "2"][local.stage]
}

resource "google_storage_bucket_object" "untyped" {
  bucket                   = google_storage_bucket.b.name
  name                     = "untyped"
  content                  = "x"
  force_empty_content_type = true
}

resource "google_storage_bucket_object" "known" {
  bucket  = google_storage_bucket.b.name
  name    = "known"
  content = "x"
  dynamic "contexts" {
    for_each = [[], [{ b = "1", a = "2" }], [{ b = "3", c = "4" }]][local.stage]
    content {
      dynamic "custom" {
        for_each = contexts.value
        content {
          key   = custom.key
          value = custom.value
        }
      }
    }
  }
}

resource "google_storage_bucket_object" "key" {
  bucket       = google_storage_bucket.b.name
  name         = "key"
  content      = "x"
  kms_key_name = google_kms_crypto_key.k.id
}

resource "google_storage_bucket_object" "secret" {
  bucket  = google_storage_bucket.b.name
  name    = "secret"
  content = "x"
  customer_encryption {
    encryption_algorithm = "AES256"
    encryption_key       = "SGVsbG8gZnJvbSBHb29nbGUgQ2xvdWQgUGxhdGZvcm0="
  }
}

resource "google_storage_bucket_object" "kept" {
  bucket  = google_storage_bucket.b.name
  name    = "kept"
  content = "x"
  dynamic "retention" {
    for_each = [[], ["2030-01-01T00:00:00Z"], ["2030-02-01T00:00:00Z"]][local.stage]
    content {
      mode              = "Unlocked"
      retain_until_time = retention.value
    }
  }
}

# Keys and topics.
resource "google_kms_key_ring" "r" {
  name     = "r"
  project  = "host-prj"
  location = "europe-west1"
}

resource "google_kms_crypto_key" "k" {
  name                       = "k"
  key_ring                   = google_kms_key_ring.r.id
  destroy_scheduled_duration = "172800s"
  labels                     = [null, { a = "b" }, { c = "d" }][local.stage]
}

resource "google_kms_crypto_key" "import" {
  name                          = "import"
  key_ring                      = google_kms_key_ring.r.id
  import_only                   = true
  skip_initial_version_creation = true
  labels                        = [null, { a = "b" }, { c = "d" }][local.stage]
}

resource "google_pubsub_topic" "t" {
  name    = "readings"
  project = "host-prj"
  dynamic "ingestion_data_source_settings" {
    for_each = [[], ["a"], ["b"]][local.stage]
    content {
      dynamic "aws_kinesis" {
        for_each = local.stage == 1 ? [1] : []
        content {
          stream_arn          = "arn:aws:kinesis:eu-west-1:111122223333:stream/s"
          consumer_arn        = "arn:aws:kinesis:eu-west-1:111122223333:stream/s/consumer/c:1"
          aws_role_arn        = "arn:aws:iam::111122223333:role/r"
          gcp_service_account = "x@host-prj.iam.gserviceaccount.com"
        }
      }
      dynamic "aws_msk" {
        for_each = local.stage == 2 ? [1] : []
        content {
          cluster_arn         = "arn:aws:kafka:eu-west-1:111122223333:cluster/c"
          topic               = "t"
          aws_role_arn        = "arn:aws:iam::111122223333:role/r"
          gcp_service_account = "x@host-prj.iam.gserviceaccount.com"
        }
      }
    }
  }
}

resource "google_pubsub_topic" "u" {
  name = "events"
  dynamic "ingestion_data_source_settings" {
    for_each = [[], ["a"], ["b"]][local.stage]
    content {
      dynamic "azure_event_hubs" {
        for_each = local.stage == 1 ? [1] : []
        content {
          resource_group      = "g"
          namespace           = "n"
          event_hub           = "h"
          client_id           = "11111111-1111-1111-1111-111111111111"
          tenant_id           = "22222222-2222-2222-2222-222222222222"
          subscription_id     = "33333333-3333-3333-3333-333333333333"
          gcp_service_account = "x@host-prj.iam.gserviceaccount.com"
        }
      }
      dynamic "confluent_cloud" {
        for_each = local.stage == 2 ? [1] : []
        content {
          bootstrap_server    = "b.example.com:9092"
          cluster_id          = "c"
          topic               = "t"
          identity_pool_id    = "pool"
          gcp_service_account = "x@host-prj.iam.gserviceaccount.com"
        }
      }
    }
  }
}

resource "google_pubsub_topic" "v" {
  name   = "files"
  tags   = { "1234/env" = "test" }
  labels = [null, { a = "b" }, { c = "d" }][local.stage]
  ingestion_data_source_settings {
    cloud_storage {
      bucket = google_storage_bucket.b.name
      pubsub_avro_format {}
    }
  }
}

resource "google_pubsub_topic_iam_binding" "b" {
  project = "host-prj"
  topic   = google_pubsub_topic.t.name
  role    = "roles/pubsub.viewer"
  members = [["user:a@example.com"], ["user:a@example.com", "group:g@example.com"], ["group:h@example.com"]][local.stage]
}

# Zones.
resource "google_dns_managed_zone" "z" {
  name          = "z"
  dns_name      = "z.example.com."
  force_destroy = local.stage_on
}

resource "google_dns_record_set" "w" {
  project      = "host-prj"
  managed_zone = google_dns_managed_zone.z.name
  name         = "w.z.example.com."
  type         = "A"
  ttl          = 60
  routing_policy {
    health_check = "projects/host-prj/global/healthChecks/${["a", "b", "c"][local.stage]}"
    wrr {
      weight  = 1
      rrdatas = ["192.0.2.1"]
    }
    wrr {
      weight = 2
      health_checked_targets { external_endpoints = [["192.0.2.2"], ["192.0.2.3"], ["192.0.2.4", "192.0.2.5"]][local.stage] }
    }
  }
}

resource "google_dns_record_set" "g" {
  managed_zone = google_dns_managed_zone.z.name
  name         = "g.z.example.com."
  type         = "A"
  ttl          = 60
  routing_policy {
    health_check = "projects/host-prj/global/healthChecks/a"
    geo {
      location = "europe-west1"
      health_checked_targets { external_endpoints = [["192.0.2.2"], ["192.0.2.3"], ["192.0.2.4", "192.0.2.5"]][local.stage] }
    }
  }
}

resource "google_dns_record_set" "b" {
  managed_zone = google_dns_managed_zone.z.name
  name         = "b.z.example.com."
  type         = "A"
  ttl          = 60
  routing_policy {
    health_check = "projects/host-prj/global/healthChecks/a"
    primary_backup {
      primary { external_endpoints = [["192.0.2.2"], ["192.0.2.3"], ["192.0.2.4"]][local.stage] }
      backup_geo {
        location = "europe-west1"
        health_checked_targets { external_endpoints = [["192.0.2.6"], ["192.0.2.7"], ["192.0.2.8"]][local.stage] }
      }
    }
  }
}

# Logs and data.
resource "google_folder" "f" {
  display_name        = "F"
  parent              = "organizations/1234"
  deletion_protection = false
}

resource "google_folder" "tagged" {
  display_name        = "Tagged"
  parent              = "organizations/1234"
  deletion_protection = false
  tags                = { "1234/env" = "test" }
}

resource "google_logging_folder_sink" "s" {
  folder      = google_folder.f.name
  name        = "s"
  destination = "storage.googleapis.com/bb"
  description = [null, "a", "b"][local.stage]
  disabled    = local.stage_on
  dynamic "exclusions" {
    for_each = [[], ["a"], ["a", "b"]][local.stage]
    content {
      name        = exclusions.value
      filter      = "severity=DEBUG"
      description = local.stage == 1 ? "x" : null
      disabled    = local.stage == 1
    }
  }
}

resource "google_logging_organization_sink" "s" {
  org_id             = "1234"
  name               = "s"
  destination        = "bigquery.googleapis.com/projects/host-prj/datasets/d"
  description        = [null, "a", "b"][local.stage]
  include_children   = true
  intercept_children = local.stage == 1
  dynamic "bigquery_options" {
    for_each = [[], [true], [false]][local.stage]
    content { use_partitioned_tables = bigquery_options.value }
  }
  dynamic "exclusions" {
    for_each = [[], ["a"], ["a", "b"]][local.stage]
    content {
      name        = exclusions.value
      filter      = "severity=DEBUG"
      description = local.stage == 1 ? "x" : null
      disabled    = local.stage == 1
    }
  }
}

resource "google_bigquery_dataset" "d" {
  dataset_id    = "d"
  location      = "EU"
  resource_tags = [null, { "1234/env" = "test" }, { "1234/env" = "prod" }][local.stage]
  access {
    role          = "OWNER"
    special_group = "projectOwners"
  }
  dynamic "access" {
    for_each = [[], ["a@example.com"], ["b@example.com"]][local.stage]
    content {
      role          = "READER"
      user_by_email = access.value
      condition {
        title       = "until"
        description = "d"
        expression  = "request.time < timestamp(\"2030-01-01T00:00:00Z\")"
      }
    }
  }
  dynamic "access" {
    for_each = [[], ["g@example.com"], ["h@example.com"]][local.stage]
    content {
      role           = "WRITER"
      group_by_email = access.value
    }
  }
  dynamic "access" {
    for_each = [[], ["example.com"], ["example.org"]][local.stage]
    content {
      role   = "READER"
      domain = access.value
    }
  }
  dynamic "access" {
    for_each = [[], ["allUsers"], ["allUsers"]][local.stage]
    content {
      role       = "roles/bigquery.metadataViewer"
      iam_member = access.value
    }
  }
  dynamic "access" {
    for_each = [[], ["v"], ["w"]][local.stage]
    content {
      view {
        project_id = "host-prj"
        dataset_id = "other"
        table_id   = access.value
      }
    }
  }
  dynamic "access" {
    for_each = [[], ["v"], ["w"]][local.stage]
    content {
      routine {
        project_id = "host-prj"
        dataset_id = "other"
        routine_id = access.value
      }
    }
  }
  dynamic "access" {
    for_each = [[], ["v"], ["w"]][local.stage]
    content {
      dataset {
        target_types = ["VIEWS"]
        dataset {
          project_id = "host-prj"
          dataset_id = access.value
        }
      }
    }
  }
}

resource "google_bigquery_dataset" "catalog" {
  dataset_id = "catalog"
  location   = "EU"
  dynamic "external_catalog_dataset_options" {
    for_each = [[], ["gs://contents-1/a"], ["gs://contents-1/b"]][local.stage]
    content {
      default_storage_location_uri = external_catalog_dataset_options.value
      parameters                   = { a = external_catalog_dataset_options.value }
    }
  }
}

resource "google_bigquery_dataset" "elsewhere" {
  dataset_id = "elsewhere"
  location   = "aws-us-east-1"
  labels     = [null, { a = "b" }, { c = "d" }][local.stage]
  external_dataset_reference {
    external_source = "aws-glue://arn:aws:glue:us-east-1:111122223333:database/d"
    connection      = "projects/host-prj/locations/aws-us-east-1/connections/c"
  }
}

# Policies.
resource "google_org_policy_policy" "all" {
  parent = "projects/host-prj"
  name   = "projects/host-prj/policies/compute.vmExternalIpAccess"
  spec {
    rules {
      allow_all = local.stage == 1 ? "TRUE" : null
      deny_all  = local.stage == 1 ? null : "TRUE"
      dynamic "condition" {
        for_each = [[], ["a"], ["b"]][local.stage]
        content {
          title       = condition.value
          description = condition.value
          location    = condition.value
          expression  = "resource.matchTag('1234/env', '${condition.value}')"
        }
      }
    }
    dynamic "rules" {
      for_each = local.stage == 0 ? [] : [1]
      content { deny_all = "TRUE" }
    }
  }
}

resource "google_org_policy_policy" "dry" {
  parent = "projects/host-prj"
  name   = "projects/host-prj/policies/gcp.resourceLocations"
  dry_run_spec {
    inherit_from_parent = false
    rules {
      allow_all = local.stage == 1 ? "TRUE" : null
      dynamic "values" {
        for_each = local.stage == 1 ? [] : [local.stage]
        content {
          allowed_values = ["in:eu-locations"]
          denied_values  = values.value == 2 ? ["in:asia-locations"] : null
        }
      }
      dynamic "condition" {
        for_each = [[], [], ["b"]][local.stage]
        content {
          title      = condition.value
          expression = "resource.matchTag('1234/env', '${condition.value}')"
        }
      }
    }
    dynamic "rules" {
      for_each = local.stage == 2 ? [1] : []
      content { deny_all = "TRUE" }
    }
  }
}

resource "google_org_policy_policy" "managed" {
  parent = "organizations/1234"
  name   = "organizations/1234/policies/iam.managed.allowedPolicyMembers"
  dry_run_spec {
    rules {
      enforce    = "TRUE"
      parameters = jsonencode({ allowedMemberSubjects = ["user:${["a", "b", "c"][local.stage]}@example.com"] })
    }
  }
}

# Roles, audits and accounts.
resource "google_project_iam_custom_role" "r" {
  project     = "host-prj"
  role_id     = "reader"
  title       = ["A", "B", "C"][local.stage]
  description = [null, "a", "b"][local.stage]
  permissions = [["storage.buckets.get"], ["storage.buckets.get", "storage.buckets.list"], ["storage.buckets.list"]][local.stage]
  stage       = [null, "BETA", "ALPHA"][local.stage]
}

resource "google_organization_iam_custom_role" "r" {
  org_id      = "1234"
  role_id     = "reader"
  title       = ["A", "B", "C"][local.stage]
  description = [null, "a", "b"][local.stage]
  permissions = [["storage.buckets.get"], ["storage.buckets.get", "storage.buckets.list"], ["storage.buckets.list"]][local.stage]
  stage       = [null, "BETA", "ALPHA"][local.stage]
}

resource "google_project_iam_audit_config" "a" {
  project = "host-prj"
  service = "allServices"
  audit_log_config {
    log_type         = "DATA_READ"
    exempted_members = [null, ["user:a@example.com"], ["user:b@example.com", "user:c@example.com"]][local.stage]
  }
  dynamic "audit_log_config" {
    for_each = [[], ["ADMIN_READ"], ["DATA_WRITE"]][local.stage]
    content { log_type = audit_log_config.value }
  }
}

resource "google_project" "p" {
  project_id      = "paid-prj"
  name            = "Paid"
  folder_id       = google_folder.f.name
  deletion_policy = "DELETE"
  tags            = { "1234/env" = "test" }
  lifecycle { ignore_changes = [billing_account] }
}

resource "google_billing_project_info" "p" {
  project         = google_project.p.project_id
  billing_account = ["", "012345-6789AB-CDEF01", ""][local.stage]
}

resource "google_project_service" "compute" {
  project = google_project.p.project_id
  service = "compute.googleapis.com"
}

resource "google_project_default_service_accounts" "d" {
  project        = google_project_service.compute.project
  action         = "DISABLE"
  restore_policy = ["REVERT", "NONE", "REVERT_AND_IGNORE_FAILURE"][local.stage]
}

resource "google_service_account" "a" {
  account_id                   = "accounts"
  create_ignore_already_exists = local.stage_on
}

resource "google_service_account_key" "k" {
  service_account_id = google_service_account.a.name
  key_algorithm      = "KEY_ALG_RSA_2048"
  private_key_type   = "TYPE_GOOGLE_CREDENTIALS_FILE"
  public_key_type    = "TYPE_X509_PEM_FILE"
  keepers            = { a = "b" }
}
