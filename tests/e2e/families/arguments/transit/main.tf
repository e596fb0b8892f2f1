# What a transit gateway shares with other regions and accounts, and what its tables hold. Each argument is absent at stage 0,
# has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "north"
  region = "eu-north-1"
}

provider "aws" {
  alias  = "other"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::222222222222:role/network"
  }
}

locals {
  stage = 0
}

resource "aws_ec2_transit_gateway" "t" {
  encryption_support          = [null, "enable", "disable"][local.stage]
  transit_gateway_cidr_blocks = ["10.9.0.0/24"]
}

resource "aws_ec2_transit_gateway" "off" {
}

resource "aws_ec2_transit_gateway_route_table" "off" {
  count              = 3
  transit_gateway_id = aws_ec2_transit_gateway.off.id
}

resource "aws_vpc" "v" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "s" {
  vpc_id            = aws_vpc.v.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.1.0/24"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "v" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
  vpc_id             = aws_vpc.v.id
  subnet_ids         = [aws_subnet.s.id]
  ipv6_support       = "enable"
}

resource "aws_ec2_transit_gateway_route_table" "r" {
  count              = 2
  transit_gateway_id = aws_ec2_transit_gateway.t.id
}

resource "aws_ec2_transit_gateway_default_route_table_association" "d" {
  transit_gateway_id             = aws_ec2_transit_gateway.off.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.off[local.stage].id
}

resource "aws_ec2_transit_gateway_default_route_table_propagation" "d" {
  transit_gateway_id             = aws_ec2_transit_gateway.off.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.off[2 - local.stage].id
}

# It has been with the gateway's default table.
resource "aws_ec2_transit_gateway_route_table_association" "v" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.r[0].id
  replace_existing_association   = [true, false, true][local.stage]
}

resource "aws_ec2_transit_gateway_route_table_propagation" "v" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.r[0].id
}

resource "aws_ec2_transit_gateway_route" "six" {
  destination_cidr_block         = "2001:db8::/32"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.r[1].id
}

resource "aws_ec2_transit_gateway_route" "nowhere" {
  for_each                       = toset(["::/0", "0.0.0.0/0", "2001:DB8:0:1::/64"])
  destination_cidr_block         = each.key
  blackhole                      = true
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.r[1].id
}

resource "aws_ec2_transit_gateway_connect" "c" {
  transit_gateway_id      = aws_ec2_transit_gateway.t.id
  transport_attachment_id = aws_ec2_transit_gateway_vpc_attachment.v.id
}

resource "aws_ec2_transit_gateway_connect_peer" "p" {
  transit_gateway_attachment_id = aws_ec2_transit_gateway_connect.c.id
  peer_address                  = "10.0.1.9"
  bgp_asn                       = 65001
  inside_cidr_blocks            = ["169.254.100.0/29", "fd00:1::/125"]
  tags                          = [null, { a = 1 }, { b = 1 }][local.stage]
}

# Another region

resource "aws_ec2_transit_gateway" "north" {
  provider = aws.north
}

resource "aws_ec2_transit_gateway_peering_attachment" "north" {
  transit_gateway_id      = aws_ec2_transit_gateway.t.id
  peer_transit_gateway_id = aws_ec2_transit_gateway.north.id
  peer_region             = "eu-north-1"
  tags                    = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_ec2_transit_gateway_peering_attachment_accepter" "north" {
  provider                      = aws.north
  transit_gateway_attachment_id = aws_ec2_transit_gateway_peering_attachment.north.id
  tags                          = [null, { c = 1 }, { d = 1 }][local.stage]
}

# Another account

resource "aws_ram_resource_share" "s" {
  name                      = "s"
  allow_external_principals = true
}

resource "aws_ram_resource_association" "s" {
  resource_arn       = aws_ec2_transit_gateway.t.arn
  resource_share_arn = aws_ram_resource_share.s.arn
}

resource "aws_ram_principal_association" "s" {
  principal          = "222222222222"
  resource_share_arn = aws_ram_resource_share.s.arn
}

resource "aws_ram_resource_share_accepter" "s" {
  provider   = aws.other
  share_arn  = aws_ram_principal_association.s.resource_share_arn
  depends_on = [aws_ram_resource_association.s]
}

resource "aws_vpc" "other" {
  provider   = aws.other
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "other" {
  provider          = aws.other
  vpc_id            = aws_vpc.other.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.1.1.0/24"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "other" {
  provider           = aws.other
  transit_gateway_id = aws_ec2_transit_gateway.t.id
  vpc_id             = aws_vpc.other.id
  subnet_ids         = [aws_subnet.other.id]
  tags               = [null, { a = 1 }, { b = 1 }][local.stage]
  depends_on         = [aws_ram_resource_share_accepter.s]
}

resource "aws_ec2_transit_gateway_vpc_attachment_accepter" "other" {
  transit_gateway_attachment_id                   = aws_ec2_transit_gateway_vpc_attachment.other.id
  transit_gateway_default_route_table_association = [null, false, true][local.stage]
  transit_gateway_default_route_table_propagation = [null, false, true][local.stage]
  tags                                            = [null, { c = 1 }, { d = 1 }][local.stage]
}
