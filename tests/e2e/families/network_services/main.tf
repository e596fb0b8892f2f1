# What the public modules for endpoints, flow logs and transit gateways are made of: endpoints by the names of services, with a
# security group of their own; flow logs with a group, a role and a policy made for them; a shared transit gateway with
# routes that are written at its attachments.

provider "aws" {
  region = "eu-west-1"
}

data "aws_availability_zones" "available" {}
data "aws_caller_identity" "current" {}

data "aws_region" "current" {
  region = null
}

locals {
  name = "services"
  tags = { Owner = "network" }
  azs  = slice(data.aws_availability_zones.available.names, 0, 2)
}

resource "aws_vpc" "this" {
  cidr_block = "10.10.0.0/16"
}

resource "aws_subnet" "this" {
  for_each          = { for n, zone in local.azs : zone => cidrsubnet("10.10.0.0/16", 8, n) }
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id
}

# Endpoints

variable "endpoints" {
  type = map(object({
    create              = optional(bool, true)
    service             = optional(string)
    service_name        = optional(string)
    service_endpoint    = optional(string)
    service_region      = optional(string)
    service_type        = optional(string, "Interface")
    auto_accept         = optional(bool)
    security_group_ids  = optional(list(string), [])
    policy              = optional(string)
    private_dns_enabled = optional(bool)
    ip_address_type     = optional(string)
    dns_options         = optional(object({ dns_record_ip_type = optional(string) }))
    subnets             = optional(list(object({ ipv4 = optional(string), subnet_id = optional(string) })), [])
    tags                = optional(map(string), {})
  }))
  default = {
    s3             = { service = "s3", service_type = "Gateway", tags = { Name = "objects" } }
    kms            = { service = "kms", private_dns_enabled = true }
    ecs_telemetry  = { create = false, service = "ecs-telemetry" }
    "ec2.regional" = { service_endpoint = "com.amazonaws.eu-west-1.ec2" }
  }
}

variable "timeouts" {
  type    = object({ create = optional(string), update = optional(string), delete = optional(string) })
  default = { create = "10m" }
}

locals {
  endpoints = { for k, v in var.endpoints : k => v if v.create }
}

data "aws_vpc_endpoint_service" "this" {
  for_each = { for k, v in local.endpoints : k => v if v.service_endpoint == null }

  service         = each.value.service
  service_name    = each.value.service_name
  service_regions = each.value.service_region != null ? [each.value.service_region] : null

  filter {
    name   = "service-type"
    values = [each.value.service_type]
  }
}

resource "aws_vpc_endpoint" "this" {
  for_each = local.endpoints

  region              = null
  vpc_id              = aws_vpc.this.id
  service_name        = each.value.service_endpoint != null ? each.value.service_endpoint : data.aws_vpc_endpoint_service.this[each.key].service_name
  service_region      = each.value.service_region
  vpc_endpoint_type   = each.value.service_type
  auto_accept         = each.value.auto_accept
  security_group_ids  = each.value.service_type == "Interface" ? length(distinct(concat([aws_security_group.this.id], each.value.security_group_ids))) > 0 ? distinct(concat([aws_security_group.this.id], each.value.security_group_ids)) : null : null
  subnet_ids          = each.value.service_type == "Interface" ? distinct([for subnet in aws_subnet.this : subnet.id]) : null
  route_table_ids     = each.value.service_type == "Gateway" ? [aws_route_table.this.id] : null
  policy              = each.value.policy
  private_dns_enabled = each.value.service_type == "Interface" ? each.value.private_dns_enabled : null
  ip_address_type     = each.value.ip_address_type

  dynamic "dns_options" {
    for_each = each.value.dns_options != null ? [each.value.dns_options] : []
    content {
      dns_record_ip_type = dns_options.value.dns_record_ip_type
    }
  }

  dynamic "subnet_configuration" {
    for_each = each.value.subnets
    content {
      ipv4      = subnet_configuration.value.ipv4
      subnet_id = subnet_configuration.value.subnet_id
    }
  }

  tags = merge(local.tags, { Name = replace(each.key, ".", "-") }, each.value.tags)

  timeouts {
    create = var.timeouts.create
    update = var.timeouts.update
    delete = var.timeouts.delete
  }
}

