# The edges of a network: transit gateways of two regions that are peers, lists of networks as destinations, a private
# gateway with a VPN and its routes, a Direct Connect gateway of one account at a gateway of another, and people's VPN.

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "north"
  region = "eu-north-1"
}

provider "aws" {
  alias  = "partner"
  region = "eu-west-1"

  assume_role {
    role_arn = "arn:aws:iam::210987654321:role/partner"
  }
}

data "aws_caller_identity" "this" {}

locals {
  tags = { Owner = "edges" }
}

# Two regions

resource "aws_ec2_transit_gateway" "west" {
  amazon_side_asn = 64600
  tags            = local.tags
}

resource "aws_ec2_transit_gateway" "north" {
  provider        = aws.north
  amazon_side_asn = 64601
}

resource "aws_ec2_transit_gateway_peering_attachment" "this" {
  transit_gateway_id      = aws_ec2_transit_gateway.west.id
  peer_transit_gateway_id = aws_ec2_transit_gateway.north.id
  peer_region             = "eu-north-1"
  tags                    = { Name = "to the north" }
}

resource "aws_ec2_transit_gateway_peering_attachment_accepter" "this" {
  provider                      = aws.north
  transit_gateway_attachment_id = aws_ec2_transit_gateway_peering_attachment.this.id
  tags                          = { Name = "to the west" }
}

resource "aws_ec2_transit_gateway_route" "north" {
  destination_cidr_block         = "10.40.0.0/16"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_peering_attachment_accepter.this.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway.west.association_default_route_table_id
}

resource "aws_ec2_managed_prefix_list" "bad" {
  name           = "bad"
  address_family = "IPv4"
  max_entries    = 5
}

resource "aws_ec2_transit_gateway_prefix_list_reference" "bad" {
  prefix_list_id                 = aws_ec2_managed_prefix_list.bad.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway.west.association_default_route_table_id
  blackhole                      = true
}

# A private gateway

resource "aws_vpc" "this" {
  cidr_block = "10.30.0.0/16"
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.30.0.0/24"
}

resource "aws_vpn_gateway" "this" {
  amazon_side_asn = "64700"
  tags            = local.tags
}

resource "aws_vpn_gateway_attachment" "this" {
  vpc_id         = aws_vpc.this.id
  vpn_gateway_id = aws_vpn_gateway.this.id
}

resource "aws_vpn_gateway_route_propagation" "this" {
  vpn_gateway_id = aws_vpn_gateway_attachment.this.vpn_gateway_id
  route_table_id = aws_route_table.this.id
}

resource "aws_customer_gateway" "branch" {
  bgp_asn    = "65010"
  ip_address = "192.0.2.10"
  type       = "ipsec.1"
}

resource "aws_vpn_connection" "branch" {
  vpn_gateway_id      = aws_vpn_gateway_attachment.this.vpn_gateway_id
  customer_gateway_id = aws_customer_gateway.branch.id
  type                = "ipsec.1"
  static_routes_only  = true
  tags                = local.tags
}

resource "aws_vpn_connection_route" "branch" {
  vpn_connection_id      = aws_vpn_connection.branch.id
  destination_cidr_block = "172.16.0.0/24"
}

# Direct Connect

resource "aws_dx_connection" "line" {
  name      = "line"
  bandwidth = "1Gbps"
  location  = "EqDC2"
}

resource "aws_dx_gateway" "this" {
  name            = "centre"
  amazon_side_asn = "64800"
}

resource "aws_dx_private_virtual_interface" "this" {
  connection_id  = aws_dx_connection.line.id
  dx_gateway_id  = aws_dx_gateway.this.id
  name           = "private"
  vlan           = 100
  address_family = "ipv4"
  bgp_asn        = 65020
  mtu            = 1500
}

resource "aws_vpc" "partner" {
  provider   = aws.partner
  cidr_block = "10.50.0.0/16"
}

resource "aws_vpn_gateway" "partner" {
  provider = aws.partner
  vpc_id   = aws_vpc.partner.id
}

resource "aws_dx_gateway_association_proposal" "partner" {
  provider                    = aws.partner
  dx_gateway_id               = aws_dx_gateway.this.id
  dx_gateway_owner_account_id = data.aws_caller_identity.this.account_id
  associated_gateway_id       = aws_vpn_gateway.partner.id
  allowed_prefixes            = ["10.50.0.0/16"]
}

# People

resource "aws_ec2_client_vpn_endpoint" "people" {
  client_cidr_block      = "10.100.0.0/22"
  server_certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
  tags                   = { Name = "people" }

  authentication_options {
    type                       = "certificate-authentication"
    root_certificate_chain_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
  }

  connection_log_options {
    enabled = false
  }
}

resource "aws_ec2_client_vpn_network_association" "people" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.people.id
  subnet_id              = aws_subnet.this.id
}

resource "aws_ec2_client_vpn_route" "people" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.people.id
  destination_cidr_block = "0.0.0.0/0"
  target_vpc_subnet_id   = aws_ec2_client_vpn_network_association.people.subnet_id
  description            = "out"
}

data "aws_ec2_client_vpn_endpoint" "people" {
  tags       = { Name = "people" }
  depends_on = [aws_ec2_client_vpn_endpoint.people]
}

data "aws_dx_location" "line" {
  location_code = aws_dx_connection.line.location
}

output "people" {
  value = data.aws_ec2_client_vpn_endpoint.people.client_cidr_block
}

output "ports" {
  value = contains(data.aws_dx_location.line.available_port_speeds, "1G")
}
