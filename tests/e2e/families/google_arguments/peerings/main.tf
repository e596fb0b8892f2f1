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

# Networks, subnets and what connects them.
resource "google_compute_network" "n" {
  name                     = "n"
  description              = "d"
  auto_create_subnetworks  = false
  enable_ula_internal_ipv6 = true
  internal_ipv6_range      = "fd20:1:2::/48"
  routing_mode             = [null, "GLOBAL", "REGIONAL"][local.stage]
}

resource "google_compute_network" "tagged" {
  name                    = "tagged"
  auto_create_subnetworks = false
  params { resource_manager_tags = { "tagKeys/1" = "tagValues/1" } }
}

resource "google_compute_network" "rdma" {
  name                    = "rdma"
  auto_create_subnetworks = false
  network_profile         = "projects/host-prj/global/networkProfiles/europe-west1-b-vpc-roce"
}

resource "google_compute_subnetwork" "a" {
  name                             = "a"
  network                          = google_compute_network.n.id
  description                      = "d"
  ip_cidr_range                    = "10.0.0.0/24"
  private_ip_google_access         = local.stage_on
  resolve_subnet_mask              = [null, "ARP_ALL_RANGES", "ARP_PRIMARY_RANGE"][local.stage]
  send_secondary_ip_range_if_empty = true
  dynamic "secondary_ip_range" {
    for_each = [[], ["10.8.0.0/16"], []][local.stage]
    content {
      range_name    = "pods"
      ip_cidr_range = secondary_ip_range.value
    }
  }
}

resource "google_compute_subnetwork" "tagged" {
  name          = "tagged"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.0.1.0/24"
  params { resource_manager_tags = { "tagKeys/1" = "tagValues/1" } }
}

resource "google_compute_subnetwork" "six" {
  name                 = "six"
  network              = google_compute_network.n.id
  ip_cidr_range        = "10.0.2.0/24"
  stack_type           = "IPV4_IPV6"
  ipv6_access_type     = "EXTERNAL"
  external_ipv6_prefix = "2600:1900:4000:1:0:0:0:0/64"
  ip_collection        = "projects/host-prj/regions/europe-west1/publicDelegatedPrefixes/p"
}

resource "google_compute_network_peering" "there" {
  name                                = "there"
  network                             = google_compute_network.n.self_link
  peer_network                        = google_compute_network.tagged.self_link
  export_custom_routes                = local.stage_on
  import_custom_routes                = local.stage_on
  export_subnet_routes_with_public_ip = false
  import_subnet_routes_with_public_ip = true
  stack_type                          = [null, "IPV4_IPV6", "IPV4_ONLY"][local.stage]
}

resource "google_compute_network_peering" "back" {
  name         = "back"
  network      = google_compute_network.tagged.id
  peer_network = google_compute_network.n.id
}

resource "google_compute_global_address" "services" {
  name          = "services"
  project       = "host-prj"
  description   = "d"
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 20
  network       = google_compute_network.n.id
}

resource "google_service_networking_connection" "c" {
  network                 = google_compute_network.n.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]
}

resource "google_compute_network_peering_routes_config" "c" {
  project                             = "host-prj"
  network                             = google_compute_network.n.name
  peering                             = google_service_networking_connection.c.peering
  export_custom_routes                = local.stage == 1
  import_custom_routes                = local.stage == 2
  export_subnet_routes_with_public_ip = [false, true, false][local.stage]
  import_subnet_routes_with_public_ip = [false, true, false][local.stage]
}

# Firewalls and their policies.
resource "google_compute_firewall" "no" {
  name        = "no"
  network     = google_compute_network.n.name
  description = [null, "a", "b"][local.stage]
  deny {
    protocol = "tcp"
    ports    = [["22"], ["22", "80-90"], ["443"]][local.stage]
  }
  source_ranges = ["0.0.0.0/0"]
}

resource "google_compute_firewall" "tagged" {
  name    = "tagged"
  network = google_compute_network.n.name
  allow { protocol = "icmp" }
  source_ranges = ["10.0.0.0/8"]
  params { resource_manager_tags = { "tagKeys/1" = "tagValues/1" } }
}

resource "google_compute_route" "tagged" {
  name             = "tagged"
  network          = google_compute_network.n.name
  dest_range       = "203.0.113.0/24"
  next_hop_gateway = "default-internet-gateway"
  params { resource_manager_tags = { "tagKeys/1" = "tagValues/1" } }
}