resource "aws_security_group" "this" {
  name        = null
  name_prefix = "${local.name}-endpoints-"
  description = "endpoints"
  vpc_id      = aws_vpc.this.id
  tags        = merge(local.tags, { Name = try(coalesce(null, "${local.name}-endpoints-"), "") })

  lifecycle {
    create_before_destroy = true
  }
}

variable "rules" {
  type = map(object({
    protocol         = optional(string, "tcp")
    from_port        = optional(number, 443)
    to_port          = optional(number, 443)
    type             = optional(string, "ingress")
    description      = optional(string)
    cidr_blocks      = optional(list(string))
    ipv6_cidr_blocks = optional(list(string))
    self             = optional(bool)
  }))
  default = {
    https  = { description = "from the VPC", cidr_blocks = ["10.10.0.0/16"] }
    within = { self = true }
  }
}

resource "aws_security_group_rule" "this" {
  for_each = var.rules

  security_group_id = aws_security_group.this.id
  protocol          = each.value.protocol
  from_port         = each.value.from_port
  to_port           = each.value.to_port
  type              = each.value.type
  description       = each.value.description
  cidr_blocks       = each.value.cidr_blocks
  ipv6_cidr_blocks  = each.value.ipv6_cidr_blocks
  self              = each.value.self
}

# A flow log

