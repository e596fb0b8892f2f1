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

resource "google_kms_key_ring" "r" {
  name     = "r"
  location = "europe-west1"
}

resource "google_kms_crypto_key" "k" {
  name            = "k"
  key_ring        = google_kms_key_ring.r.id
  rotation_period = [null, "7776000s", "8640000s"][local.stage]
  labels          = [null, { a = "b" }, { c = "d" }][local.stage]
}

resource "google_kms_crypto_key" "signs" {
  name     = "signs"
  key_ring = google_kms_key_ring.r.id
  purpose  = "ASYMMETRIC_SIGN"
  version_template {
    algorithm        = ["EC_SIGN_P256_SHA256", "EC_SIGN_P384_SHA384", "RSA_SIGN_PSS_2048_SHA256"][local.stage]
    protection_level = "HSM"
  }
}

resource "google_kms_key_ring_iam_binding" "r" {
  key_ring_id = google_kms_key_ring.r.id
  role        = "roles/cloudkms.viewer"
  members     = [["user:a@example.com"], ["user:a@example.com", "group:g@example.com"], ["group:h@example.com"]][local.stage]
}

resource "google_kms_crypto_key_iam_binding" "k" {
  crypto_key_id = google_kms_crypto_key.k.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  members       = [["user:a@example.com"], ["user:a@example.com", "group:g@example.com"], ["group:h@example.com"]][local.stage]
}

resource "google_kms_crypto_key_iam_member" "signs" {
  crypto_key_id = google_kms_crypto_key.signs.id
  role          = "roles/cloudkms.signer"
  member        = "user:a@example.com"
}

# What keys are for: a bucket, and a topic that logs go to.
resource "google_storage_bucket" "b" {
  name     = "with-key-1"
  location = "EU"
  encryption { default_kms_key_name = google_kms_crypto_key.k.id }
}

resource "google_pubsub_topic" "logs" {
  name                       = "logs"
  kms_key_name               = [null, google_kms_crypto_key.k.id, null][local.stage]
  labels                     = [null, { a = "b" }, { c = "d" }][local.stage]
  message_retention_duration = [null, "86400s", "3600s"][local.stage]
  dynamic "message_storage_policy" {
    for_each = [[], [["europe-west1"]], [["europe-west1", "europe-west4"]]][local.stage]
    content {
      allowed_persistence_regions = message_storage_policy.value
      enforce_in_transit          = local.stage == 1
    }
  }
  dynamic "message_transforms" {
    for_each = [[], [true], [false, true]][local.stage]
    content {
      disabled = message_transforms.value
      javascript_udf {
        function_name = "f"
        code          = "function f(message) { return message; } // ${message_transforms.key}"
      }
    }
  }
  dynamic "ingestion_data_source_settings" {
    for_each = [[], ["text"], ["avro"]][local.stage]
    content {
      cloud_storage {
        bucket                     = google_storage_bucket.b.name
        match_glob                 = local.stage == 1 ? "**.txt" : null
        minimum_object_create_time = "2026-01-01T00:00:00Z"
        dynamic "text_format" {
          for_each = local.stage == 1 ? ["|"] : []
          content { delimiter = text_format.value }
        }
        dynamic "avro_format" {
          for_each = local.stage == 2 ? [1] : []
          content {}
        }
      }
      platform_logs_settings { severity = local.stage == 1 ? "WARNING" : "ERROR" }
    }
  }
}

resource "google_logging_project_sink" "s" {
  name        = "s"
  destination = "pubsub.googleapis.com/${google_pubsub_topic.logs.id}"
}

resource "google_pubsub_topic_iam_member" "writer" {
  topic  = google_pubsub_topic.logs.name
  role   = "roles/pubsub.publisher"
  member = google_logging_project_sink.s.writer_identity
}

resource "google_pubsub_topic" "two" {
  name = "two"
}

resource "google_pubsub_topic_iam_policy" "two" {
  topic = google_pubsub_topic.two.id
  policy_data = jsonencode({ bindings = [{
    role    = "roles/pubsub.viewer"
    members = [["user:a@example.com"], ["group:g@example.com", "user:a@example.com"], ["group:h@example.com"]][local.stage]
  }] })
}
