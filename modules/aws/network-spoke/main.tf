locals {
  subnets = {
    for position, zone in var.zones : zone => cidrsubnet(var.range, 2, position)
  }
  attachment_id = aws_ec2_transit_gateway_vpc_attachment.this.id
}

resource "aws_vpc" "this" {
  cidr_block           = var.range
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = merge(var.tags, { Name = var.name })
}

resource "aws_subnet" "private" {
  for_each = local.subnets

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = merge(var.tags, { Name = "${var.name}-private-${each.key}" })
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id
  tags   = merge(var.tags, { Name = "${var.name}-private" })
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

resource "aws_ec2_transit_gateway_vpc_attachment" "this" {
  transit_gateway_id = var.transit_gateway_id
  vpc_id             = aws_vpc.this.id
  subnet_ids         = [for subnet in aws_subnet.private : subnet.id]

  # The hub's route tables are the hub's to say, which it does below.
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false

  tags = merge(var.tags, { Name = var.name })

  lifecycle {
    # Of a shared gateway, only the owner may say this.
    ignore_changes = [
      transit_gateway_default_route_table_association,
      transit_gateway_default_route_table_propagation,
    ]
  }
}

resource "aws_ec2_transit_gateway_vpc_attachment_accepter" "hub" {
  provider = aws.hub
  count    = var.other_account ? 1 : 0

  transit_gateway_attachment_id                   = local.attachment_id
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
  tags                                            = merge(var.tags, { Name = var.name })
}

resource "aws_ec2_transit_gateway_route_table_association" "hub" {
  provider = aws.hub

  transit_gateway_attachment_id  = local.attachment_id
  transit_gateway_route_table_id = var.route_table_id

  depends_on = [aws_ec2_transit_gateway_vpc_attachment_accepter.hub]
}

resource "aws_ec2_transit_gateway_route_table_propagation" "hub" {
  provider = aws.hub
  for_each = var.known_in

  transit_gateway_attachment_id  = local.attachment_id
  transit_gateway_route_table_id = each.value

  depends_on = [aws_ec2_transit_gateway_vpc_attachment_accepter.hub]
}

resource "aws_route" "hub" {
  for_each = var.routes

  route_table_id         = aws_route_table.private.id
  destination_cidr_block = each.key
  transit_gateway_id     = var.transit_gateway_id

  # A route to a gateway that the VPC is not attached to is refused.
  depends_on = [
    aws_ec2_transit_gateway_vpc_attachment.this,
    aws_ec2_transit_gateway_vpc_attachment_accepter.hub,
  ]
}
