# The network of a service, in an account of its own, and its way to all others.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" {
  type = string
}

variable "network" {
  type = string
}

variable "share_arn" {
  type = string
}

variable "transit_gateway" {
  type = string
}

resource "aws_ram_resource_share_accepter" "core" {
  share_arn = var.share_arn
}

resource "aws_vpc" "this" {
  cidr_block = var.network
  tags       = { Name = var.name }
}

resource "aws_subnet" "transit" {
  for_each          = { a = 0, b = 1 }
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.network, 12, each.value)
  availability_zone = "eu-west-1${each.key}"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "this" {
  vpc_id             = aws_vpc.this.id
  subnet_ids         = [for subnet in aws_subnet.transit : subnet.id]
  transit_gateway_id = var.transit_gateway
  tags               = { Name = var.name }
  depends_on         = [aws_ram_resource_share_accepter.core]

  lifecycle {
    # They are the business of the gateway's owner.
    ignore_changes = [transit_gateway_default_route_table_association, transit_gateway_default_route_table_propagation]
  }
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id
}

output "attachment" {
  value = aws_ec2_transit_gateway_vpc_attachment.this.id
}

output "owner" {
  value = aws_ec2_transit_gateway_vpc_attachment.this.vpc_owner_id
}

output "route_table" {
  value = aws_route_table.this.id
}