resource "google_compute_network_firewall_policy" "p" {
  name        = "p"
  project     = "host-prj"
  description = [null, "a", "b"][local.stage]
}

resource "google_compute_network_firewall_policy_association" "p" {
  name              = "p"
  project           = "host-prj"
  firewall_policy   = google_compute_network_firewall_policy.p.name
  attachment_target = google_compute_network.n.id
}

resource "google_compute_network_firewall_policy_rule" "threats" {
  project                = "host-prj"
  firewall_policy        = google_compute_network_firewall_policy.p.name
  priority               = 10
  direction              = "INGRESS"
  action                 = "apply_security_profile_group"
  security_profile_group = "//networksecurity.googleapis.com/organizations/1234/locations/global/securityProfileGroups/${["a", "b", "c"][local.stage]}"
  tls_inspect            = local.stage_on
  match {
    src_address_groups       = [null, ["projects/host-prj/locations/global/addressGroups/a"], ["projects/host-prj/locations/global/addressGroups/b"]][local.stage]
    src_fqdns                = [null, ["a.example.com"], ["b.example.com", "c.example.com"]][local.stage]
    src_ip_ranges            = ["10.0.0.0/8"]
    src_region_codes         = [null, ["DE"], ["FR", "IT"]][local.stage]
    src_threat_intelligences = [null, ["iplist-known-malicious-ips"], ["iplist-tor-exit-nodes"]][local.stage]
    layer4_configs { ip_protocol = "all" }
  }
}

resource "google_compute_network_firewall_policy_rule" "out" {
  firewall_policy = google_compute_network_firewall_policy.p.id
  priority        = 20
  direction       = "EGRESS"
  action          = "deny"
  match {
    dest_address_groups = [null, ["projects/host-prj/locations/global/addressGroups/a"], ["projects/host-prj/locations/global/addressGroups/b"]][local.stage]
    dest_ip_ranges      = ["10.0.0.0/8"]
    layer4_configs { ip_protocol = "all" }
  }
}

resource "google_compute_region_network_firewall_policy" "r" {
  name        = "r"
  project     = "host-prj"
  description = [null, "a", "b"][local.stage]
}

resource "google_compute_region_network_firewall_policy_association" "r" {
  name              = "r"
  project           = "host-prj"
  firewall_policy   = google_compute_region_network_firewall_policy.r.name
  attachment_target = google_compute_network.n.id
}

resource "google_compute_region_network_firewall_policy_rule" "in" {
  project                 = "host-prj"
  firewall_policy         = google_compute_region_network_firewall_policy.r.name
  priority                = 10
  direction               = "INGRESS"
  action                  = "allow"
  rule_name               = [null, "a", "b"][local.stage]
  description             = [null, "a", "b"][local.stage]
  disabled                = local.stage_on
  enable_logging          = local.stage_on
  target_service_accounts = [null, ["a@host-prj.iam.gserviceaccount.com"], ["b@host-prj.iam.gserviceaccount.com"]][local.stage]
  match {
    src_address_groups       = [null, ["projects/host-prj/locations/europe-west1/addressGroups/a"], ["projects/host-prj/locations/europe-west1/addressGroups/b"]][local.stage]
    src_fqdns                = [null, ["a.example.com"], ["b.example.com"]][local.stage]
    src_ip_ranges            = ["10.0.0.0/8"]
    src_region_codes         = [null, ["DE"], ["FR"]][local.stage]
    src_threat_intelligences = [null, ["iplist-known-malicious-ips"], ["iplist-tor-exit-nodes"]][local.stage]
    layer4_configs {
      ip_protocol = "tcp"
      ports       = [null, ["22", "80-90"], ["443"]][local.stage]
    }
  }
}

resource "google_compute_region_network_firewall_policy_rule" "out" {
  firewall_policy        = google_compute_region_network_firewall_policy.r.id
  priority               = 20
  direction              = "EGRESS"
  action                 = "apply_security_profile_group"
  security_profile_group = "//networksecurity.googleapis.com/organizations/1234/locations/global/securityProfileGroups/${["a", "b", "c"][local.stage]}"
  tls_inspect            = local.stage_on
  match {
    dest_address_groups       = [null, ["projects/host-prj/locations/europe-west1/addressGroups/a"], ["projects/host-prj/locations/europe-west1/addressGroups/b"]][local.stage]
    dest_fqdns                = [null, ["a.example.com"], ["b.example.com"]][local.stage]
    dest_ip_ranges            = ["10.0.0.0/8"]
    dest_region_codes         = [null, ["DE"], ["FR"]][local.stage]
    dest_threat_intelligences = [null, ["iplist-known-malicious-ips"], ["iplist-tor-exit-nodes"]][local.stage]
    layer4_configs { ip_protocol = "all" }
  }
}

