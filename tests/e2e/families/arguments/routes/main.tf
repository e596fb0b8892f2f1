# Routes to all kinds of targets, another one at each stage.

provider "aws" {
  region = "eu-west-1"
}

variable "balancer" {
  type = string
}

locals {
  stage = 0
}

resource "aws_vpc" "v" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_vpc" "w" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_internet_gateway" "g" {
  vpc_id = aws_vpc.v.id
}

resource "aws_egress_only_internet_gateway" "g" {
  vpc_id = aws_vpc.v.id
}

resource "aws_nat_gateway" "g" {
  connectivity_type = "private"
  subnet_id         = aws_subnet.s.id
}

resource "aws_network_interface" "i" {
  subnet_id = aws_subnet.s.id
}

resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.w.id
  auto_accept = true
}

resource "aws_vpn_gateway" "g" {
  vpc_id = aws_vpc.v.id
}

resource "aws_ec2_transit_gateway" "g" {
}

resource "aws_ec2_transit_gateway_vpc_attachment" "v" {
  transit_gateway_id = aws_ec2_transit_gateway.g.id
  vpc_id             = aws_vpc.v.id
  subnet_ids         = [aws_subnet.s.id]
}

resource "aws_vpc_endpoint_service" "s" {
  acceptance_required        = false
  gateway_load_balancer_arns = [var.balancer]
}

resource "aws_vpc_endpoint" "e" {
  vpc_id            = aws_vpc.v.id
  service_name      = aws_vpc_endpoint_service.s.service_name
  vpc_endpoint_type = aws_vpc_endpoint_service.s.service_type
  subnet_ids        = [aws_subnet.s.id]
}

resource "aws_ec2_managed_prefix_list" "p" {
  count          = 2
  name           = "p${count.index}"
  address_family = "IPv4"
  max_entries    = 1
  entry {
    cidr = "10.6${count.index}.0.0/16"
  }
}

# Routes by themselves

resource "aws_route_table" "r" {
  vpc_id     = aws_vpc.v.id
  depends_on = [aws_ec2_transit_gateway_vpc_attachment.v]
}

resource "aws_route" "near" {
  route_table_id            = aws_route_table.r.id
  destination_cidr_block    = "10.50.0.0/16"
  nat_gateway_id            = [aws_nat_gateway.g.id, null, null][local.stage]
  vpc_peering_connection_id = [null, aws_vpc_peering_connection.p.id, null][local.stage]
  transit_gateway_id        = [null, null, aws_ec2_transit_gateway.g.id][local.stage]
}

resource "aws_route" "far" {
  route_table_id         = aws_route_table.r.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = [aws_vpn_gateway.g.id, null, null][local.stage]
  vpc_endpoint_id        = [null, aws_vpc_endpoint.e.id, null][local.stage]
  network_interface_id   = [null, null, aws_network_interface.i.id][local.stage]
}

resource "aws_route" "list" {
  route_table_id             = aws_route_table.r.id
  destination_prefix_list_id = aws_ec2_managed_prefix_list.p[0].id
  transit_gateway_id         = [aws_ec2_transit_gateway.g.id, null, null][local.stage]
  nat_gateway_id             = [null, aws_nat_gateway.g.id, null][local.stage]
  gateway_id                 = [null, null, aws_vpn_gateway.g.id][local.stage]
}

resource "aws_route" "six" {
  route_table_id              = aws_route_table.r.id
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = [aws_egress_only_internet_gateway.g.id, null, null][local.stage]
  transit_gateway_id          = [null, aws_ec2_transit_gateway.g.id, null][local.stage]
  vpc_endpoint_id             = [null, null, aws_vpc_endpoint.e.id][local.stage]
}

resource "aws_route" "translated" {
  route_table_id              = aws_route_table.r.id
  destination_ipv6_cidr_block = "64:ff9b::/96"
  nat_gateway_id              = [aws_nat_gateway.g.id, null, null][local.stage]
  gateway_id                  = [null, aws_internet_gateway.g.id, null][local.stage]
  vpc_peering_connection_id   = [null, null, aws_vpc_peering_connection.p.id][local.stage]
}

# Routes in their tables

resource "aws_route_table" "inline" {
  vpc_id     = aws_vpc.v.id
  depends_on = [aws_ec2_transit_gateway_vpc_attachment.v]
  dynamic "route" {
    for_each = [[], [1], [1]][local.stage]
    content {
      cidr_block                = "10.50.0.0/16"
      nat_gateway_id            = [null, aws_nat_gateway.g.id, null][local.stage]
      vpc_peering_connection_id = [null, null, aws_vpc_peering_connection.p.id][local.stage]
    }
  }
  dynamic "route" {
    for_each = [[], [1], [1]][local.stage]
    content {
      cidr_block           = "10.51.0.0/16"
      transit_gateway_id   = [null, aws_ec2_transit_gateway.g.id, null][local.stage]
      network_interface_id = [null, null, aws_network_interface.i.id][local.stage]
    }
  }
  dynamic "route" {
    for_each = [[], [1], [1]][local.stage]
    content {
      ipv6_cidr_block        = "::/0"
      egress_only_gateway_id = [null, aws_egress_only_internet_gateway.g.id, null][local.stage]
      vpc_endpoint_id        = [null, null, aws_vpc_endpoint.e.id][local.stage]
    }
  }
  dynamic "route" {
    for_each = [[], [0], [1]][local.stage]
    content {
      destination_prefix_list_id = aws_ec2_managed_prefix_list.p[route.value].id
      nat_gateway_id             = [null, aws_nat_gateway.g.id, null][local.stage]
      gateway_id                 = [null, null, aws_vpn_gateway.g.id][local.stage]
    }
  }
}

# The route to all of the VPC, which is there already, by way of something else.
# Its route is its own, that of the gateway endpoint is not.
resource "aws_route_table" "balanced" {
  vpc_id = aws_vpc.v.id
  route {
    destination_prefix_list_id = aws_ec2_managed_prefix_list.p[0].id
    vpc_endpoint_id            = aws_vpc_endpoint.e.id
  }
}

resource "aws_vpc_endpoint" "s3" {
  route_table_ids = [aws_route_table.balanced.id]
  service_name    = "com.amazonaws.eu-west-1.s3"
  vpc_id          = aws_vpc.v.id
}

resource "aws_route_table" "inside" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block           = "10.0.0.0/16"
    gateway_id           = ["local", null, null][local.stage]
    network_interface_id = [null, aws_network_interface.i.id, null][local.stage]
    vpc_endpoint_id      = [null, null, aws_vpc_endpoint.e.id][local.stage]
  }
}

resource "aws_default_route_table" "d" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.v]
  dynamic "route" {
    for_each = [[], [1], [1]][local.stage]
    content {
      cidr_block         = "10.52.0.0/16"
      transit_gateway_id = [null, aws_ec2_transit_gateway.g.id, null][local.stage]
      nat_gateway_id     = [null, null, aws_nat_gateway.g.id][local.stage]
    }
  }
  dynamic "route" {
    for_each = [[], [0], [1]][local.stage]
    content {
      destination_prefix_list_id = aws_ec2_managed_prefix_list.p[route.value].id
      vpc_peering_connection_id  = aws_vpc_peering_connection.p.id
    }
  }
  propagating_vgws = [null, [aws_vpn_gateway.g.id], []][local.stage]
}
