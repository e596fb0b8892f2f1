locals {
  services = ["compute.googleapis.com", "container.googleapis.com"]
  projects = { host = google_project.host.project_id, service = google_project.service.project_id }
}

resource "google_project" "host" {
  project_id          = var.host_project
  name                = "Network"
  org_id              = var.organization
  billing_account     = var.billing_account
  auto_create_network = false
  deletion_policy     = var.deletion_protection ? "PREVENT" : "DELETE"
}

resource "google_project" "service" {
  project_id          = var.service_project
  name                = "Platform"
  org_id              = var.organization
  billing_account     = var.billing_account
  auto_create_network = false
  deletion_policy     = var.deletion_protection ? "PREVENT" : "DELETE"
}

resource "google_project_service" "host" {
  for_each = toset(local.services)

  project            = google_project.host.project_id
  service            = each.key
  disable_on_destroy = false
}

resource "google_project_service" "service" {
  for_each = toset(local.services)

  project            = google_project.service.project_id
  service            = each.key
  disable_on_destroy = false
}

resource "google_compute_shared_vpc_host_project" "this" {
  project    = google_project.host.project_id
  depends_on = [google_project_service.host]
}

resource "google_compute_shared_vpc_service_project" "this" {
  host_project    = google_compute_shared_vpc_host_project.this.project
  service_project = google_project.service.project_id
  depends_on      = [google_project_service.service]
}
