# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2. What needs another object has one value
# before, and another one after.

variable "concentrators" {
  type = list(string)
}


provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
  turn  = 0
}

resource "aws_ec2_transit_gateway" "g" {
  for_each = { a = 64512, b = 64513 }

  amazon_side_asn             = each.value
  transit_gateway_cidr_blocks = ["10.9${each.value - 64512}.0.0/24"]
}

# Connections by private addresses

resource "aws_dx_connection" "c" {
  for_each  = toset(["a", "b", "c"])
  name      = each.key
  bandwidth = "1Gbps"
  location  = "EqDC2"
}

resource "aws_dx_lag" "l" {
  name                  = "l"
  connection_id         = aws_dx_connection.c[["a", "b"][local.turn]].id
  connections_bandwidth = "1Gbps"
  location              = "EqDC2"
}

resource "aws_dx_gateway" "g" {
  name            = "g"
  amazon_side_asn = 64600
}

resource "aws_dx_gateway_association" "g" {
  dx_gateway_id         = aws_dx_gateway.g.id
  associated_gateway_id = aws_ec2_transit_gateway.g["a"].id
  allowed_prefixes      = ["10.90.0.0/24"]
}

resource "aws_customer_gateway" "c" {
  for_each   = { private = "10.8.0.1", public = "172.83.124.10" }
  bgp_asn    = 65000
  ip_address = each.value
  type       = "ipsec.1"
}

resource "aws_vpn_connection" "private" {
  customer_gateway_id                     = aws_customer_gateway.c["private"].id
  transit_gateway_id                      = aws_ec2_transit_gateway.g["a"].id
  type                                    = "ipsec.1"
  outside_ip_address_type                 = ["PrivateIpv4", "PublicIpv4"][local.turn]
  transport_transit_gateway_attachment_id = [aws_dx_gateway_association.g.transit_gateway_attachment_id, null][local.turn]
}

resource "aws_vpn_connection" "gathered" {
  customer_gateway_id = aws_customer_gateway.c["public"].id
  type                = "ipsec.1"
  vpn_concentrator_id = var.concentrators[local.turn]
}

# Clients that reach a transit gateway

resource "aws_ec2_client_vpn_endpoint" "e" {
  client_cidr_block      = "10.100.0.0/16"
  server_certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/s"

  authentication_options {
    type                       = "certificate-authentication"
    root_certificate_chain_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/r"
  }

  connection_log_options {
    enabled = false
  }

  transit_gateway_configuration {
    availability_zone_ids = [null, ["euw1-az1"]][local.turn]
    availability_zones    = [["eu-west-1a", "eu-west-1b"], null][local.turn]
    transit_gateway_id    = aws_ec2_transit_gateway.g[["a", "b"][local.turn]].id
  }
}

resource "aws_ec2_client_vpn_route" "r" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.e.id
  destination_cidr_block = "10.0.0.0/8"
}

# Routes that are propagated

resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpn_gateway" "g" {
  vpc_id = aws_vpc.v.id
}

resource "aws_route_table" "r" {
  vpc_id           = aws_vpc.v.id
  propagating_vgws = [[], [aws_vpn_gateway.g.id], []][local.stage]
}

resource "aws_default_route_table" "d" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  propagating_vgws       = [[], [aws_vpn_gateway.g.id], []][local.stage]
}

resource "aws_route_table_association" "g" {
  gateway_id     = aws_vpn_gateway.g.id
  route_table_id = aws_route_table.r.id
}

# What of a transit gateway is about lines

resource "aws_ec2_transit_gateway_route_table" "t" {
  transit_gateway_id = aws_ec2_transit_gateway.g["a"].id
}

resource "aws_ec2_transit_gateway_route_table_association" "vpn" {
  replace_existing_association   = true
  transit_gateway_attachment_id  = aws_vpn_connection.private.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.t.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "line" {
  transit_gateway_attachment_id  = aws_dx_gateway_association.g.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.t.id
}

resource "aws_ec2_transit_gateway_connect" "line" {
  transit_gateway_id      = aws_ec2_transit_gateway.g["a"].id
  transport_attachment_id = aws_dx_gateway_association.g.transit_gateway_attachment_id
}

resource "aws_dx_transit_virtual_interface" "six" {
  connection_id  = aws_dx_connection.c["c"].id
  name           = "six"
  vlan           = 101
  address_family = "ipv6"
  bgp_asn        = 65000
  dx_gateway_id  = aws_dx_gateway.g.id
}