resource "aws_cloudwatch_log_group" "flow" {
  name_prefix       = "/flow-log/${local.name}-"
  log_group_class   = null
  retention_in_days = 30
  kms_key_id        = null
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "FlowLogs"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:aws:ec2:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:vpc-flow-log/*"]
    }
  }
}

data "aws_iam_policy_document" "flow" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = aws_cloudwatch_log_group.flow[*].arn
  }
}

resource "aws_iam_role" "flow" {
  name_prefix           = "${local.name}-"
  path                  = null
  assume_role_policy    = data.aws_iam_policy_document.trust.json
  permissions_boundary  = null
  force_detach_policies = true
}

resource "aws_iam_policy" "flow" {
  name_prefix = "${local.name}-"
  path        = null
  policy      = data.aws_iam_policy_document.flow.json
}

resource "aws_iam_role_policy_attachment" "flow" {
  role       = aws_iam_role.flow.name
  policy_arn = aws_iam_policy.flow.arn
}

resource "aws_flow_log" "this" {
  deliver_cross_account_role    = null
  eni_id                        = null
  iam_role_arn                  = try(aws_iam_role.flow.arn, null)
  log_destination_type          = "cloud-watch-logs"
  log_destination               = aws_cloudwatch_log_group.flow.arn
  max_aggregation_interval      = 600
  subnet_id                     = null
  traffic_type                  = "ALL"
  transit_gateway_attachment_id = null
  transit_gateway_id            = null
  vpc_id                        = aws_vpc.this.id
  tags                          = { for k, v in { Name = local.name } : k => v if v != "" }
}

# A transit gateway

variable "attachments" {
  type = any
  default = {
    here = {
      transit_gateway_default_route_table_association = false
      transit_gateway_default_route_table_propagation = false
      tgw_routes = [
        { destination_cidr_block = "10.20.0.0/16" },
        { destination_cidr_block = "0.0.0.0/0", blackhole = true },
      ]
    }
  }
}

locals {
  routes  = chunklist(flatten([for k, v in var.attachments : setproduct([{ key = k }], v.tgw_routes) if can(v.tgw_routes)]), 2)
  own     = { for k, v in var.attachments : k => v if try(v.transit_gateway_default_route_table_association, true) != true }
  gateway = merge(local.tags, { Name = local.name })
}

resource "aws_ec2_transit_gateway" "this" {
  description                        = coalesce(null, local.name)
  amazon_side_asn                    = 64532
  auto_accept_shared_attachments     = true ? "enable" : "disable"
  transit_gateway_cidr_blocks        = ["10.99.0.0/24"]
  security_group_referencing_support = "enable"

  dynamic "timeouts" {
    for_each = [{ create = "10m", update = null, delete = "15m" }]
    content {
      create = timeouts.value.create
      update = timeouts.value.update
      delete = timeouts.value.delete
    }
  }

  tags = local.gateway
}

resource "aws_ec2_tag" "default_table" {
  for_each    = local.gateway
  resource_id = aws_ec2_transit_gateway.this.association_default_route_table_id
  key         = each.key
  value       = each.value
}

resource "aws_ec2_transit_gateway_vpc_attachment" "this" {
  for_each = var.attachments

  transit_gateway_id                              = aws_ec2_transit_gateway.this.id
  vpc_id                                          = aws_vpc.this.id
  subnet_ids                                      = [for subnet in aws_subnet.this : subnet.id]
  dns_support                                     = try(each.value.dns_support, true) ? "enable" : "disable"
  ipv6_support                                    = try(each.value.ipv6_support, false) ? "enable" : "disable"
  appliance_mode_support                          = try(each.value.appliance_mode_support, false) ? "enable" : "disable"
  security_group_referencing_support              = try(each.value.referencing, false) ? "enable" : "disable"
  transit_gateway_default_route_table_association = try(each.value.transit_gateway_default_route_table_association, true)
  transit_gateway_default_route_table_propagation = try(each.value.transit_gateway_default_route_table_propagation, true)
  tags                                            = merge(local.gateway, try(each.value.tags, {}))
}

resource "aws_ec2_transit_gateway_route_table" "this" {
  transit_gateway_id = aws_ec2_transit_gateway.this.id
  tags               = local.gateway
}

resource "aws_ec2_transit_gateway_route" "this" {
  count = length(local.routes)

  destination_cidr_block         = local.routes[count.index][1].destination_cidr_block
  blackhole                      = try(local.routes[count.index][1].blackhole, null)
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.this.id
  transit_gateway_attachment_id  = tobool(try(local.routes[count.index][1].blackhole, false)) == false ? aws_ec2_transit_gateway_vpc_attachment.this[local.routes[count.index][0].key].id : null
}

resource "aws_route" "this" {
  for_each = { (local.name) = { table = aws_route_table.this.id, cidr = "0.0.0.0/0" } }

  route_table_id              = each.value.table
  destination_cidr_block      = try(each.value.ipv6_support, false) ? null : each.value["cidr"]
  destination_ipv6_cidr_block = try(each.value.ipv6_support, false) ? each.value["cidr"] : null
  transit_gateway_id          = aws_ec2_transit_gateway.this.id
  depends_on                  = [aws_ec2_transit_gateway_vpc_attachment.this]
}

resource "aws_ec2_transit_gateway_route_table_association" "this" {
  for_each                       = local.own
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.this[each.key].id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.this.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "this" {
  for_each                       = local.own
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.this[each.key].id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.this.id
}

resource "aws_ram_resource_share" "this" {
  name                      = local.name
  allow_external_principals = true
  tags                      = local.gateway
}

resource "aws_ram_resource_association" "this" {
  resource_arn       = aws_ec2_transit_gateway.this.arn
  resource_share_arn = aws_ram_resource_share.this.id
}

resource "aws_ram_principal_association" "this" {
  count              = length([307990089504])
  principal          = [307990089504][count.index]
  resource_share_arn = aws_ram_resource_share.this.arn
}

data "aws_vpc_security_group_rules" "endpoints" {
  filter {
    name   = "group-id"
    values = [aws_security_group.this.id]
  }
  depends_on = [aws_security_group_rule.this]
}

output "rules" {
  value = length(data.aws_vpc_security_group_rules.endpoints.ids)
}
