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
  secondary_ip_range {
    range_name    = "p"
    ip_cidr_range = "10.64.0.0/16"
  }
}

resource "google_compute_subnetwork" "pn" {
  name          = "pn"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.2.2.0/24"
  purpose       = "PRIVATE_NAT"
}

resource "google_compute_route" "ip" {
  name        = "ip"
  network     = google_compute_network.n.name
  dest_range  = "192.168.0.0/16"
  next_hop_ip = "10.0.0.5"
  priority    = 900
  tags        = ["a", "b"]
  description = "d"
  depends_on  = [google_compute_subnetwork.a]
}

resource "google_compute_route" "gw" {
  name             = "gw"
  network          = google_compute_network.n.id
  dest_range       = "8.8.8.0/24"
  next_hop_gateway = "default-internet-gateway"
}

resource "google_compute_route" "gwu" {
  name             = "gwu"
  network          = google_compute_network.n.self_link
  dest_range       = "8.8.4.0/24"
  next_hop_gateway = "projects/host-prj/global/gateways/default-internet-gateway"
}

resource "google_compute_firewall" "sa" {
  name                    = "sa"
  network                 = google_compute_network.n.name
  source_service_accounts = ["a@host-prj.iam.gserviceaccount.com"]
  target_service_accounts = ["b@host-prj.iam.gserviceaccount.com"]
  allow {
    protocol = "tcp"
    ports    = [["1"], ["2", "3-4"], []][local.stage]
  }
  priority    = [1000, 5, 6][local.stage]
  description = [null, "a", "b"][local.stage]
  disabled    = [null, true, false][local.stage]
  dynamic "log_config" {
    for_each = [[], ["INCLUDE_ALL_METADATA"], ["EXCLUDE_ALL_METADATA"]][local.stage]
    content { metadata = log_config.value }
  }
}

resource "google_compute_firewall" "tags" {
  name          = "tags"
  network       = google_compute_network.n.name
  source_ranges = [null, ["10.0.0.0/8"], ["10.1.0.0/16", "10.2.0.0/16"]][local.stage]
  source_tags   = [["x"], ["x", "y"], null][local.stage]
  target_tags   = [null, ["z"], ["w"]][local.stage]
  allow { protocol = ["tcp", "udp", "icmp"][local.stage] }
}

resource "google_compute_firewall" "out" {
  name               = "out"
  network            = google_compute_network.n.name
  direction          = "EGRESS"
  destination_ranges = [null, ["10.0.0.0/8"], ["10.1.0.0/16"]][local.stage]
  deny { protocol = "all" }
}

resource "google_compute_router" "r" {
  name        = "r"
  network     = google_compute_network.n.id
  description = [null, "a", "b"][local.stage]
  bgp {
    asn                = [64512, 64513, 64514][local.stage]
    advertise_mode     = [null, "CUSTOM", "CUSTOM"][local.stage]
    advertised_groups  = [null, ["ALL_SUBNETS"], null][local.stage]
    keepalive_interval = [null, 30, 40][local.stage]
    dynamic "advertised_ip_ranges" {
      for_each = [{}, { "1.2.3.0/24" = "a" }, { "1.2.3.0/24" = null, "1.2.4.0/24" = "b" }][local.stage]
      content {
        range       = advertised_ip_ranges.key
        description = advertised_ip_ranges.value
      }
    }
  }
}

resource "google_compute_router" "plain" {
  name    = "plain"
  network = google_compute_network.n.id
}

resource "google_compute_address" "nat" {
  count = 3
  name  = "nat-${count.index}"
}

