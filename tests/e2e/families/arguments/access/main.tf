# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

resource "aws_vpc" "v" {
  for_each   = { a = "10.0.0.0/16", b = "10.1.0.0/16" }
  cidr_block = each.value
}

resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v["a"].id
  cidr_block = "10.0.1.0/24"
}

resource "aws_internet_gateway" "i" {
  vpc_id = aws_vpc.v["a"].id
}

resource "aws_eip" "e" {
  for_each = toset(["a", "b", "c"])
  domain   = "vpc"
}

resource "aws_nat_gateway" "public" {
  depends_on               = [aws_internet_gateway.i]
  allocation_id            = aws_eip.e["a"].id
  subnet_id                = aws_subnet.s.id
  secondary_allocation_ids = [null, [aws_eip.e["b"].id], [aws_eip.e["c"].id]][local.stage]
}

resource "aws_nat_gateway" "counted" {
  connectivity_type                  = "private"
  subnet_id                          = aws_subnet.s.id
  secondary_private_ip_address_count = [0, 2, 1][local.stage]
}

resource "aws_nat_gateway" "named" {
  connectivity_type              = "private"
  subnet_id                      = aws_subnet.s.id
  secondary_private_ip_addresses = [[], ["10.0.1.70", "10.0.1.71"], ["10.0.1.71"]][local.stage]
}

resource "aws_vpc_block_public_access_options" "o" {
  internet_gateway_block_mode = ["off", "block-bidirectional", "block-ingress"][local.stage]
}

resource "aws_vpc_block_public_access_exclusion" "vpc" {
  vpc_id                          = aws_vpc.v["a"].id
  internet_gateway_exclusion_mode = ["allow-egress", "allow-bidirectional", "allow-egress"][local.stage]
  tags                            = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_vpc_block_public_access_exclusion" "subnet" {
  subnet_id                       = aws_subnet.s.id
  internet_gateway_exclusion_mode = "allow-egress"
  tags                            = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_security_group" "g" {
  name   = "g"
  vpc_id = aws_vpc.v["a"].id
}

resource "aws_vpc_security_group_vpc_association" "g" {
  security_group_id = aws_security_group.g.id
  vpc_id            = aws_vpc.v["b"].id
}

# Gateways of the region

resource "aws_nat_gateway" "regional" {
  depends_on        = [aws_internet_gateway.i]
  availability_mode = "regional"
  vpc_id            = aws_vpc.v["a"].id
  tags              = [null, { a = 1 }, { b = 1 }][local.stage]

  availability_zone_address {
    availability_zone = "eu-west-1a"
    allocation_ids    = [for name in [["a", "b"], ["a"], ["a", "c"]][local.stage] : aws_eip.regional[name].id]
  }
  availability_zone_address {
    availability_zone = "eu-west-1b"
    allocation_ids    = [for name in [["c"], ["c", "b"], ["b"]][local.stage] : aws_eip.regional[name].id]
  }
}

resource "aws_nat_gateway" "automatic" {
  depends_on        = [aws_internet_gateway.i]
  availability_mode = "regional"
  vpc_id            = aws_vpc.v["a"].id
  tags              = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_eip" "regional" {
  for_each = toset(["a", "b", "c"])
  domain   = "vpc"
}
