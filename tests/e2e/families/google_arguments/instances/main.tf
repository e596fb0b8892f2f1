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
  name                     = "n"
  auto_create_subnetworks  = false
  enable_ula_internal_ipv6 = true
}

resource "google_compute_subnetwork" "a" {
  name             = "a"
  network          = google_compute_network.n.id
  ip_cidr_range    = "10.0.0.0/24"
  stack_type       = "IPV4_IPV6"
  ipv6_access_type = "INTERNAL"
  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = "10.1.0.0/16"
  }
}

resource "google_compute_subnetwork" "b" {
  name             = "b"
  network          = google_compute_network.n.id
  ip_cidr_range    = "10.2.0.0/24"
  stack_type       = "IPV4_IPV6"
  ipv6_access_type = "EXTERNAL"
}

resource "google_compute_address" "nat" {
  name = "nat"
}

resource "google_compute_address" "standard" {
  name         = "standard"
  network_tier = "STANDARD"
  description  = "d"
}

resource "google_compute_disk" "d" {
  for_each = toset(["one", "two", "boot"])
  name     = each.key
  size     = 10
}

resource "google_compute_disk" "given" {
  name                        = "given"
  zone                        = "europe-west1-b"
  project                     = "host-prj"
  description                 = "d"
  image                       = "debian-cloud/debian-12"
  architecture                = "X86_64"
  physical_block_size_bytes   = 4096
  enable_confidential_compute = true
  type                        = "hyperdisk-balanced"
  access_mode                 = [null, "READ_WRITE_MANY", "READ_ONLY_MANY"][local.stage]
  storage_pool                = "pool"
  licenses                    = ["https://www.googleapis.com/compute/v1/projects/debian-cloud/global/licenses/debian-12"]
  guest_os_features { type = "UEFI_COMPATIBLE" }
  guest_os_features { type = "GVNIC" }
  params { resource_manager_tags = { "tagKeys/1" = "tagValues/1" } }
  disk_encryption_key {
    kms_key_self_link       = local.key
    kms_key_service_account = local.user
  }
  source_image_encryption_key {
    kms_key_self_link       = local.key
    kms_key_service_account = local.user
  }
}

resource "google_compute_disk" "follows" {
  name = "follows"
  size = 10
  type = "pd-balanced"
  async_primary_disk { disk = "projects/other-prj/zones/europe-west4-a/disks/first" }
}

resource "google_compute_disk" "wrapped" {
  name = "wrapped"
  size = 10
  disk_encryption_key { rsa_encrypted_key = "d3JhcHBlZA==" }
}

# What can be changed.
resource "google_compute_instance" "run" {
  name                      = "run"
  machine_type              = "n2-standard-2"
  allow_stopping_for_update = true
  enable_display            = [null, true, false][local.stage]
  desired_status            = ["RUNNING", "TERMINATED", "SUSPENDED"][local.stage]
  resource_policies         = [null, ["projects/host-prj/regions/europe-west1/resourcePolicies/a"], ["projects/host-prj/regions/europe-west1/resourcePolicies/b"]][local.stage]
  boot_disk {
    source      = google_compute_disk.d["boot"].self_link
    auto_delete = false
  }
  dynamic "advanced_machine_features" {
    for_each = [[], [1], [2]][local.stage]
    content {
      enable_nested_virtualization = local.stage == 1
      enable_uefi_networking       = local.stage == 2
      performance_monitoring_unit  = local.stage == 1 ? "STANDARD" : "ENHANCED"
      threads_per_core             = advanced_machine_features.value
      turbo_mode                   = local.stage == 1 ? "ALL_CORE_MAX" : null
      visible_core_count           = advanced_machine_features.value
    }
  }
  dynamic "attached_disk" {
    for_each = ["one", "two"]
    content {
      source                          = google_compute_disk.d[attached_disk.value].self_link
      device_name                     = attached_disk.value == "one" ? ["a", "b", "c"][local.stage] : "two"
      mode                            = attached_disk.value == "one" ? ["READ_WRITE", "READ_ONLY", "READ_WRITE"][local.stage] : "READ_WRITE"
      kms_key_self_link               = attached_disk.value == "one" ? local.key : null
      disk_encryption_service_account = attached_disk.value == "one" ? local.user : null
    }
  }
  network_interface {
    network    = google_compute_network.n.id
    subnetwork = google_compute_subnetwork.a.id
    network_ip = "10.0.0.20"
    stack_type = [null, "IPV4_IPV6", "IPV4_ONLY"][local.stage]
    dynamic "access_config" {
      for_each = [[], [google_compute_address.nat.address], [null]][local.stage]
      content {
        nat_ip                 = access_config.value
        network_tier           = local.stage == 1 ? "PREMIUM" : "STANDARD"
        public_ptr_domain_name = local.stage == 1 ? "a.example.com." : null
      }
    }
    dynamic "alias_ip_range" {
      for_each = [[], ["/28"], ["/28", "10.1.8.0/24"]][local.stage]
      content {
        ip_cidr_range         = alias_ip_range.value
        subnetwork_range_name = alias_ip_range.value == "/28" ? null : "pods"
      }
    }
  }
  scheduling {
    availability_domain = [null, 1, 2][local.stage]
    min_node_cpus       = [null, 2, 4][local.stage]
    dynamic "node_affinities" {
      for_each = [[], ["IN"], ["NOT_IN"]][local.stage]
      content {
        key      = "compute.googleapis.com/node-group-name"
        operator = node_affinities.value
        values   = ["g"]
      }
    }
  }
}

