module "cluster" {
  source   = "../../modules/google/gke"
  for_each = var.clusters

  name                = "platform-${each.key}"
  project             = google_compute_shared_vpc_service_project.this.service_project
  location            = var.region
  network             = google_compute_network.hub.self_link
  subnetwork          = google_compute_subnetwork.platform.self_link
  pods_range          = "${each.key}-pods"
  services_range      = "${each.key}-services"
  control_plane_range = each.value.control_plane
  clients             = { bastion = google_compute_subnetwork.bastion.ip_cidr_range }
  release_channel     = each.value.channel
  tags                = ["gke"]
  node_pools          = { workers = { nodes = 1, most = each.value.most } }
  deletion_protection = var.deletion_protection

  depends_on = [google_compute_subnetwork_iam_member.agents, google_project_iam_member.engine]
}

output "clusters" {
  description = "The internal addresses of the control planes, and their versions."
  value       = { for name, cluster in module.cluster : name => { endpoint = cluster.endpoint, version = cluster.version } }
}
