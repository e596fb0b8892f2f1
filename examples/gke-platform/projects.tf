# The network, its ranges and its rules are in one project, in the hands of those who look after networks.

module "addresses" {
  source = "../../modules/address-plan"

  gke = {
    pool         = "10.128.0.0/10"
    master_pool  = "172.16.0.0/24"
    environments = var.ranges
  }
  reserved = {
    company = ["10.0.0.0/9", "192.168.0.0/16"]
  }
}

module "network" {
  source = "../../modules/google/shared-vpc"

  project_id          = "${var.prefix}-network"
  parent              = var.parent
  billing_account     = var.billing_account
  deletion_protection = var.deletion_protection
  networks            = { hub = {} }

  subnets = merge([
    for name in keys(var.clusters) : {
      (name) = {
        network          = "hub"
        region           = var.region
        range            = module.addresses.gke[name].nodes
        secondary_ranges = { pods = module.addresses.gke[name].pods, services = module.addresses.gke[name].services }
      }
      "${name}-bastion" = {
        network = "hub"
        region  = var.region
        range   = module.addresses.gke[name].bastion
      }
    }
  ]...)

  # Administrators come through Identity-Aware Proxy to a bastion, and from nowhere else.
  firewall_rules = {
    bastion = { network = "hub", ports = { tcp = ["22"] }, ranges = ["35.235.240.0/20"], target_tags = ["bastion"] }
  }

  # Nodes have no external addresses: they come out here.
  nats = { hub = { network = "hub", region = var.region } }
}

module "service" {
  source   = "../../modules/google/service-project"
  for_each = var.environments

  project_id          = "${var.prefix}-${each.key}"
  parent              = var.parent
  billing_account     = var.billing_account
  deletion_protection = var.deletion_protection
  labels              = { environment = each.key }
  host_project        = module.network.project_id
  kubernetes          = true
  users               = { team = each.value.team }

  # An environment uses the subnets of its own clusters only.
  subnets = merge([
    for name, cluster in var.clusters : {
      for subnet in [name, "${name}-bastion"] : subnet => {
        name   = module.network.subnets[subnet].name
        region = module.network.subnets[subnet].region
      }
    } if cluster.environment == each.key
  ]...)
}

# What is done in any of these projects is written down in another one.
module "audit" {
  source = "../../modules/google/audit-project"

  project_id          = "${var.prefix}-audit"
  parent              = var.parent
  billing_account     = var.billing_account
  deletion_protection = var.deletion_protection
  readers             = { security = "group:security@example.com" }

  sources = merge(
    { network = { parent = "projects/${module.network.project_id}" } },
    { for name, project in module.service : name => { parent = "projects/${project.project_id}", destination = "dataset" } },
  )
}
