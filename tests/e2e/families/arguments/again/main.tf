# Default VPCs and subnets that are made anew. Each argument is absent at stage 0, has a value at stage 1 and another at
# stage 2. What needs another object has one value before, and another one after.

variable "pool" {
  type = string
}

provider "aws" {
  region = "eu-west-2"
}

locals {
  stage = 0
  turn  = 0
}

# There is none before.
resource "aws_default_vpc" "pooled" {
  force_destroy       = [null, true, false][local.stage]
  ipv6_cidr_block     = [null, null, "2001:db8:10:200::/56"][local.stage]
  ipv6_ipam_pool_id   = [null, var.pool, var.pool][local.stage]
  ipv6_netmask_length = [null, 56, null][local.stage]
}

resource "aws_default_vpc" "bordered" {
  region                               = "eu-north-1"
  assign_generated_ipv6_cidr_block     = [null, true, true][local.stage]
  ipv6_cidr_block_network_border_group = [null, "eu-north-1", "eu-north-1-hel-1"][local.stage]
}

resource "aws_default_vpc" "six" {
  region                           = "eu-west-3"
  assign_generated_ipv6_cidr_block = true
}

# There is none in this zone before.
resource "aws_default_subnet" "native" {
  region            = "eu-west-3"
  availability_zone = "eu-west-3a"
  force_destroy     = true
  ipv6_native       = [true, false][local.turn]
  depends_on        = [aws_default_vpc.six]
}
