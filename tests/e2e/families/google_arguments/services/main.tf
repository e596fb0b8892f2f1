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
  name                    = "n"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "a" {
  name          = "a"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.0.0.0/24"
}

# Ranges that are reserved elsewhere, and logs without a word on how.
resource "google_compute_subnetwork" "reserved" {
  name                    = "reserved"
  network                 = google_compute_network.n.id
  ip_cidr_range           = "10.0.1.0/24"
  reserved_internal_range = [null, "networkconnectivity.googleapis.com/projects/host-prj/locations/global/internalRanges/one", "networkconnectivity.googleapis.com/projects/host-prj/locations/global/internalRanges/two"][local.stage]
}

resource "google_compute_subnetwork" "logged" {
  name             = "logged"
  network          = google_compute_network.n.id
  ip_cidr_range    = "10.0.2.0/24"
  enable_flow_logs = [null, true, false][local.stage]
}

# A service of somebody else, and load balancers.
resource "google_compute_address" "in" {
  name         = "in"
  subnetwork   = google_compute_subnetwork.a.id
  address_type = "INTERNAL"
}

resource "google_compute_address" "out" {
  name = "out"
}

resource "google_compute_forwarding_rule" "service" {
  name                    = "service"
  load_balancing_scheme   = ""
  network                 = google_compute_network.n.id
  ip_address              = google_compute_address.in.self_link
  target                  = "projects/producer-prj/regions/europe-west1/serviceAttachments/open"
  allow_psc_global_access = [null, true, false][local.stage]
}

resource "google_compute_forwarding_rule" "all" {
  name            = "all"
  ip_address      = google_compute_address.out.address
  ip_protocol     = "TCP"
  backend_service = "web"
}

resource "google_compute_forwarding_rule" "some" {
  name             = "some"
  ip_address       = google_compute_forwarding_rule.all.ip_address
  ip_protocol      = "TCP"
  backend_service  = "other"
  source_ip_ranges = [["203.0.113.0/24"], ["203.0.113.0/24", "198.51.100.0/24"], ["198.51.100.0/24"]][local.stage]
}

resource "google_compute_forwarding_rule" "six" {
  name            = "six"
  ip_version      = "IPV6"
  ip_protocol     = "TCP"
  backend_service = "web"
  ip_collection   = [null, "projects/host-prj/regions/europe-west1/publicDelegatedPrefixes/one", "https://www.googleapis.com/compute/v1/projects/host-prj/regions/europe-west1/publicDelegatedPrefixes/two"][local.stage]
}

# Instances that a router speaks to.
resource "google_compute_instance" "appliance" {
  for_each     = toset(["one", "two"])
  name         = each.key
  machine_type = "e2-small"
  boot_disk {
    initialize_params { image = "debian-cloud/debian-12" }
  }
  network_interface { subnetwork = google_compute_subnetwork.a.id }
  can_ip_forward = true
}

resource "google_compute_router" "r" {
  name    = "r"
  network = google_compute_network.n.id
  bgp { asn = 64512 }
}

resource "google_compute_router_interface" "inside" {
  name               = "inside"
  router             = google_compute_router.r.name
  subnetwork         = google_compute_subnetwork.a.self_link
  private_ip_address = "10.0.0.100"
}

resource "google_compute_router_peer" "appliance" {
  name                      = "appliance"
  router                    = google_compute_router.r.name
  interface                 = google_compute_router_interface.inside.name
  peer_asn                  = 65001
  peer_ip_address           = google_compute_instance.appliance[["one", "one", "two"][local.stage]].network_interface[0].network_ip
  router_appliance_instance = [null, google_compute_instance.appliance["one"].self_link, google_compute_instance.appliance["two"].id][local.stage]
}

# IPv4 routes by a session over IPv6.
resource "google_compute_router" "vpn" {
  name    = "vpn"
  network = google_compute_network.n.id
  bgp { asn = 64513 }
}

