# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "other"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::222222222222:role/other"
  }
}

variable "hosted" {
  type = list(string)
}

locals {
  stage = 0
}

resource "aws_dx_connection_confirmation" "h" {
  for_each      = toset(var.hosted)
  connection_id = each.value
}

resource "aws_dx_gateway" "other" {
  provider        = aws.other
  name            = "other"
  amazon_side_asn = "64513"
}

resource "aws_dx_connection" "c" {
  name      = "c"
  bandwidth = "1Gbps"
  location  = "EqDC2"
  tags      = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_dx_lag" "l" {
  name                  = ["c", "a", "b"][local.stage]
  connections_bandwidth = "1Gbps"
  location              = "EqDC2"
  force_destroy         = [null, true, true][local.stage]
  tags                  = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_dx_gateway" "g" {
  name            = ["c", "a", "b"][local.stage]
  amazon_side_asn = "64512"
  tags            = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_dx_private_virtual_interface" "p" {
  connection_id    = aws_dx_connection.c.id
  name             = "p"
  vlan             = 100
  address_family   = "ipv4"
  bgp_asn          = 65000
  dx_gateway_id    = aws_dx_gateway.g.id
  mtu              = [null, 9001, 1500][local.stage]
  sitelink_enabled = [null, true, null][local.stage]
  tags             = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_dx_transit_virtual_interface" "t" {
  connection_id    = aws_dx_connection.c.id
  name             = "t"
  vlan             = 101
  address_family   = "ipv4"
  bgp_asn          = 65000
  dx_gateway_id    = aws_dx_gateway.g.id
  mtu              = [null, 8500, 1500][local.stage]
  sitelink_enabled = [null, true, null][local.stage]
  tags             = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_dx_public_virtual_interface" "p" {
  connection_id         = aws_dx_connection.c.id
  name                  = "u"
  vlan                  = 102
  address_family        = "ipv4"
  bgp_asn               = 65000
  amazon_address        = "175.45.176.2/30"
  customer_address      = "175.45.176.1/30"
  route_filter_prefixes = ["175.45.176.0/22"]
  tags                  = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_dx_hosted_private_virtual_interface" "h" {
  connection_id    = aws_dx_connection.c.id
  name             = "h"
  vlan             = 103
  address_family   = "ipv4"
  bgp_asn          = 65000
  owner_account_id = "222222222222"
}

resource "aws_dx_hosted_private_virtual_interface_accepter" "h" {
  provider             = aws.other
  virtual_interface_id = aws_dx_hosted_private_virtual_interface.h.id
  dx_gateway_id        = aws_dx_gateway.other.id
  tags                 = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_dx_hosted_transit_virtual_interface" "h" {
  connection_id    = aws_dx_connection.c.id
  name             = "ht"
  vlan             = 104
  address_family   = "ipv4"
  bgp_asn          = 65000
  owner_account_id = "222222222222"
}

resource "aws_dx_hosted_transit_virtual_interface_accepter" "h" {
  provider             = aws.other
  virtual_interface_id = aws_dx_hosted_transit_virtual_interface.h.id
  dx_gateway_id        = aws_dx_gateway.other.id
  tags                 = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_dx_hosted_public_virtual_interface" "h" {
  connection_id         = aws_dx_connection.c.id
  name                  = "hp"
  vlan                  = 105
  address_family        = "ipv4"
  bgp_asn               = 65000
  owner_account_id      = "222222222222"
  amazon_address        = "175.45.176.6/30"
  customer_address      = "175.45.176.5/30"
  route_filter_prefixes = ["175.45.176.0/22"]
}

resource "aws_dx_hosted_public_virtual_interface_accepter" "h" {
  provider             = aws.other
  virtual_interface_id = aws_dx_hosted_public_virtual_interface.h.id
  tags                 = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_account_alternate_contact" "b" {
  alternate_contact_type = "BILLING"
  name                   = ["c", "a", "b"][local.stage]
  title                  = ["c", "a", "b"][local.stage]
  email_address          = ["c@example.com", "a@example.com", "b@example.com"][local.stage]
  phone_number           = ["+1", "+2", "+3"][local.stage]
}

resource "aws_ebs_snapshot_block_public_access" "s" {
  state = ["block-all-sharing", "block-new-sharing", "unblocked"][local.stage]
}

resource "aws_ec2_image_block_public_access" "s" {
  state = ["block-new-sharing", "unblocked", "block-new-sharing"][local.stage]
}

resource "aws_ec2_serial_console_access" "s" {
  enabled = [null, false, true][local.stage]
}

resource "aws_ec2_instance_metadata_defaults" "m" {
  http_endpoint               = [null, "enabled", "disabled"][local.stage]
  http_put_response_hop_limit = [null, 2, 3][local.stage]
  http_tokens                 = ["required", "optional", "required"][local.stage]
  instance_metadata_tags      = [null, "enabled", "disabled"][local.stage]
}
