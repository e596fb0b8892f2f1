variable "changed" {
  description = "Whether a pool may grow more, and a second cluster has come beside the first."
  type        = bool
  default     = false
}

provider "google" {
  region = "europe-west1"
}

module "addresses" {
  source = "../../../../address-plan"

  gke = { pool = "10.128.0.0/12", master_pool = "172.16.0.0/24", environments = ["blue", "green"] }
}

module "network" {
  source = "../../../shared-vpc"

  project_id          = "network-host"
  parent              = "organizations/1234"
  deletion_protection = false
  networks            = { hub = {} }
  subnets = {
    for name, ranges in module.addresses.gke : name => {
      network          = "hub"
      region           = "europe-west1"
      range            = ranges.nodes
      secondary_ranges = { pods = ranges.pods, services = ranges.services }
    }
  }
}

module "platform" {
  source = "../../../service-project"

  project_id          = "platform-prd"
  parent              = "organizations/1234"
  billing_account     = "012345-6789AB-CDEF01"
  deletion_protection = false
  host_project        = module.network.project_id
  kubernetes          = true
  subnets             = { for name, subnet in module.network.subnets : name => { name = subnet.name, region = subnet.region } }
}

module "cluster" {
  source   = "../.."
  for_each = var.changed ? { blue = "REGULAR", green = "RAPID" } : { blue = "REGULAR" }

  name                = "platform-${each.key}"
  project             = module.platform.project_id
  location            = "europe-west1"
  network             = module.network.subnets[each.key].network
  subnetwork          = module.network.subnets[each.key].self_link
  ranges              = module.addresses.gke[each.key]
  release_channel     = each.value
  tags                = ["gke"]
  deletion_protection = false
  node_pools = {
    workers = { nodes = 1, most = var.changed ? 6 : 3 }
    batch   = { nodes = 2, spot = true, taints = [{ key = "batch", value = "true", effect = "NO_SCHEDULE" }] }
  }
}
