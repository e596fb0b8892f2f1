variable "changed" {
  description = "Whether the project uses another subnet, with more users, and has clusters."
  type        = bool
  default     = false
}

provider "google" {
  region = "europe-west1"
}

module "network" {
  source = "../../../shared-vpc"

  project_id          = "network-host"
  parent              = "organizations/1234"
  deletion_protection = false
  networks            = { hub = {} }
  subnets = {
    shop = { network = "hub", region = "europe-west1", range = "10.16.0.0/22" }
    edge = { network = "hub", region = "europe-west4", range = "10.16.4.0/22" }
  }
}

module "shop" {
  source = "../.."

  project_id          = "shop-dev"
  name                = "Shop (development)"
  parent              = "organizations/1234"
  billing_account     = "012345-6789AB-CDEF01"
  deletion_protection = false
  host_project        = module.network.project_id
  kubernetes          = var.changed
  labels              = { environment = var.changed ? "development" : "dev" }
  subnets = {
    for name, subnet in module.network.subnets : name => { name = subnet.name, region = subnet.region } if var.changed || name == "shop"
  }
  users = merge(
    { developers = "group:developers@example.com" },
    var.changed ? { testers = "group:testers@example.com" } : {},
  )
}

# A project that is there already.
module "tools" {
  source = "../.."

  project_id   = google_project.tools.project_id
  host_project = module.network.project_id
  subnets      = { shop = { name = "shop", region = "europe-west1" } }

  depends_on = [google_project.tools, module.network]
}

resource "google_project" "tools" {
  project_id      = "tools-dev"
  name            = "Tools"
  org_id          = "1234"
  deletion_policy = "DELETE"
}
