# The way out of a service's network: there is one once the attachment is accepted.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "route_table" {
  type = string
}

variable "transit_gateway" {
  type = string
}

resource "aws_route" "others" {
  for_each               = toset(["10.0.0.0/8", "192.168.0.0/16"])
  route_table_id         = var.route_table
  destination_cidr_block = each.key
  transit_gateway_id     = var.transit_gateway
}