resource "google_compute_ha_vpn_gateway" "g" {
  name       = "g"
  network    = google_compute_network.n.id
  stack_type = "IPV4_IPV6"
}

resource "google_compute_external_vpn_gateway" "e" {
  name            = "e"
  redundancy_type = "SINGLE_IP_INTERNALLY_REDUNDANT"
  interface {
    id         = 0
    ip_address = "198.51.100.1"
  }
}

resource "google_compute_vpn_tunnel" "t" {
  name                            = "t"
  vpn_gateway                     = google_compute_ha_vpn_gateway.g.id
  vpn_gateway_interface           = 0
  peer_external_gateway           = google_compute_external_vpn_gateway.e.id
  peer_external_gateway_interface = 0
  shared_secret                   = "x"
  router                          = google_compute_router.vpn.name
}

resource "google_compute_router_interface" "six" {
  name       = "six"
  router     = google_compute_router.vpn.name
  ip_version = "IPV6"
  ip_range   = "fdff:1:0:0:0:0:0:1/126"
  vpn_tunnel = google_compute_vpn_tunnel.t.name
}

resource "google_compute_router_peer" "six" {
  name                      = "six"
  router                    = google_compute_router.vpn.name
  interface                 = google_compute_router_interface.six.name
  peer_asn                  = 65002
  peer_ip_address           = "fdff:1:0:0:0:0:0:2"
  enable_ipv6               = true
  enable_ipv4               = true
  ipv4_nexthop_address      = [null, "169.254.5.1", "169.254.5.5"][local.stage]
  peer_ipv4_nexthop_address = [null, "169.254.5.2", "169.254.5.6"][local.stage]
}

# Private NAT whose ranges change.
resource "google_compute_subnetwork" "nat" {
  for_each      = { one = "10.0.8.0/24", two = "10.0.9.0/24" }
  name          = "nat-${each.key}"
  network       = google_compute_network.n.id
  ip_cidr_range = each.value
  purpose       = "PRIVATE_NAT"
}

resource "google_compute_router" "nat" {
  name    = "nat"
  network = google_compute_network.n.id
}

resource "google_compute_router_nat" "private" {
  name                                = "private"
  router                              = google_compute_router.nat.name
  type                                = "PRIVATE"
  source_subnetwork_ip_ranges_to_nat  = "ALL_SUBNETWORKS_ALL_IP_RANGES"
  enable_dynamic_port_allocation      = false
  enable_endpoint_independent_mapping = false
  rules {
    rule_number = 100
    match       = "nexthop.hub == '//networkconnectivity.googleapis.com/projects/host-prj/locations/global/hubs/h'"
    action {
      source_nat_active_ranges = [google_compute_subnetwork.nat[["one", "two", "one"][local.stage]].self_link]
      source_nat_drain_ranges  = [null, [google_compute_subnetwork.nat["one"].self_link], [google_compute_subnetwork.nat["two"].self_link]][local.stage]
    }
  }
}

# An attachment whose addresses are given.
resource "google_compute_interconnect_attachment" "certain" {
  name                                   = "certain"
  router                                 = google_compute_router.on_premises.id
  interconnect                           = "https://www.googleapis.com/compute/v1/projects/host-prj/global/interconnects/ic"
  vlan_tag8021q                          = 100
  candidate_cloud_router_ip_address      = [null, "169.254.20.1/29", "169.254.21.1/29"][local.stage]
  candidate_customer_router_ip_address   = [null, "169.254.20.2/29", "169.254.21.2/29"][local.stage]
  candidate_cloud_router_ipv6_address    = [null, "fd00:20::1/125", "fd00:21::1/125"][local.stage]
  candidate_customer_router_ipv6_address = [null, "fd00:20::2/125", "fd00:21::2/125"][local.stage]
}

resource "google_compute_router" "on_premises" {
  name    = "on-premises"
  network = google_compute_network.n.id
  bgp { asn = 16550 }
}
