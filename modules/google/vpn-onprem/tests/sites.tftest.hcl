mock_provider "google" {}

variables {
  name    = "hub"
  project = "network-host"
  region  = "europe-west1"
  network = "projects/network-host/global/networks/hub"
  ha_sites = {
    office = { asn = 65010, peers = ["198.51.100.1", "198.51.100.2"], links = ["169.254.0.0/30", "169.254.1.0/30"] }
  }
  classic_sites = {
    plant = { peer = "203.0.113.9", ranges = ["192.168.0.0/20", "192.168.64.0/20"], local = ["10.0.0.0/8"] }
  }
  secrets = { office = "of-the-office", plant = "of-the-plant" }
}

run "both_kinds" {
  command = plan

  assert {
    condition     = [for name, tunnel in google_compute_vpn_tunnel.ha : "${name} ${tunnel.vpn_gateway_interface} ${tunnel.peer_external_gateway_interface}"] == ["office-0 0 0", "office-1 1 1"]
    error_message = "A tunnel goes from each interface to one of the site's."
  }
  assert {
    condition     = google_compute_router_interface.this["office-1"].ip_range == "169.254.1.1/30" && google_compute_router_peer.this["office-1"].peer_ip_address == "169.254.1.2"
    error_message = "The first address of a link is on this side."
  }
  assert {
    condition     = join(" ", keys(google_compute_route.classic)) == "plant/192.168.0.0/20 plant/192.168.64.0/20"
    error_message = "Each range of a site without BGP has a route."
  }
  assert {
    condition     = google_compute_forwarding_rule.this["nat"].port_range == "4500" && length(google_compute_forwarding_rule.this) == 3
    error_message = "A classic gateway takes ESP and both ports of IKE."
  }
  assert {
    condition     = google_compute_router.this[0].bgp[0].advertise_mode == "DEFAULT"
    error_message = "Sites learn the subnets."
  }
}

run "a_site_with_four_interfaces" {
  command = plan
  variables {
    classic_sites = {}
    advertise     = { "10.0.0.0/8" = "all of Google" }
    ha_sites = {
      cloud = {
        asn   = 64512
        peers = ["198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4"]
        links = ["169.254.0.0/30", "169.254.1.0/30", "169.254.2.0/30", "169.254.3.0/30"]
        here  = 2
      }
    }
    secrets = { cloud = "of-the-cloud", cloud-3 = "of-the-last" }
  }
  assert {
    condition     = [for tunnel in google_compute_vpn_tunnel.ha : "${tunnel.vpn_gateway_interface} ${tunnel.peer_external_gateway_interface}"] == ["0 0", "1 1", "0 2", "1 3"]
    error_message = "Four tunnels from two interfaces."
  }
  assert {
    condition     = google_compute_vpn_tunnel.ha["cloud-2"].shared_secret == "of-the-cloud" && google_compute_vpn_tunnel.ha["cloud-3"].shared_secret == "of-the-last"
    error_message = "A tunnel may have a secret of its own."
  }
  assert {
    condition     = google_compute_router_interface.this["cloud-0"].ip_range == "169.254.0.2/30" && google_compute_router_peer.this["cloud-0"].peer_ip_address == "169.254.0.1"
    error_message = "The site has the first address of a link."
  }
  assert {
    condition     = google_compute_external_vpn_gateway.this["cloud"].redundancy_type == "FOUR_IPS_REDUNDANCY" && google_compute_router.this[0].bgp[0].advertise_mode == "CUSTOM"
    error_message = "The site has four interfaces and learns one range."
  }
  assert {
    condition     = length(google_compute_vpn_gateway.this) == 0 && output.classic_address == null
    error_message = "There is no gateway for sites that are not there."
  }
}

run "no_sites_with_bgp" {
  command = plan
  variables {
    ha       = false
    ha_sites = {}
  }
  assert {
    condition     = length(google_compute_ha_vpn_gateway.this) == 0 && length(output.ha_addresses) == 0
    error_message = "There is no gateway for them."
  }
}

run "no_gateway_for_sites_with_bgp" {
  command = plan
  variables {
    ha = false
  }
  expect_failures = [google_compute_external_vpn_gateway.this]
}

run "a_site_without_a_secret" {
  command = plan
  variables {
    secrets = { office = "of-the-office" }
  }
  expect_failures = [google_compute_vpn_tunnel.classic]
}

run "one_link_for_two_tunnels" {
  command = plan
  variables {
    ha_sites = { office = { asn = 65010, peers = ["198.51.100.1"], links = ["169.254.0.0/30"] } }
  }
  expect_failures = [var.ha_sites]
}

run "a_site_without_ranges" {
  command = plan
  variables {
    classic_sites = { plant = { peer = "203.0.113.9", ranges = [], local = ["10.0.0.0/8"] } }
  }
  expect_failures = [var.classic_sites]
}
