# What is taken from pools of IPAM needs another object where it changes, but for the IPv6 network of a VPC. The first VPC
# takes the first networks, of which those of its subnets are.

variable "pool" {
  type = map(string)
}

provider "aws" {
  region = "eu-west-1"
}

locals {
  turn = 0
}

resource "aws_vpc" "first" {
  ipv4_ipam_pool_id   = var.pool.four
  ipv4_netmask_length = 16
  ipv6_ipam_pool_id   = var.pool.six
  ipv6_netmask_length = 56
}

resource "aws_vpc" "sized" {
  ipv4_ipam_pool_id   = var.pool.four
  ipv4_netmask_length = [20, 21][local.turn]
  depends_on          = [aws_vpc.first]
}

resource "aws_vpc" "six" {
  cidr_block          = "10.9.0.0/16"
  ipv6_ipam_pool_id   = var.pool.six
  ipv6_netmask_length = [56, 60][local.turn]
  depends_on          = [aws_vpc.first]
}

resource "aws_vpc" "named" {
  cidr_block                           = "10.10.0.0/16"
  ipv6_ipam_pool_id                    = var.pool.six
  ipv6_cidr_block                      = ["2001:db8:10:100::/56", "2001:db8:10:200::/56"][local.turn]
  ipv6_cidr_block_network_border_group = "eu-west-1"
}

resource "aws_vpc_ipv4_cidr_block_association" "sized" {
  vpc_id              = aws_vpc.six.id
  ipv4_ipam_pool_id   = var.pool.four
  ipv4_netmask_length = [24, 25][local.turn]
}

resource "aws_vpc_ipv4_cidr_block_association" "named" {
  vpc_id            = aws_vpc.named.id
  ipv4_ipam_pool_id = var.pool.four
  cidr_block        = ["10.23.0.0/24", "10.23.1.0/24"][local.turn]
}

resource "aws_vpc" "four" {
  for_each   = toset(["a", "b"])
  cidr_block = "10.11.0.0/16"
}

resource "aws_vpc_ipv6_cidr_block_association" "sized" {
  vpc_id              = aws_vpc.four[["a", "b"][local.turn]].id
  ipv6_ipam_pool_id   = var.pool.six
  ipv6_netmask_length = [52, 56][local.turn]
  depends_on          = [aws_vpc.first]
}

resource "aws_vpc_ipv6_cidr_block_association" "named" {
  vpc_id            = aws_vpc.sized.id
  ipv6_ipam_pool_id = var.pool.six
  ipv6_cidr_block   = ["2001:db8:20:100::/56", "2001:db8:20:200::/56"][local.turn]
}

resource "aws_vpc" "given" {
  cidr_block = "10.12.0.0/16"
}

resource "aws_vpc_ipv6_cidr_block_association" "given" {
  vpc_id                           = aws_vpc.given.id
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "sized" {
  vpc_id              = aws_vpc.first.id
  ipv4_ipam_pool_id   = var.pool.subnet_four
  ipv4_netmask_length = [24, 25][local.turn]
  ipv6_ipam_pool_id   = var.pool.subnet_six
  ipv6_netmask_length = 64
}

resource "aws_subnet" "native" {
  vpc_id                                         = aws_vpc.first.id
  availability_zone_id                           = ["euw1-az3", "euw1-az1"][local.turn]
  ipv6_native                                    = true
  ipv6_cidr_block                                = cidrsubnet(aws_vpc.first.ipv6_cidr_block, 8, 200)
  assign_ipv6_address_on_creation                = true
  enable_resource_name_dns_aaaa_record_on_launch = true
  private_dns_hostname_type_on_launch            = "resource-name"
}
