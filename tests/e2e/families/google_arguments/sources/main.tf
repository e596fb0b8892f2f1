# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "google" {
  project                         = "host-prj"
  region                          = "europe-west1"
  zone                            = "europe-west1-b"
  add_terraform_attribution_label = false
}

locals {
  stage = 0
  key   = "projects/host-prj/locations/europe-west1/keyRings/r/cryptoKeys/k"
  user  = "x@host-prj.iam.gserviceaccount.com"
  raw   = "SGVsbG8gZnJvbSBHb29nbGUgQ2xvdWQgUGxhdGZvcm0="
}

resource "google_compute_network" "n" {
  for_each                = toset(["n", "m"])
  name                    = each.key
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "s" {
  for_each      = { a = "n", b = "m", c = "n" }
  name          = each.key
  network       = google_compute_network.n[each.value].id
  ip_cidr_range = { a = "10.0.0.0/24", b = "10.0.1.0/24", c = "10.0.2.0/24" }[each.key]
  secondary_ip_range {
    range_name    = "more"
    ip_cidr_range = { a = "10.1.0.0/24", b = "10.1.1.0/24", c = "10.1.2.0/24" }[each.key]
  }
}

# What disks are made from. The snapshots are there before.
resource "google_storage_bucket" "images" {
  name     = "images-1"
  location = "EU"
}

resource "google_storage_bucket_object" "image" {
  for_each = toset(["a.tar.gz", "b.vmdk"])
  bucket   = google_storage_bucket.images.name
  name     = each.key
  content  = "no image"
}

resource "google_compute_disk" "snapshot" {
  name     = "of-a-snapshot"
  snapshot = [null, "one", "projects/host-prj/global/snapshots/two"][local.stage]
  size     = 20
}

resource "google_compute_disk" "instant" {
  name                    = "of-an-instant"
  source_instant_snapshot = [null, "projects/host-prj/zones/europe-west1-b/instantSnapshots/one", "https://www.googleapis.com/compute/v1/projects/host-prj/zones/europe-west1-b/instantSnapshots/two"][local.stage]
  size                    = 20
}

resource "google_compute_disk" "stored" {
  name                  = "of-a-file"
  source_storage_object = [null, "gs://images-1/a.tar.gz", "https://storage.googleapis.com/images-1/b.vmdk"][local.stage]
  size                  = 20
  depends_on            = [google_storage_bucket_object.image]
}

resource "google_compute_disk" "secret_image" {
  name  = "of-a-secret-image"
  image = "debian-cloud/debian-12"
  dynamic "source_image_encryption_key" {
    for_each = [[], [local.raw], ["QW5vdGhlciBrZXkgZnJvbSBHb29nbGUgQ2xvdWQgICE="]][local.stage]
    content { raw_key = source_image_encryption_key.value }
  }
}

resource "google_compute_disk" "secret_snapshot" {
  name     = "of-a-secret-snapshot"
  snapshot = ["one", "secret", "kept"][local.stage]
  dynamic "source_snapshot_encryption_key" {
    for_each = [[], [local.raw], [null]][local.stage]
    content {
      raw_key                 = source_snapshot_encryption_key.value
      kms_key_self_link       = local.stage == 2 ? local.key : null
      kms_key_service_account = local.stage == 2 ? local.user : null
    }
  }
}

# The same of the first disks of instances.
resource "google_compute_instance" "snapshot" {
  name         = "starts-from-a-snapshot"
  machine_type = "e2-small"
  boot_disk {
    initialize_params {
      image    = local.stage == 0 ? "debian-cloud/debian-12" : null
      snapshot = [null, "secret", "kept"][local.stage]
      dynamic "source_snapshot_encryption_key" {
        for_each = [[], [local.raw], [null]][local.stage]
        content {
          raw_key                 = source_snapshot_encryption_key.value
          kms_key_self_link       = local.stage == 2 ? local.key : null
          kms_key_service_account = local.stage == 2 ? local.user : null
        }
      }
    }
  }
  network_interface { subnetwork = google_compute_subnetwork.s["a"].id }
}

resource "google_compute_instance" "image" {
  name         = "of-an-image"
  machine_type = "e2-small"
  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
      dynamic "source_image_encryption_key" {
        for_each = [[], [local.raw], [null]][local.stage]
        content {
          raw_key           = source_image_encryption_key.value
          rsa_encrypted_key = local.stage == 2 ? "d3JhcHBlZA==" : null
        }
      }
    }
  }
  network_interface { subnetwork = google_compute_subnetwork.s["a"].id }
}

resource "google_compute_instance" "wrapped" {
  name         = "of-a-wrapped-snapshot"
  machine_type = "e2-small"
  boot_disk {
    initialize_params {
      snapshot = "one"
      dynamic "source_snapshot_encryption_key" {
        for_each = [[], ["d3JhcHBlZA=="], ["YW5vdGhlcg=="]][local.stage]
        content { rsa_encrypted_key = source_snapshot_encryption_key.value }
      }
    }
  }
  network_interface { subnetwork = google_compute_subnetwork.s["a"].id }
}

# In another network than it was, and in another project's as well.
resource "google_compute_instance" "moves" {
  name                      = "moves"
  machine_type              = "e2-small"
  allow_stopping_for_update = true
  boot_disk {
    initialize_params { image = "debian-cloud/debian-12" }
  }
  network_interface {
    network    = [google_compute_network.n["n"].id, google_compute_network.n["m"].id, null][local.stage]
    subnetwork = google_compute_subnetwork.s[["a", "b", "c"][local.stage]].id
    network_ip = [null, "10.0.1.9", null][local.stage]
    access_config {}
    dynamic "alias_ip_range" {
      for_each = [[], ["10.1.1.0/28"], ["10.1.2.0/28"]][local.stage]
      content {
        ip_cidr_range         = alias_ip_range.value
        subnetwork_range_name = "more"
      }
    }
  }
}

resource "google_compute_instance" "attached" {
  name         = "attached"
  machine_type = "e2-small"
  boot_disk {
    initialize_params { image = "debian-cloud/debian-12" }
  }
  network_interface { subnetwork = google_compute_subnetwork.s["a"].id }
  network_interface {
    subnetwork         = local.stage == 0 ? google_compute_subnetwork.s["b"].id : null
    network_attachment = [null, "projects/producer-prj/regions/europe-west1/networkAttachments/all", "projects/producer-prj/regions/europe-west1/networkAttachments/some"][local.stage]
  }
}
