# A network account with a transit gateway, which the accounts of services share: their VPCs are attached to it, and reach
# each other only where the route tables say so. The company's own network comes in by Direct Connect and by VPN, and people
# by Client VPN.

variable "services" {
  type = map(object({ account = string, network = string, trusted = bool }))
  default = {
    shop = { account = "222222222222", network = "10.16.0.0/16", trusted = true }
    ads  = { account = "333333333333", network = "10.17.0.0/16", trusted = false }
  }
}

variable "people" {
  description = "Who may go where by Client VPN; the first rule that fits counts, so that their order is kept."
  type        = list(object({ group = string, network = string }))
  default = [
    { group = "administrators", network = "10.0.0.0/8" },
    { group = "developers", network = "10.16.0.0/16" },
  ]
}

locals {
  network_account = "111111111111"
  certificate     = "arn:aws:acm:eu-west-1:${local.network_account}:certificate/12345678-1234-1234-1234-123456789012"
  office          = "192.168.0.0/16"
}

provider "aws" {
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::${local.network_account}:role/network"
  }
}

provider "aws" {
  alias    = "service"
  for_each = var.services
  region   = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::${each.value.account}:role/network"
  }
}

# The transit gateway and who shares it

resource "aws_ec2_transit_gateway" "core" {
  description                     = "core"
  amazon_side_asn                 = 64512
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
  tags                            = { Name = "core" }
}

resource "aws_ec2_transit_gateway_route_table" "zone" {
  for_each           = toset(["office", "trusted", "other"])
  transit_gateway_id = aws_ec2_transit_gateway.core.id
  tags               = { Name = each.key }
}

resource "aws_ram_resource_share" "core" {
  name                      = "core"
  allow_external_principals = true
}

resource "aws_ram_resource_association" "core" {
  resource_arn       = aws_ec2_transit_gateway.core.arn
  resource_share_arn = aws_ram_resource_share.core.arn
}

resource "aws_ram_principal_association" "service" {
  for_each           = var.services
  principal          = each.value.account
  resource_share_arn = aws_ram_resource_share.core.arn
}

module "service" {
  source          = "./service"
  for_each        = var.services
  providers       = { aws = aws.service[each.key] }
  name            = each.key
  network         = each.value.network
  share_arn       = aws_ram_principal_association.service[each.key].resource_share_arn
  transit_gateway = aws_ec2_transit_gateway.core.id
  depends_on      = [aws_ram_resource_association.core]
}

resource "aws_ec2_transit_gateway_vpc_attachment_accepter" "service" {
  for_each                                        = var.services
  transit_gateway_attachment_id                   = module.service[each.key].attachment
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
  tags                                            = { Name = each.key }
}

module "way" {
  source          = "./way"
  for_each        = var.services
  providers       = { aws = aws.service[each.key] }
  route_table     = module.service[each.key].route_table
  transit_gateway = aws_ec2_transit_gateway_vpc_attachment_accepter.service[each.key].transit_gateway_id
}

# Who sees whom: trusted services see each other and the office, others only the office, which sees all

locals {
  zones = { for name, service in var.services : name => service.trusted ? "trusted" : "other" }
  learns = merge(
    { for name in keys(var.services) : "office/${name}" => { zone = "office", service = name } },
    { for name, zone in local.zones : "trusted/${name}" => { zone = "trusted", service = name } if zone == "trusted" },
  )
}

resource "aws_ec2_transit_gateway_route_table_association" "service" {
  for_each                       = local.zones
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment_accepter.service[each.key].transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.zone[each.value].id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "service" {
  for_each                       = local.learns
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment_accepter.service[each.value.service].transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.zone[each.value.zone].id
}

resource "aws_ec2_transit_gateway_route" "office" {
  for_each                       = toset(["trusted", "other"])
  destination_cidr_block         = local.office
  transit_gateway_attachment_id  = aws_vpn_connection.office.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.zone[each.key].id
}

resource "aws_ec2_transit_gateway_route" "nowhere" {
  destination_cidr_block         = "10.0.0.0/8"
  blackhole                      = true
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.zone["other"].id
}

# The office, by VPN

resource "aws_customer_gateway" "office" {
  bgp_asn    = "65010"
  ip_address = "198.51.100.7"
  type       = "ipsec.1"
}

resource "aws_vpn_connection" "office" {
  customer_gateway_id   = aws_customer_gateway.office.id
  transit_gateway_id    = aws_ec2_transit_gateway.core.id
  type                  = "ipsec.1"
  static_routes_only    = true
  tunnel1_preshared_key = "correct_horse_battery"
  tunnel1_ike_versions  = ["ikev2"]
  tags                  = { Name = "office" }
}

resource "aws_ec2_transit_gateway_route_table_association" "office" {
  transit_gateway_attachment_id  = aws_vpn_connection.office.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.zone["office"].id
}

# The data centre, by Direct Connect

resource "aws_dx_connection" "centre" {
  name      = "centre"
  bandwidth = "10Gbps"
  location  = "EqDC2"
}

resource "aws_dx_gateway" "centre" {
  name            = "centre"
  amazon_side_asn = "64600"
}

resource "aws_dx_transit_virtual_interface" "centre" {
  name           = "centre"
  connection_id  = aws_dx_connection.centre.id
  dx_gateway_id  = aws_dx_gateway.centre.id
  vlan           = 100
  address_family = "ipv4"
  bgp_asn        = 65020
}

resource "aws_dx_gateway_association" "centre" {
  dx_gateway_id         = aws_dx_gateway.centre.id
  associated_gateway_id = aws_ec2_transit_gateway.core.id
  allowed_prefixes      = sort([for service in var.services : service.network])
}

# People, by Client VPN

resource "aws_vpc" "people" {
  cidr_block = "10.32.0.0/24"
}

resource "aws_subnet" "people" {
  vpc_id            = aws_vpc.people.id
  cidr_block        = "10.32.0.0/26"
  availability_zone = "eu-west-1a"
}

resource "aws_ec2_client_vpn_endpoint" "people" {
  description            = "people"
  client_cidr_block      = "10.33.0.0/22"
  server_certificate_arn = local.certificate
  split_tunnel           = true
  authentication_options {
    type                       = "certificate-authentication"
    root_certificate_chain_arn = local.certificate
  }
  connection_log_options {
    enabled = false
  }
}

resource "aws_ec2_client_vpn_network_association" "people" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.people.id
  subnet_id              = aws_subnet.people.id
}

resource "aws_ec2_client_vpn_authorization_rule" "people" {
  for_each               = { for position, rule in var.people : format("%02d-%s", position, rule.group) => rule }
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.people.id
  target_network_cidr    = each.value.network
  access_group_id        = each.value.group
  description            = each.key
}

# What others look up

data "aws_ec2_transit_gateway" "core" {
  filter {
    name   = "transit-gateway-id"
    values = [aws_ec2_transit_gateway.core.id]
  }
}

data "aws_ec2_transit_gateway_vpn_attachment" "office" {
  transit_gateway_id = aws_ec2_transit_gateway.core.id
  vpn_connection_id  = aws_vpn_connection.office.id
}

output "core" {
  value = {
    asn         = data.aws_ec2_transit_gateway.core.amazon_side_asn
    owner       = data.aws_ec2_transit_gateway.core.owner_id
    office      = data.aws_ec2_transit_gateway_vpn_attachment.office.id == aws_vpn_connection.office.transit_gateway_attachment_id
    attachments = { for name, service in module.service : name => service.owner }
  }
}
