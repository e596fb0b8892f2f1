# The middle: a transit gateway, which the accounts of services are let attach their VPCs to.
module "hub" {
  source = "../../modules/aws/network-hub"

  name          = "hub"
  asn           = 64512
  share_with    = toset([for service in local.aws_services : service.account])
  share_outside = true
  route_tables  = { sites = {}, services = {} }
}

# A share with an account that is not of the organization waits there to be taken.
resource "aws_ram_resource_share_accepter" "hub" {
  for_each = local.aws_services
  provider = aws.service[each.key]

  share_arn  = module.hub.share_arn
  depends_on = [module.hub]
}

# Services reach sites, Google Cloud and the people, and are known there; they do not reach each other.
module "spoke" {
  source    = "../../modules/aws/network-spoke"
  for_each  = local.aws_services
  providers = { aws = aws.service[each.key], aws.hub = aws }

  name               = each.key
  range              = module.addresses.services[each.key].range
  zones              = ["${var.aws_region}a", "${var.aws_region}b"]
  transit_gateway_id = module.hub.transit_gateway_id
  route_table_id     = module.hub.route_table_ids["services"]
  known_in           = { sites = module.hub.route_table_ids["sites"] }
  routes             = toset(concat([local.google, module.addresses.services["people"].range], local.own))

  depends_on = [aws_ram_resource_share_accepter.hub]
}

# The VPC that people come in by is the network account's own.
module "people_vpc" {
  source    = "../../modules/aws/network-spoke"
  providers = { aws = aws, aws.hub = aws }

  name               = "people"
  range              = module.addresses.services["people"].range
  zones              = ["${var.aws_region}a", "${var.aws_region}b"]
  transit_gateway_id = module.hub.transit_gateway_id
  route_table_id     = module.hub.route_table_ids["sites"]
  known_in           = module.hub.route_table_ids
  routes             = toset(concat([local.aws, local.google], local.own))
  other_account      = false
}

module "people" {
  source = "../../modules/aws/client-vpn"

  name                   = "people"
  client_range           = local.computers
  server_certificate_arn = var.people.certificate_arn
  saml_provider_arn      = var.people.saml_arn
  vpc_id                 = module.people_vpc.vpc_id
  subnet_ids             = module.people_vpc.subnet_ids
  rules                  = var.people.rules
  routes                 = [local.aws, local.google]
}

# Sites, and Google Cloud as two more of them: one for each interface of its gateway.
module "aws_sites" {
  source = "../../modules/aws/site-to-site-vpn"

  name               = "sites"
  transit_gateway_id = module.hub.transit_gateway_id
  route_table_id     = module.hub.route_table_ids["sites"]
  known_in           = { services = module.hub.route_table_ids["services"] }
  static_in          = { services = module.hub.route_table_ids["services"] }
  sites = merge(
    { for name, site in local.with_bgp : name => { address = site.address, asn = site.asn } },
    { for name, site in local.without_bgp : name => { address = site.address, ranges = site.ranges } },
    { for position in [0, 1] : "google-${position}" => { address = module.google_sites.ha_addresses[position], asn = 64514 } },
  )
}

output "aws_tunnels" {
  description = "What the gateways of the company's own sites need to reach AWS: addresses and keys of both tunnels."
  value       = { for name, tunnels in module.aws_sites.tunnels : name => tunnels if contains(keys(var.sites), name) }
  sensitive   = true
}
