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
  ipv6_access_type = "EXTERNAL"
}

resource "google_compute_disk" "a" {
  name   = "a"
  size   = [null, 2000, 3000][local.stage]
  type   = "pd-ssd"
  labels = [null, { a = "b" }, { c = "d" }][local.stage]
}

resource "google_compute_disk" "copy" {
  name        = "copy"
  source_disk = google_compute_disk.c.id
}

resource "google_compute_disk" "c" {
  name = "c"
  size = 10
}

resource "google_compute_disk" "snapped" {
  name                                  = "snapped"
  size                                  = 10
  create_snapshot_before_destroy        = true
  create_snapshot_before_destroy_prefix = "last"
}

resource "google_compute_disk" "half" {
  name        = "half"
  size        = 20
  source_disk = "projects/host-prj/zones/europe-west1-b/disks/${google_compute_disk.c.name}"
}

resource "google_compute_disk" "key" {
  name = "key"
  size = 10
  disk_encryption_key { raw_key = "SGVsbG8gZnJvbSBHb29nbGUgQ2xvdWQgUGxhdGZvcm0=" }
}

resource "google_compute_disk" "kms" {
  name = "kms"
  size = 10
  disk_encryption_key { kms_key_self_link = "projects/host-prj/locations/europe/keyRings/r/cryptoKeys/k" }
}

resource "google_compute_disk" "iops" {
  name                   = "iops"
  size                   = 100
  type                   = "hyperdisk-balanced"
  provisioned_iops       = [3600, 4000, 5000][local.stage]
  provisioned_throughput = [150, 160, 170][local.stage]
}

resource "google_compute_instance" "i" {
  name                      = "i"
  machine_type              = "e2-small"
  labels                    = [null, { a = "b" }, { c = "d" }][local.stage]
  tags                      = [null, ["a"], ["b", "c"]][local.stage]
  metadata                  = [null, { a = "b" }, { c = "d" }][local.stage]
  metadata_startup_script   = null
  can_ip_forward            = true
  min_cpu_platform          = [null, "Intel Broadwell", "Intel Skylake"][local.stage]
  description               = "d"
  deletion_protection       = [null, true, false][local.stage]
  allow_stopping_for_update = true
  boot_disk {
    auto_delete = true
    initialize_params {
      image  = "debian-cloud/debian-12"
      size   = 20
      type   = "pd-balanced"
      labels = { x = "y" }
    }
  }
  dynamic "attached_disk" {
    for_each = [[], [google_compute_disk.a.self_link], [google_compute_disk.a.self_link]][local.stage]
    content {
      source      = attached_disk.value
      device_name = "data"
      mode        = local.stage == 1 ? "READ_WRITE" : "READ_ONLY"
    }
  }
  scratch_disk { interface = "NVME" }
  network_interface {
    subnetwork = google_compute_subnetwork.a.id
    stack_type = "IPV4_IPV6"
    access_config { network_tier = "PREMIUM" }
    ipv6_access_config { network_tier = "PREMIUM" }
    alias_ip_range { ip_cidr_range = "/28" }
  }
  scheduling {
    preemptible                 = true
    automatic_restart           = false
    provisioning_model          = "SPOT"
    on_host_maintenance         = "TERMINATE"
    instance_termination_action = "STOP"
  }
  shielded_instance_config {
    enable_secure_boot          = [false, true, false][local.stage]
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }
  service_account {
    email  = "x@host-prj.iam.gserviceaccount.com"
    scopes = [["cloud-platform"], ["storage-ro", "logging-write"], ["cloud-platform"]][local.stage]
  }
}

resource "google_compute_address" "in" {
  name         = "in"
  subnetwork   = google_compute_subnetwork.a.id
  address_type = "INTERNAL"
  address      = "10.0.0.9"
  purpose      = "GCE_ENDPOINT"
  labels       = [null, { a = "b" }, { c = "d" }][local.stage]
}

resource "google_compute_address" "six" {
  name               = "six"
  ip_version         = "IPV6"
  ipv6_endpoint_type = "VM"
  subnetwork         = google_compute_subnetwork.a.id
}

resource "google_compute_global_address" "gsix" {
  name       = "gsix"
  ip_version = "IPV6"
  labels     = [null, { a = "b" }, { c = "d" }][local.stage]
}

resource "google_compute_global_address" "r" {
  name          = "r"
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 16
  network       = google_compute_network.n.id
}

resource "google_compute_global_address" "r2" {
  name          = "r2"
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  address       = "10.200.0.0"
  prefix_length = 16
  network       = google_compute_network.n.id
}

resource "google_service_networking_connection" "c" {
  network                 = google_compute_network.n.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [[google_compute_global_address.r.name], [google_compute_global_address.r.name, google_compute_global_address.r2.name], [google_compute_global_address.r2.name]][local.stage]
  deletion_policy         = [null, "ABANDON", null][local.stage]
  update_on_creation_fail = [null, true, false][local.stage]
}

resource "google_compute_route" "inst" {
  name              = "inst"
  network           = google_compute_network.n.name
  dest_range        = "192.168.0.0/16"
  next_hop_instance = google_compute_instance.i.self_link
}

resource "google_compute_route" "inst2" {
  name                   = "inst2"
  network                = google_compute_network.n.name
  dest_range             = "192.169.0.0/16"
  next_hop_instance      = google_compute_instance.i.name
  next_hop_instance_zone = "europe-west1-b"
}

resource "google_compute_router" "r" {
  name    = "r"
  network = google_compute_network.n.id
  bgp { asn = 16550 }
}

resource "google_compute_interconnect_attachment" "p" {
  name                     = "p"
  router                   = google_compute_router.r.id
  type                     = "PARTNER"
  edge_availability_domain = "AVAILABILITY_DOMAIN_1"
  admin_enabled            = [null, false, true][local.stage]
  description              = [null, "a", "b"][local.stage]
  mtu                      = [null, "1500", "1460"][local.stage]
  labels                   = [null, { a = "b" }, { c = "d" }][local.stage]
}

resource "google_compute_interconnect_attachment" "d" {
  name              = "d"
  router            = google_compute_router.r.name
  interconnect      = "https://www.googleapis.com/compute/v1/projects/host-prj/global/interconnects/ic"
  bandwidth         = [null, "BPS_1G", "BPS_2G"][local.stage]
  vlan_tag8021q     = 100
  candidate_subnets = ["169.254.10.0/29"]
}
