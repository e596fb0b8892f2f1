# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2. What needs another object has one value
# before, and another one after. Routes lead elsewhere at each stage.

variable "vpc" {
  type = string
}

variable "carrier" {
  type = string
}

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
  turn  = 0
}

locals {
  outpost = "arn:aws:outposts:eu-west-1:123456789012:outpost/op-0000000000000000${["a", "b"][local.turn]}"
  core    = "arn:aws:networkmanager::123456789012:core-network/core-network-0000000000000000"
  odb     = "arn:aws:odb:eu-west-1:123456789012:odb-network/odbnet_"
}

resource "aws_subnet" "s" {
  vpc_id                          = var.vpc
  cidr_block                      = "10.0.1.0/24"
  availability_zone               = "eu-west-1a"
  outpost_arn                     = local.outpost
  customer_owned_ipv4_pool        = [null, "ipv4pool-coip-a", "ipv4pool-coip-b"][local.stage]
  enable_lni_at_device_index      = [null, 1, 2][local.stage]
  map_customer_owned_ip_on_launch = [null, true, true][local.stage]
}

resource "aws_ebs_volume" "v" {
  availability_zone = "eu-west-1a"
  outpost_arn       = local.outpost
  size              = 1
}

resource "aws_route_table" "r" {
  vpc_id = var.vpc
}

resource "aws_route" "carrier" {
  route_table_id         = aws_route_table.r.id
  destination_cidr_block = "10.50.0.0/16"
  carrier_gateway_id     = [var.carrier, null, null][local.stage]
  local_gateway_id       = [null, "lgw-0000000000000000a", null][local.stage]
  core_network_arn       = [null, null, "${local.core}a"][local.stage]
}

resource "aws_route" "core" {
  route_table_id         = aws_route_table.r.id
  destination_cidr_block = "10.51.0.0/16"
  core_network_arn       = ["${local.core}a", "${local.core}b", null][local.stage]
  odb_network_arn        = [null, null, "${local.odb}a"][local.stage]
}

resource "aws_route" "odb" {
  route_table_id         = aws_route_table.r.id
  destination_cidr_block = "10.52.0.0/16"
  odb_network_arn        = ["${local.odb}a", "${local.odb}b", null][local.stage]
  local_gateway_id       = [null, null, "lgw-0000000000000000b"][local.stage]
}

resource "aws_route" "local" {
  route_table_id         = aws_route_table.r.id
  destination_cidr_block = "10.53.0.0/16"
  local_gateway_id       = ["lgw-0000000000000000a", "lgw-0000000000000000b", null][local.stage]
  carrier_gateway_id     = [null, null, var.carrier][local.stage]
}

resource "aws_route_table" "inline" {
  vpc_id = var.vpc

  route {
    cidr_block         = "10.60.0.0/16"
    carrier_gateway_id = [var.carrier, null, null][local.stage]
    core_network_arn   = [null, null, "${local.core}b"][local.stage]
    local_gateway_id   = [null, "lgw-0000000000000000a", null][local.stage]
  }

  route {
    cidr_block       = "10.61.0.0/16"
    local_gateway_id = [null, null, "lgw-0000000000000000a"][local.stage]
    odb_network_arn  = ["${local.odb}a", "${local.odb}b", null][local.stage]
  }
}