# Routers and tunnels.
resource "google_compute_router" "r" {
  name    = "r"
  network = google_compute_network.n.id
  bgp {
    asn              = 65001
    identifier_range = [null, "169.254.8.0/30", "169.254.9.0/30"][local.stage]
  }
  dynamic "md5_authentication_keys" {
    for_each = [[], ["one"], ["two"]][local.stage]
    content {
      name = "k"
      key  = md5_authentication_keys.value
    }
  }
}

resource "google_compute_router" "other" {
  name    = "other"
  network = google_compute_network.tagged.id
  bgp { asn = 65002 }
}

resource "google_compute_ha_vpn_gateway" "a" {
  name               = "a"
  network            = google_compute_network.n.id
  description        = "d"
  gateway_ip_version = "IPV4"
  stack_type         = "IPV4_IPV6"
  labels             = [null, { a = "b" }, { c = "d" }][local.stage]
}

resource "google_compute_ha_vpn_gateway" "b" {
  name    = "b"
  network = google_compute_network.tagged.id
}

resource "google_compute_vpn_tunnel" "there" {
  name                  = "there"
  description           = "d"
  ike_version           = 2
  vpn_gateway           = google_compute_ha_vpn_gateway.a.id
  vpn_gateway_interface = 0
  peer_gcp_gateway      = google_compute_ha_vpn_gateway.b.id
  shared_secret         = "s"
  router                = google_compute_router.r.id
  labels                = [null, { a = "b" }, { c = "d" }][local.stage]
  cipher_suite {
    phase1 {
      encryption = ["AES-GCM-16-256"]
      integrity  = ["HMAC-SHA2-512-256"]
      prf        = ["PRF-HMAC-SHA2-512"]
      dh         = ["Group-20"]
    }
    phase2 {
      encryption = ["AES-GCM-16-256"]
      integrity  = ["HMAC-SHA2-512-256"]
      pfs        = ["Group-20"]
    }
  }
}

resource "google_compute_vpn_tunnel" "back" {
  name                  = "back"
  vpn_gateway           = google_compute_ha_vpn_gateway.b.self_link
  vpn_gateway_interface = 0
  peer_gcp_gateway      = google_compute_ha_vpn_gateway.a.self_link
  shared_secret         = "s"
  router                = google_compute_router.other.name
}

resource "google_compute_external_vpn_gateway" "six" {
  name            = "six"
  redundancy_type = "SINGLE_IP_INTERNALLY_REDUNDANT"
  interface {
    id           = 0
    ipv6_address = "2001:db8:0:0:0:0:0:1"
  }
}

resource "google_compute_router_interface" "i" {
  name       = "i"
  router     = google_compute_router.r.name
  ip_range   = "169.254.1.1/30"
  ip_version = "IPV4"
  vpn_tunnel = google_compute_vpn_tunnel.there.name
}

resource "google_compute_router_peer" "p" {
  name                               = "p"
  router                             = google_compute_router.r.name
  interface                          = google_compute_router_interface.i.name
  ip_address                         = "169.254.1.1"
  peer_ip_address                    = "169.254.1.2"
  peer_asn                           = 65002
  enable_ipv4                        = true
  enable_ipv6                        = local.stage_on
  ipv4_nexthop_address               = null
  ipv6_nexthop_address               = [null, "2600:2d00:0:2:0:0:0:1", "2600:2d00:0:2:0:0:0:1"][local.stage]
  peer_ipv6_nexthop_address          = [null, "2600:2d00:0:2:0:0:0:2", "2600:2d00:0:2:0:0:0:2"][local.stage]
  export_policies                    = [null, ["a"], ["b", "c"]][local.stage]
  import_policies                    = [null, ["d"], ["e"]][local.stage]
  zero_advertised_route_priority     = local.stage_on
  advertised_route_priority          = local.stage == 2 ? 7 : null
  zero_custom_learned_route_priority = local.stage_on
  custom_learned_route_priority      = local.stage == 2 ? 8 : null
  advertise_mode                     = [null, "CUSTOM", "CUSTOM"][local.stage]
  dynamic "advertised_ip_ranges" {
    for_each = [[], ["a"], ["b"]][local.stage]
    content {
      range       = "10.9.0.0/16"
      description = advertised_ip_ranges.value
    }
  }
  dynamic "custom_learned_ip_ranges" {
    for_each = [[], ["10.10.0.0/16"], ["10.11.0.0/16"]][local.stage]
    content { range = custom_learned_ip_ranges.value }
  }
}

