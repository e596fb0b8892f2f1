resource "google_project" "this" {
  count = var.parent == null ? 0 : 1

  project_id          = var.project_id
  name                = coalesce(var.name, var.project_id)
  org_id              = startswith(var.parent, "organizations/") ? trimprefix(var.parent, "organizations/") : null
  folder_id           = startswith(var.parent, "folders/") ? trimprefix(var.parent, "folders/") : null
  billing_account     = var.billing_account
  auto_create_network = false
  labels              = var.labels
  deletion_policy     = var.deletion_protection ? "PREVENT" : "DELETE"
}

data "google_project" "this" {
  count = var.parent == null ? 1 : 0

  project_id = var.project_id
}

locals {
  project = one(concat(google_project.this, data.google_project.this))

  # The accounts by which Google makes instances and nodes in a subnet of another project.
  agents = merge(
    { cloud = "serviceAccount:${local.project.number}@cloudservices.gserviceaccount.com" },
    var.kubernetes ? { kubernetes = "serviceAccount:service-${local.project.number}@container-engine-robot.iam.gserviceaccount.com" } : {},
  )

  grants = merge([
    for subnet in keys(var.subnets) : {
      for who in concat(keys(local.agents), keys(var.users)) : "${subnet}/${who}" => { subnet = subnet, who = who }
    }
  ]...)
}

resource "google_project_service" "this" {
  for_each = setunion(var.services, var.kubernetes ? ["container.googleapis.com"] : [])

  project            = local.project.project_id
  service            = each.key
  disable_on_destroy = false
}

resource "google_compute_shared_vpc_service_project" "this" {
  host_project    = var.host_project
  service_project = local.project.project_id

  depends_on = [google_project_service.this]
}

# Roles are given subnet by subnet: a project does not use those of others.
resource "google_compute_subnetwork_iam_member" "this" {
  for_each = local.grants

  project    = var.host_project
  region     = var.subnets[each.value.subnet].region
  subnetwork = var.subnets[each.value.subnet].name
  role       = "roles/compute.networkUser"
  member     = merge(var.users, local.agents)[each.value.who]

  depends_on = [google_project_service.this]
}

resource "google_project_iam_member" "kubernetes" {
  count = var.kubernetes ? 1 : 0

  project = var.host_project
  role    = "roles/container.hostServiceAgentUser"
  member  = local.agents.kubernetes

  depends_on = [google_project_service.this]
}
