locals {
  # A tunnel goes from interface 0 or 1 of this side to one of the site's.
  tunnels = merge([
    for name, site in var.ha_sites : {
      for position, link in site.links : "${name}-${position}" => {
        site      = name
        interface = position % 2
        peer      = position % length(site.peers)
        here      = cidrhost(link, site.here)
        there     = cidrhost(link, 3 - site.here)
      }
    }
  ]...)

  redundancy = { 1 = "SINGLE_IP_INTERNALLY_REDUNDANT", 2 = "TWO_IPS_REDUNDANCY", 4 = "FOUR_IPS_REDUNDANCY" }
}

# Sites with BGP

resource "google_compute_ha_vpn_gateway" "this" {
  count = var.ha ? 1 : 0

  project = var.project
  name    = var.name
  network = var.network
  region  = var.region
  labels  = var.labels
}

resource "google_compute_router" "this" {
  count = var.ha ? 1 : 0

  project = var.project
  name    = "${var.name}-vpn"
  network = var.network
  region  = var.region

  bgp {
    asn            = var.asn
    advertise_mode = length(var.advertise) > 0 ? "CUSTOM" : "DEFAULT"

    dynamic "advertised_ip_ranges" {
      for_each = var.advertise
      content {
        range       = advertised_ip_ranges.key
        description = advertised_ip_ranges.value
      }
    }
  }
}

resource "google_compute_external_vpn_gateway" "this" {
  for_each = var.ha_sites

  project         = var.project
  name            = "${var.name}-${each.key}"
  redundancy_type = local.redundancy[length(each.value.peers)]
  labels          = var.labels

  dynamic "interface" {
    for_each = each.value.peers
    content {
      id         = interface.key
      ip_address = interface.value
    }
  }

  lifecycle {
    precondition {
      condition     = var.ha
      error_message = "The site ${each.key} needs a gateway for sites with BGP: ha must be true."
    }
  }
}

resource "google_compute_vpn_tunnel" "ha" {
  for_each = local.tunnels

  project                         = var.project
  name                            = "${var.name}-${each.key}"
  region                          = var.region
  vpn_gateway                     = google_compute_ha_vpn_gateway.this[0].id
  vpn_gateway_interface           = each.value.interface
  peer_external_gateway           = google_compute_external_vpn_gateway.this[each.value.site].id
  peer_external_gateway_interface = each.value.peer
  shared_secret                   = lookup(var.secrets, each.key, lookup(var.secrets, each.value.site, null))
  router                          = google_compute_router.this[0].name
  labels                          = var.labels

  lifecycle {
    precondition {
      condition     = contains(keys(var.secrets), each.value.site) || contains(keys(var.secrets), each.key)
      error_message = "The site ${each.value.site} needs a secret."
    }
  }
}

resource "google_compute_router_interface" "this" {
  for_each = local.tunnels

  project    = var.project
  name       = "${var.name}-${each.key}"
  region     = var.region
  router     = google_compute_router.this[0].name
  ip_range   = "${each.value.here}/30"
  vpn_tunnel = google_compute_vpn_tunnel.ha[each.key].name
}

resource "google_compute_router_peer" "this" {
  for_each = local.tunnels

  project                   = var.project
  name                      = "${var.name}-${each.key}"
  region                    = var.region
  router                    = google_compute_router.this[0].name
  interface                 = google_compute_router_interface.this[each.key].name
  peer_ip_address           = each.value.there
  peer_asn                  = var.ha_sites[each.value.site].asn
  advertised_route_priority = var.ha_sites[each.value.site].priority
}

# Sites without BGP: a gateway with one address, what it is to take in, and a route for each range of a site

resource "google_compute_vpn_gateway" "this" {
  count = length(var.classic_sites) > 0 ? 1 : 0

  project = var.project
  name    = "${var.name}-classic"
  network = var.network
  region  = var.region
}

resource "google_compute_address" "this" {
  count = length(var.classic_sites) > 0 ? 1 : 0

  project = var.project
  name    = "${var.name}-classic"
  region  = var.region
}

resource "google_compute_forwarding_rule" "this" {
  for_each = length(var.classic_sites) > 0 ? {
    esp = { protocol = "ESP", port = null }
    ike = { protocol = "UDP", port = "500" }
    nat = { protocol = "UDP", port = "4500" }
  } : {}

  project     = var.project
  name        = "${var.name}-${each.key}"
  region      = var.region
  ip_protocol = each.value.protocol
  port_range  = each.value.port
  ip_address  = google_compute_address.this[0].address
  target      = google_compute_vpn_gateway.this[0].id
}

resource "google_compute_vpn_tunnel" "classic" {
  for_each = var.classic_sites

  project                 = var.project
  name                    = "${var.name}-${each.key}"
  region                  = var.region
  target_vpn_gateway      = google_compute_vpn_gateway.this[0].id
  peer_ip                 = each.value.peer
  shared_secret           = var.secrets[each.key]
  ike_version             = each.value.ike_version
  local_traffic_selector  = each.value.local
  remote_traffic_selector = each.value.ranges
  labels                  = var.labels

  depends_on = [google_compute_forwarding_rule.this]

  lifecycle {
    precondition {
      condition     = contains(keys(var.secrets), each.key)
      error_message = "The site ${each.key} needs a secret."
    }
  }
}

resource "google_compute_route" "classic" {
  for_each = merge([
    for name, site in var.classic_sites : {
      for range in site.ranges : "${name}/${range}" => { site = name, range = range }
    }
  ]...)

  project             = var.project
  name                = "${var.name}-${each.value.site}-${replace(replace(each.value.range, ".", "-"), "/", "-")}"
  network             = var.network
  dest_range          = each.value.range
  priority            = var.classic_sites[each.value.site].priority
  next_hop_vpn_tunnel = google_compute_vpn_tunnel.classic[each.value.site].id
}
