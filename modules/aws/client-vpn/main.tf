locals {
  rules = { for rule in var.rules : "${rule.range} ${coalesce(rule.group, "everybody")}" => rule }

  routes = merge([
    for range in var.routes : { for name, subnet in var.subnet_ids : "${range} ${name}" => { range = range, name = name } }
  ]...)
}

resource "aws_ec2_client_vpn_endpoint" "this" {
  description            = var.name
  server_certificate_arn = var.server_certificate_arn
  client_cidr_block      = var.client_range
  vpc_id                 = var.vpc_id
  security_group_ids     = length(var.security_group_ids) == 0 ? null : var.security_group_ids
  split_tunnel           = true
  session_timeout_hours  = var.session_hours
  tags                   = merge(var.tags, { Name = var.name })

  authentication_options {
    type              = "federated-authentication"
    saml_provider_arn = var.saml_provider_arn
  }

  connection_log_options {
    enabled = false
  }
}

resource "aws_ec2_client_vpn_network_association" "this" {
  for_each = var.subnet_ids

  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.this.id
  subnet_id              = each.value
}

resource "aws_ec2_client_vpn_authorization_rule" "this" {
  for_each = local.rules

  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.this.id
  target_network_cidr    = each.value.range
  access_group_id        = each.value.group
  authorize_all_groups   = each.value.group == null ? true : null
  description            = each.value.description
}

resource "aws_ec2_client_vpn_route" "this" {
  for_each = local.routes

  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.this.id
  destination_cidr_block = each.value.range
  target_vpc_subnet_id   = aws_ec2_client_vpn_network_association.this[each.value.name].subnet_id
}
