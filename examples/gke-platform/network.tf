resource "google_compute_network" "hub" {
  project                 = google_project.host.project_id
  name                    = "hub"
  auto_create_subnetworks = false
  depends_on              = [google_project_service.host]
}

resource "google_compute_subnetwork" "platform" {
  project                  = google_project.host.project_id
  name                     = "platform"
  network                  = google_compute_network.hub.id
  ip_cidr_range            = "10.0.0.0/20"
  private_ip_google_access = true

  dynamic "secondary_ip_range" {
    for_each = merge([for name, cluster in var.clusters : { "${name}-pods" = cluster.pods, "${name}-services" = cluster.services }]...)
    content {
      range_name    = secondary_ip_range.key
      ip_cidr_range = secondary_ip_range.value
    }
  }
}

resource "google_compute_subnetwork" "bastion" {
  project                  = google_project.host.project_id
  name                     = "bastion"
  network                  = google_compute_network.hub.id
  ip_cidr_range            = "10.0.255.0/28"
  private_ip_google_access = true
}

# Administrators come through Identity-Aware Proxy to the bastion, and from nowhere else.
resource "google_compute_firewall" "bastion" {
  project       = google_project.host.project_id
  name          = "bastion"
  network       = google_compute_network.hub.id
  source_ranges = ["35.235.240.0/20"]
  target_tags   = ["bastion"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

resource "google_compute_router" "hub" {
  project = google_project.host.project_id
  name    = "hub"
  network = google_compute_network.hub.id
}

# Nodes have no external addresses: they come out here.
resource "google_compute_router_nat" "hub" {
  project                            = google_project.host.project_id
  name                               = "hub"
  router                             = google_compute_router.hub.name
  region                             = var.region
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"
}

# The accounts by which Google makes nodes in a subnet of another project.
locals {
  agents = {
    cloud  = "serviceAccount:${google_project.service.number}@cloudservices.gserviceaccount.com"
    engine = "serviceAccount:service-${google_project.service.number}@container-engine-robot.iam.gserviceaccount.com"
  }
}

resource "google_compute_subnetwork_iam_member" "agents" {
  for_each = local.agents

  project    = google_project.host.project_id
  region     = var.region
  subnetwork = google_compute_subnetwork.platform.name
  role       = "roles/compute.networkUser"
  member     = each.value
  depends_on = [google_project_service.service]
}

resource "google_project_iam_member" "engine" {
  project    = google_project.host.project_id
  role       = "roles/container.hostServiceAgentUser"
  member     = local.agents.engine
  depends_on = [google_project_service.service]
}
