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
  name                                      = "n"
  auto_create_subnetworks                   = false
  enable_ula_internal_ipv6                  = true
  mtu                                       = 1500
  routing_mode                              = [null, "GLOBAL", "REGIONAL"][local.stage]
  bgp_best_path_selection_mode              = [null, "STANDARD", "LEGACY"][local.stage]
  network_firewall_policy_enforcement_order = [null, "BEFORE_CLASSIC_FIREWALL", "AFTER_CLASSIC_FIREWALL"][local.stage]
}

resource "google_compute_network" "m" {
  name                         = "m"
  auto_create_subnetworks      = false
  bgp_best_path_selection_mode = "STANDARD"
  bgp_always_compare_med       = [null, true, false][local.stage]
  bgp_inter_region_cost        = [null, "ADD_COST_TO_MED", "DEFAULT"][local.stage]
}

resource "google_compute_subnetwork" "v6" {
  name                       = "v6"
  network                    = google_compute_network.n.id
  ip_cidr_range              = "10.1.0.0/24"
  stack_type                 = ["IPV4_ONLY", "IPV4_IPV6", "IPV4_IPV6"][local.stage]
  ipv6_access_type           = [null, "INTERNAL", "INTERNAL"][local.stage]
  private_ipv6_google_access = [null, "ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE", "DISABLE_GOOGLE_ACCESS"][local.stage]
  private_ip_google_access   = [null, true, false][local.stage]
}

resource "google_compute_subnetwork" "six" {
  name             = "six"
  network          = google_compute_network.n.id
  ip_cidr_range    = "10.1.1.0/24"
  stack_type       = "IPV4_IPV6"
  ipv6_access_type = "EXTERNAL"
}

resource "google_compute_subnetwork" "only6" {
  name             = "only6"
  network          = google_compute_network.n.id
  stack_type       = "IPV6_ONLY"
  ipv6_access_type = "INTERNAL"
}

resource "google_compute_subnetwork" "proxy" {
  name          = "proxy"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.2.0.0/24"
  purpose       = "REGIONAL_MANAGED_PROXY"
  role          = ["ACTIVE", "BACKUP", "ACTIVE"][local.stage]
}

resource "google_compute_subnetwork" "psc" {
  name          = "psc"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.2.1.0/24"
  purpose       = "PRIVATE_SERVICE_CONNECT"
}

resource "google_compute_subnetwork" "nat" {
  name          = "nat"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.2.2.0/24"
  purpose       = "PRIVATE_NAT"
}

resource "google_compute_subnetwork" "a" {
  name               = "a"
  network            = google_compute_network.n.id
  ip_cidr_range      = "10.0.0.0/24"
  secondary_ip_range = [[], [{ range_name = "p", ip_cidr_range = "10.64.0.0/16", reserved_internal_range = null }, { range_name = "s", ip_cidr_range = "10.65.0.0/16", reserved_internal_range = null }], [{ range_name = "s", ip_cidr_range = "10.65.0.0/16", reserved_internal_range = null }]][local.stage]
  dynamic "log_config" {
    for_each = [[], [1], [2]][local.stage]
    content {
      aggregation_interval = ["", "INTERVAL_10_MIN", "INTERVAL_30_SEC"][log_config.value]
      flow_sampling        = log_config.value / 4
      metadata             = ["", "CUSTOM_METADATA", "EXCLUDE_ALL_METADATA"][log_config.value]
      metadata_fields      = [null, ["src_vpc"], null][log_config.value]
      filter_expr          = ["", "inIpRange(connection.src_ip, '10.0.0.0/8')", null][log_config.value]
    }
  }
}

resource "google_compute_subnetwork_iam_binding" "b" {
  subnetwork = google_compute_subnetwork.a.name
  role       = "roles/compute.networkUser"
  members    = [["user:a@example.com"], ["user:a@example.com", "group:g@example.com"], ["group:h@example.com"]][local.stage]
}

resource "google_compute_subnetwork_iam_policy" "p" {
  subnetwork = google_compute_subnetwork.v6.self_link
  policy_data = jsonencode({ bindings = [{
    role    = "roles/compute.networkUser"
    members = [["user:a@example.com"], ["group:g@example.com", "user:a@example.com"], ["group:h@example.com"]][local.stage]
  }] })
}
