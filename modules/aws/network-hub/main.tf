locals {
  blackholes = merge([
    for table, content in var.route_tables : {
      for range in content.blackholes : "${table}/${range}" => { table = table, range = range }
    }
  ]...)
}

# Nothing is associated or propagated by itself: which attachment sees which other is said by route tables.
resource "aws_ec2_transit_gateway" "this" {
  description                     = var.name
  amazon_side_asn                 = var.asn
  auto_accept_shared_attachments  = "disable"
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
  dns_support                     = "enable"
  vpn_ecmp_support                = "enable"
  tags                            = merge(var.tags, { Name = var.name })
}

resource "aws_ec2_transit_gateway_route_table" "this" {
  for_each = var.route_tables

  transit_gateway_id = aws_ec2_transit_gateway.this.id
  tags               = merge(var.tags, { Name = "${var.name}-${each.key}" })
}

resource "aws_ec2_transit_gateway_route" "blackhole" {
  for_each = local.blackholes

  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.this[each.value.table].id
  destination_cidr_block         = each.value.range
  blackhole                      = true
}

resource "aws_ram_resource_share" "this" {
  count = length(var.share_with) > 0 ? 1 : 0

  name                      = var.name
  allow_external_principals = var.share_outside
  tags                      = var.tags
}

resource "aws_ram_resource_association" "this" {
  count = length(var.share_with) > 0 ? 1 : 0

  resource_share_arn = aws_ram_resource_share.this[0].arn
  resource_arn       = aws_ec2_transit_gateway.this.arn
}

resource "aws_ram_principal_association" "this" {
  for_each = var.share_with

  resource_share_arn = aws_ram_resource_share.this[0].arn
  principal          = each.key
}
