resource "google_project" "this" {
  count = var.parent == null ? 0 : 1

  project_id          = var.project_id
  name                = var.project_id
  org_id              = startswith(var.parent, "organizations/") ? trimprefix(var.parent, "organizations/") : null
  folder_id           = startswith(var.parent, "folders/") ? trimprefix(var.parent, "folders/") : null
  billing_account     = var.billing_account
  auto_create_network = false
  labels              = var.labels
  deletion_policy     = var.deletion_protection ? "PREVENT" : "DELETE"
}

locals {
  project = one(concat(google_project.this[*].project_id, var.parent == null ? [var.project_id] : []))
}

resource "google_project_service" "this" {
  for_each = var.services

  project            = local.project
  service            = each.key
  disable_on_destroy = false
}

resource "google_compute_shared_vpc_host_project" "this" {
  project = local.project

  depends_on = [google_project_service.this]
}

resource "google_compute_network" "this" {
  for_each = var.networks

  project                         = google_compute_shared_vpc_host_project.this.project
  name                            = each.key
  auto_create_subnetworks         = false
  routing_mode                    = each.value.routing_mode
  delete_default_routes_on_create = !each.value.default_route
}

resource "google_compute_subnetwork" "this" {
  for_each = var.subnets

  project                  = google_compute_shared_vpc_host_project.this.project
  name                     = each.key
  network                  = google_compute_network.this[each.value.network].id
  region                   = each.value.region
  ip_cidr_range            = each.value.range
  private_ip_google_access = true

  dynamic "secondary_ip_range" {
    for_each = each.value.secondary_ranges
    content {
      range_name    = secondary_ip_range.key
      ip_cidr_range = secondary_ip_range.value
    }
  }

  dynamic "log_config" {
    for_each = each.value.flow_logs ? [true] : []
    content {
      aggregation_interval = "INTERVAL_10_MIN"
      flow_sampling        = 0.5
      metadata             = "INCLUDE_ALL_METADATA"
    }
  }

  lifecycle {
    precondition {
      condition     = contains(keys(var.networks), each.value.network)
      error_message = "A subnet is in one of the networks: there is no ${each.value.network}."
    }
  }
}

resource "google_compute_route" "this" {
  for_each = var.routes

  project             = google_compute_shared_vpc_host_project.this.project
  name                = each.key
  network             = google_compute_network.this[each.value.network].id
  dest_range          = each.value.range
  priority            = each.value.priority
  tags                = each.value.tags
  next_hop_ip         = each.value.next_hop_ip
  next_hop_gateway    = each.value.next_hop_gateway
  next_hop_vpn_tunnel = each.value.next_hop_vpn_tunnel

  # An address is a next hop when it is one of a subnet.
  depends_on = [google_compute_subnetwork.this]

  lifecycle {
    precondition {
      condition     = contains(keys(var.networks), each.value.network)
      error_message = "A route is of one of the networks: there is no ${each.value.network}."
    }
  }
}

resource "google_compute_firewall" "this" {
  for_each = var.firewall_rules

  project            = google_compute_shared_vpc_host_project.this.project
  name               = each.key
  network            = google_compute_network.this[each.value.network].id
  direction          = each.value.direction
  priority           = each.value.priority
  source_ranges      = each.value.direction == "INGRESS" ? each.value.ranges : null
  destination_ranges = each.value.direction == "EGRESS" ? each.value.ranges : null
  source_tags        = each.value.source_tags
  target_tags        = each.value.target_tags

  dynamic "allow" {
    for_each = each.value.action == "allow" ? each.value.ports : {}
    content {
      protocol = allow.key
      ports    = allow.value
    }
  }

  dynamic "deny" {
    for_each = each.value.action == "deny" ? each.value.ports : {}
    content {
      protocol = deny.key
      ports    = deny.value
    }
  }

  dynamic "log_config" {
    for_each = each.value.log ? [true] : []
    content {
      metadata = "INCLUDE_ALL_METADATA"
    }
  }

  lifecycle {
    precondition {
      condition     = contains(keys(var.networks), each.value.network)
      error_message = "A rule is of one of the networks: there is no ${each.value.network}."
    }
  }
}

resource "google_compute_router" "nat" {
  for_each = var.nats

  project = google_compute_shared_vpc_host_project.this.project
  name    = each.key
  network = google_compute_network.this[each.value.network].id
  region  = each.value.region

  lifecycle {
    precondition {
      condition     = contains(keys(var.networks), each.value.network)
      error_message = "A way out is of one of the networks: there is no ${each.value.network}."
    }
  }
}

resource "google_compute_router_nat" "this" {
  for_each = var.nats

  project                            = google_compute_shared_vpc_host_project.this.project
  name                               = each.key
  router                             = google_compute_router.nat[each.key].name
  region                             = each.value.region
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}