# What only a new instance can have.
resource "google_compute_instance" "fixed" {
  name                       = "fixed"
  project                    = "host-prj"
  zone                       = "europe-west1-b"
  machine_type               = "a2-highgpu-1g"
  hostname                   = "fixed.example.com"
  key_revocation_action_type = "STOP"
  labels                     = [null, { a = "b" }, { c = "d" }][local.stage]
  boot_disk {
    device_name                     = "system"
    disk_encryption_service_account = local.user
    force_attach                    = true
    guest_os_features               = ["UEFI_COMPATIBLE", "GVNIC"]
    interface                       = "NVME"
    kms_key_self_link               = local.key
    mode                            = "READ_WRITE"
    initialize_params {
      architecture                = "X86_64"
      enable_confidential_compute = true
      image                       = "debian-cloud/debian-12"
      provisioned_iops            = 3600
      provisioned_throughput      = 150
      resource_manager_tags       = { "tagKeys/1" = "tagValues/1" }
      resource_policies           = ["projects/host-prj/regions/europe-west1/resourcePolicies/daily"]
      storage_pool                = "pool"
      type                        = "hyperdisk-balanced"
      source_image_encryption_key {
        kms_key_self_link       = local.key
        kms_key_service_account = local.user
      }
    }
  }
  confidential_instance_config {
    confidential_instance_type  = "SEV"
    enable_confidential_compute = true
  }
  guest_accelerator {
    type  = "nvidia-tesla-a100"
    count = 1
  }
  instance_encryption_key {
    kms_key_self_link       = local.key
    kms_key_service_account = local.user
  }
  network_interface {
    subnetwork         = google_compute_subnetwork.b.name
    subnetwork_project = "host-prj"
    nic_type           = "GVNIC"
    queue_count        = 2
    stack_type         = "IPV4_IPV6"
    ipv6_access_config {
      network_tier                = "PREMIUM"
      name                        = "six"
      external_ipv6               = "2600:1900:1:1:0:9:0:0"
      external_ipv6_prefix_length = 96
      public_ptr_domain_name      = "b.example.com."
    }
  }
  network_interface {
    subnetwork                  = google_compute_subnetwork.a.self_link
    stack_type                  = "IPV4_IPV6"
    ipv6_address                = "fd20:0:0:0:0:9:0:0"
    internal_ipv6_prefix_length = 96
    nic_type                    = "GVNIC"
  }
  network_performance_config { total_egress_bandwidth_tier = "TIER_1" }
  params { resource_manager_tags = { "tagKeys/1" = "tagValues/1" } }
  reservation_affinity {
    type = "SPECIFIC_RESERVATION"
    specific_reservation {
      key    = "compute.googleapis.com/reservation-name"
      values = ["r"]
    }
  }
  scheduling {
    on_host_maintenance         = "TERMINATE"
    instance_termination_action = "STOP"
    automatic_restart           = true
    local_ssd_recovery_timeout {
      seconds = 3600
      nanos   = 0
    }
    max_run_duration {
      seconds = 7200
      nanos   = 0
    }
    on_instance_stop_action { discard_local_ssd = true }
  }
  scratch_disk {
    interface   = "NVME"
    device_name = "fast"
    size        = 3000
  }
}

resource "google_compute_instance" "ends" {
  name         = "ends"
  machine_type = "n2-standard-2"
  labels       = [null, { a = "b" }, { c = "d" }][local.stage]
  boot_disk {
    disk_encryption_key_raw = local.raw
    initialize_params {
      image = "debian-cloud/debian-12"
      source_snapshot_encryption_key { raw_key = local.raw }
    }
  }
  attached_disk {
    source                  = google_compute_disk.secret.self_link
    disk_encryption_key_raw = local.raw
    force_attach            = false
  }
  network_interface { subnetwork = google_compute_subnetwork.a.name }
  scheduling {
    instance_termination_action = "DELETE"
    termination_time            = "2030-01-01T00:00:00Z"
  }
}

resource "google_compute_disk" "secret" {
  name = "secret"
  size = 10
  disk_encryption_key { raw_key = local.raw }
}

resource "google_compute_instance" "wrapped" {
  name         = "under-a-key"
  machine_type = "n2-standard-2"
  labels       = [null, { a = "b" }, { c = "d" }][local.stage]
  boot_disk {
    disk_encryption_key_rsa = "d3JhcHBlZA=="
    initialize_params { image = "debian-cloud/debian-12" }
  }
  attached_disk {
    source                  = google_compute_disk.wrapped.name
    disk_encryption_key_rsa = "d3JhcHBlZA=="
  }
  network_interface { subnetwork = google_compute_subnetwork.a.name }
}
