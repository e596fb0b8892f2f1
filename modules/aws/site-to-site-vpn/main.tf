locals {
  associated = var.sites
  propagated = merge([
    for site in keys(var.sites) : {
      for name, table in var.known_in : "${site}/${name}" => { site = site, table = table } if length(var.sites[site].ranges) == 0
    }
  ]...)
  static = merge(flatten([
    for site, content in var.sites : [
      for name, table in var.static_in : {
        for range in content.ranges : "${site}/${name}/${range}" => { site = site, table = table, range = range }
      }
    ]
  ])...)
}

resource "aws_customer_gateway" "this" {
  for_each = var.sites

  type       = "ipsec.1"
  ip_address = each.value.address
  bgp_asn    = tostring(each.value.asn)
  tags       = merge(var.tags, { Name = "${var.name}-${each.key}" })
}

resource "aws_vpn_connection" "this" {
  for_each = var.sites

  type                = "ipsec.1"
  customer_gateway_id = aws_customer_gateway.this[each.key].id
  transit_gateway_id  = var.transit_gateway_id
  static_routes_only  = length(each.value.ranges) > 0
  tags                = merge(var.tags, { Name = "${var.name}-${each.key}" })
}

resource "aws_ec2_transit_gateway_route_table_association" "this" {
  for_each = local.associated

  transit_gateway_attachment_id  = aws_vpn_connection.this[each.key].transit_gateway_attachment_id
  transit_gateway_route_table_id = var.route_table_id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "this" {
  for_each = local.propagated

  transit_gateway_attachment_id  = aws_vpn_connection.this[each.value.site].transit_gateway_attachment_id
  transit_gateway_route_table_id = each.value.table
}

resource "aws_ec2_transit_gateway_route" "this" {
  for_each = local.static

  destination_cidr_block         = each.value.range
  transit_gateway_attachment_id  = aws_vpn_connection.this[each.value.site].transit_gateway_attachment_id
  transit_gateway_route_table_id = each.value.table
}