resource "google_compute_router_nat" "auto" {
  name                                = "auto"
  router                              = google_compute_router.r.name
  source_subnetwork_ip_ranges_to_nat  = ["ALL_SUBNETWORKS_ALL_IP_RANGES", "LIST_OF_SUBNETWORKS", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES"][local.stage]
  nat_ip_allocate_option              = ["AUTO_ONLY", "MANUAL_ONLY", "MANUAL_ONLY"][local.stage]
  nat_ips                             = [null, google_compute_address.nat[*].self_link, [google_compute_address.nat[0].self_link]][local.stage]
  drain_nat_ips                       = [null, null, [google_compute_address.nat[1].self_link]][local.stage]
  min_ports_per_vm                    = [null, 128, 64][local.stage]
  max_ports_per_vm                    = [null, 1024, null][local.stage]
  enable_dynamic_port_allocation      = [null, true, false][local.stage]
  enable_endpoint_independent_mapping = [null, false, true][local.stage]
  udp_idle_timeout_sec                = [null, 40, 50][local.stage]
  icmp_idle_timeout_sec               = [null, 41, 51][local.stage]
  tcp_established_idle_timeout_sec    = [null, 1300, 1400][local.stage]
  tcp_transitory_idle_timeout_sec     = [null, 42, 52][local.stage]
  tcp_time_wait_timeout_sec           = [null, 43, 53][local.stage]
  dynamic "subnetwork" {
    for_each = [[], [google_compute_subnetwork.a.id], []][local.stage]
    content {
      name                     = subnetwork.value
      source_ip_ranges_to_nat  = ["PRIMARY_IP_RANGE", "LIST_OF_SECONDARY_IP_RANGES"]
      secondary_ip_range_names = ["p"]
    }
  }
  dynamic "rules" {
    for_each = [[], [google_compute_address.nat[2].self_link], []][local.stage]
    content {
      rule_number = 100
      description = "d"
      match       = "inIpRange(destination.ip, '1.1.0.0/16')"
      action {
        source_nat_active_ips = [rules.value]
      }
    }
  }
  dynamic "log_config" {
    for_each = [[], ["ALL"], ["ERRORS_ONLY"]][local.stage]
    content {
      enable = true
      filter = log_config.value
    }
  }
}

resource "google_compute_router_nat" "private" {
  name                                = "private"
  router                              = google_compute_router.plain.name
  type                                = "PRIVATE"
  source_subnetwork_ip_ranges_to_nat  = "LIST_OF_SUBNETWORKS"
  enable_dynamic_port_allocation      = false
  enable_endpoint_independent_mapping = false
  min_ports_per_vm                    = 32
  subnetwork {
    name                    = google_compute_subnetwork.a.id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }
  rules {
    rule_number = [100, 101, 102][local.stage]
    match       = "nexthop.hub == '//networkconnectivity.googleapis.com/projects/host-prj/locations/global/hubs/h'"
    action {
      source_nat_active_ranges = [google_compute_subnetwork.pn.self_link]
    }
  }
}

resource "google_compute_ha_vpn_gateway" "g" {
  name    = "g"
  network = google_compute_network.n.id
  labels  = [null, { a = "b" }, { c = "d" }][local.stage]
}

resource "google_compute_external_vpn_gateway" "e" {
  name            = "e"
  redundancy_type = "SINGLE_IP_INTERNALLY_REDUNDANT"
  description     = "x"
  labels          = [null, { a = "b" }, { c = "d" }][local.stage]
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
  router                          = google_compute_router.r.name
  labels                          = [null, { a = "b" }, { c = "d" }][local.stage]
}

resource "google_compute_router_interface" "i" {
  name       = "i"
  router     = google_compute_router.r.name
  ip_range   = "169.254.1.1/30"
  vpn_tunnel = google_compute_vpn_tunnel.t.name
}

resource "google_compute_router_peer" "p" {
  name                          = "p"
  router                        = google_compute_router.r.name
  interface                     = google_compute_router_interface.i.name
  peer_ip_address               = "169.254.1.2"
  peer_asn                      = [65010, 65011, 65012][local.stage]
  advertised_route_priority     = [null, 100, 200][local.stage]
  advertise_mode                = [null, "CUSTOM", "CUSTOM"][local.stage]
  advertised_groups             = [null, ["ALL_SUBNETS"], null][local.stage]
  enable                        = [null, false, true][local.stage]
  custom_learned_route_priority = [null, 50, 60][local.stage]
  enable_ipv6                   = [null, true, false][local.stage]
  dynamic "advertised_ip_ranges" {
    for_each = [[], ["1.2.3.0/24"], ["1.2.4.0/24", "1.2.5.0/24"]][local.stage]
    content { range = advertised_ip_ranges.value }
  }
  dynamic "custom_learned_ip_ranges" {
    for_each = [[], ["1.3.3.0/24"], ["1.3.4.0/24", "1.3.5.0/24"]][local.stage]
    content { range = custom_learned_ip_ranges.value }
  }
  dynamic "md5_authentication_key" {
    for_each = [[], ["one"], ["two"]][local.stage]
    content {
      name = "key-${md5_authentication_key.value}"
      key  = "secret-${md5_authentication_key.value}"
    }
  }
  dynamic "bfd" {
    for_each = [[], ["ACTIVE"], ["PASSIVE"]][local.stage]
    content {
      session_initialization_mode = bfd.value
      min_receive_interval        = bfd.value == "ACTIVE" ? 2000 : null
      min_transmit_interval       = bfd.value == "ACTIVE" ? 3000 : null
      multiplier                  = bfd.value == "ACTIVE" ? 6 : null
    }
  }
}

resource "google_compute_router_interface" "sub" {
  name               = "sub"
  router             = google_compute_router.plain.name
  subnetwork         = google_compute_subnetwork.a.self_link
  private_ip_address = "10.0.0.20"
}

resource "google_compute_router_interface" "sub2" {
  name                = "sub2"
  router              = google_compute_router.plain.name
  subnetwork          = google_compute_subnetwork.a.id
  private_ip_address  = "10.0.0.21"
  redundant_interface = google_compute_router_interface.sub.name
}

resource "google_compute_subnetwork" "six" {
  name             = "six"
  network          = google_compute_network.n.id
  ip_cidr_range    = "10.3.0.0/24"
  stack_type       = "IPV4_IPV6"
  ipv6_access_type = "EXTERNAL"
}

resource "google_compute_route" "ilb" {
  name         = "ilb"
  network      = google_compute_network.n.name
  dest_range   = "192.169.0.0/16"
  next_hop_ilb = "10.0.0.9"
  depends_on   = [google_compute_subnetwork.a]
}

resource "google_compute_router" "nat64" {
  name    = "nat64"
  network = google_compute_network.n.id
}

resource "google_compute_router_nat" "nat64" {
  name                                 = "nat64"
  router                               = google_compute_router.nat64.name
  nat_ip_allocate_option               = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat   = "ALL_SUBNETWORKS_ALL_IP_RANGES"
  source_subnetwork_ip_ranges_to_nat64 = [null, "LIST_OF_IPV6_SUBNETWORKS", "ALL_IPV6_SUBNETWORKS"][local.stage]
  dynamic "nat64_subnetwork" {
    for_each = [[], [google_compute_subnetwork.six.id], []][local.stage]
    content { name = nat64_subnetwork.value }
  }
}

resource "google_compute_router" "on_premises" {
  name                          = "on-premises"
  network                       = google_compute_network.n.id
  encrypted_interconnect_router = true
  bgp { asn = 16550 }
}

resource "google_compute_address" "ipsec" {
  count         = 2
  name          = "ipsec-${count.index}"
  address_type  = "INTERNAL"
  purpose       = "IPSEC_INTERCONNECT"
  prefix_length = 29
  address       = "10.${100 + count.index}.0.0"
  network       = google_compute_network.n.id
}

resource "google_compute_interconnect_attachment" "a" {
  count                    = 2
  name                     = "attachment-${count.index}"
  router                   = google_compute_router.on_premises.id
  type                     = "PARTNER"
  encryption               = "IPSEC"
  edge_availability_domain = "AVAILABILITY_DOMAIN_${count.index + 1}"
  ipsec_internal_addresses = [google_compute_address.ipsec[count.index].self_link]
}

resource "google_compute_router_interface" "attached" {
  name                    = "attached"
  router                  = google_compute_router.on_premises.name
  ip_range                = "169.254.9.1/29"
  interconnect_attachment = google_compute_interconnect_attachment.a[0].self_link
}

resource "google_compute_router_peer" "attached" {
  name            = "attached"
  router          = google_compute_router.on_premises.name
  interface       = google_compute_router_interface.attached.name
  peer_ip_address = "169.254.9.2"
  peer_asn        = [65020, 65021, 65022][local.stage]
}

resource "google_compute_ha_vpn_gateway" "over" {
  name    = "over"
  network = google_compute_network.n.id
  dynamic "vpn_interfaces" {
    for_each = google_compute_interconnect_attachment.a[*].self_link
    content {
      id                      = vpn_interfaces.key
      interconnect_attachment = vpn_interfaces.value
    }
  }
}