resource "google_compute_interconnect_attachment" "p" {
  name                     = "p"
  project                  = "host-prj"
  router                   = google_compute_router.r.id
  type                     = "PARTNER"
  edge_availability_domain = "AVAILABILITY_DOMAIN_2"
  stack_type               = [null, "IPV4_IPV6", "IPV4_ONLY"][local.stage]
  subnet_length            = 29
}

# Addresses, and what takes them.
resource "google_compute_address" "nat" {
  count       = 4
  name        = "nat-${count.index}"
  description = "d"
}

resource "google_compute_router_nat" "n" {
  name                               = "n"
  project                            = "host-prj"
  router                             = google_compute_router.r.name
  endpoint_types                     = ["ENDPOINT_TYPE_VM"]
  auto_network_tier                  = [null, "STANDARD", "PREMIUM"][local.stage]
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"
}

resource "google_compute_router_nat" "initial" {
  name                               = "initial"
  router                             = google_compute_router.other.name
  nat_ip_allocate_option             = "MANUAL_ONLY"
  initial_nat_ips                    = [google_compute_address.nat[0].self_link]
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"
  dynamic "rules" {
    for_each = [[], [[1]], [[2]]][local.stage]
    content {
      rule_number = 1
      match       = "destination.ip == '10.1.0.1'"
      action {
        source_nat_active_ips = [google_compute_address.nat[rules.value[0]].self_link]
        source_nat_drain_ips  = rules.value[0] == 2 ? [google_compute_address.nat[1].self_link] : null
      }
    }
  }
}

resource "google_compute_vpn_gateway" "v" {
  name        = "v"
  network     = google_compute_network.n.id
  description = "d"
}

resource "google_compute_forwarding_rule" "esp" {
  name                 = "esp"
  description          = "d"
  region               = "europe-west1"
  project              = "host-prj"
  ip_address           = google_compute_address.nat[3].address
  ip_protocol          = "ESP"
  ip_version           = "IPV4"
  network_tier         = "PREMIUM"
  no_automate_dns_zone = true
  recreate_closed_psc  = local.stage_on
  labels               = [null, { a = "b" }, { c = "d" }][local.stage]
  target               = google_compute_vpn_gateway.v.self_link
}

resource "google_compute_address" "in" {
  name         = "in"
  subnetwork   = google_compute_subnetwork.a.id
  address_type = "INTERNAL"
  purpose      = "SHARED_LOADBALANCER_VIP"
}

# What is balanced is not modelled; the rule is.
resource "google_compute_forwarding_rule" "in" {
  name                  = "in"
  load_balancing_scheme = "INTERNAL"
  ip_address            = google_compute_address.in.address
  ip_protocol           = "TCP"
  network               = google_compute_network.n.id
  subnetwork            = google_compute_subnetwork.a.id
  ports                 = ["80", "443"]
  service_label         = "web"
  allow_global_access   = local.stage_on
  backend_service       = ["one", "two", "three"][local.stage]
  service_directory_registrations {
    namespace = "n"
    service   = "s"
  }
}

resource "google_compute_forwarding_rule" "all" {
  name                   = "all"
  load_balancing_scheme  = "INTERNAL"
  ip_protocol            = "UDP"
  subnetwork             = google_compute_subnetwork.a.name
  all_ports              = true
  is_mirroring_collector = true
  backend_service        = "projects/host-prj/regions/europe-west1/backendServices/one"
  labels                 = [null, { a = "b" }, { c = "d" }][local.stage]
}

# What projects tell their machines.
resource "google_project" "told" {
  project_id      = "told-prj"
  name            = "Told"
  org_id          = "1234"
  deletion_policy = "DELETE"
}

resource "google_compute_project_metadata" "m" {
  project  = google_project.told.project_id
  metadata = [{ a = "1" }, { a = "2", b = "3" }, { c = "4" }][local.stage]
}

resource "google_compute_project_metadata_item" "i" {
  project = "host-prj"
  key     = "enable-oslogin"
  value   = ["TRUE", "FALSE", "maybe"][local.stage]
}
