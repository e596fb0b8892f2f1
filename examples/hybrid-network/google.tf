# The host project has the network, and says which ways lead out of it.
module "network" {
  source = "../../modules/google/shared-vpc"

  project_id          = var.host_project
  parent              = var.parent
  billing_account     = var.billing_account
  deletion_protection = var.deletion_protection
  networks            = { hub = {} }
  nats                = { hub = { network = "hub", region = var.google_region } }

  subnets = {
    for name in keys(local.google_services) : name => {
      network = "hub"
      region  = var.google_region
      range   = module.addresses.services[name].range
    }
  }

  firewall_rules = {
    inside = { network = "hub", ranges = toset(concat([local.aws, local.google, local.computers], local.own)) }
    ssh    = { network = "hub", ports = { tcp = ["22"] }, ranges = ["35.235.240.0/20"] }
  }
}

module "project" {
  source   = "../../modules/google/service-project"
  for_each = local.google_services

  project_id          = each.value.project
  name                = each.key
  parent              = var.parent
  billing_account     = var.billing_account
  deletion_protection = var.deletion_protection
  host_project        = module.network.project_id
  subnets             = { own = { name = module.network.subnets[each.key].name, region = module.network.subnets[each.key].region } }
}

locals {
  # AWS has four interfaces: two tunnels to each of Google's two. They are taken in turn.
  to_aws = [
    for pair in setproduct([0, 1], ["google-0", "google-1"]) : module.aws_sites.tunnels[pair[1]][pair[0]]
  ]
}

module "google_sites" {
  source = "../../modules/google/vpn-onprem"

  name    = "hub"
  project = module.network.project_id
  region  = var.google_region
  network = module.network.networks["hub"].id
  asn     = 64514
  advertise = {
    (local.google) = "Google Cloud"
  }

  ha_sites = merge(
    { for name, site in local.with_bgp : name => { asn = site.asn, peers = [site.address], links = site.links } },
    {
      aws = {
        asn   = 64512
        peers = [for tunnel in local.to_aws : nonsensitive(tunnel.address)]
        links = [for tunnel in local.to_aws : nonsensitive(tunnel.inside)]
        here  = 2
      }
    },
  )
  classic_sites = {
    for name, site in local.without_bgp : name => { peer = site.address, ranges = site.ranges, local = [local.google] }
  }
  secrets = merge(var.secrets, { for position in range(4) : "aws-${position}" => local.to_aws[position].key })
}

output "google_addresses" {
  description = "What the gateways of the company's own sites connect to in Google Cloud: those with BGP to two addresses, the others to one."
  value       = { ha = module.google_sites.ha_addresses, classic = module.google_sites.classic_address, links = module.google_sites.links }
}
