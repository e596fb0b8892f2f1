# Security groups as the public module makes them: rules by name, each an object of its own, ports that stand for both
# ends, groups that let themselves in, and nobody else's rules.

provider "aws" {
  region = "eu-west-1"
}

locals {
  tags = { Owner = "platform" }
}

variable "rules" {
  type = map(object({
    name      = optional(string)
    direction = optional(string, "in")
    protocol  = optional(string, "tcp")
    port      = optional(number)
    last_port = optional(number)
    network   = optional(string)
    list      = optional(string)
    group     = optional(string)
    reason    = optional(string)
    tags      = optional(map(string), {})
  }))
  default = {
    web  = { port = 443, network = "10.0.0.0/16", reason = "Browsers" }
    high = { port = 32768, last_port = 60999, network = "10.0.0.0/16", tags = { Tier = "private" } }
    six  = { port = 80, network = "2001:db8::/64" }
    own  = { protocol = "-1", group = "self" }
    all  = { direction = "out", protocol = "-1", network = "0.0.0.0/0", name = "everything" }
  }
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_security_group" "peer" {
  name   = "peer"
  vpc_id = aws_vpc.this.id
}

resource "aws_security_group" "this" {
  name        = "service"
  description = "A service"
  vpc_id      = aws_vpc.this.id
  tags        = local.tags

  dynamic "timeouts" {
    for_each = [{ create = "5m" }]
    content {
      create = timeouts.value.create
      delete = try(timeouts.value.delete, null)
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = merge(
    { for name, rule in var.rules : name => rule if rule.direction == "in" },
    { peer = merge(var.rules["web"], { network = null, reason = null, group = aws_security_group.peer.id }) },
  )

  security_group_id            = aws_security_group.this.id
  ip_protocol                  = each.value.protocol
  from_port                    = try(coalesce(each.value.port, each.value.last_port), null)
  to_port                      = try(coalesce(each.value.last_port, each.value.port), null)
  cidr_ipv4                    = can(regex(":", each.value.network)) ? null : each.value.network
  cidr_ipv6                    = can(regex(":", each.value.network)) ? each.value.network : null
  prefix_list_id               = each.value.list
  referenced_security_group_id = each.value.group == "self" ? aws_security_group.this.id : each.value.group
  description                  = each.value.reason
  tags                         = merge(local.tags, { Name = coalesce(each.value.name, each.key) }, each.value.tags)
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = { for name, rule in var.rules : name => rule if rule.direction == "out" }

  security_group_id = aws_security_group.this.id
  ip_protocol       = each.value.protocol
  from_port         = each.value.port
  to_port           = try(coalesce(each.value.last_port, each.value.port), null)
  cidr_ipv4         = each.value.network
  tags              = merge(local.tags, { Name = coalesce(each.value.name, each.key) })
}

resource "aws_vpc_security_group_rules_exclusive" "this" {
  security_group_id = aws_security_group.this.id
  ingress_rule_ids  = [for rule in aws_vpc_security_group_ingress_rule.this : rule.id]
  egress_rule_ids   = [for rule in aws_vpc_security_group_egress_rule.this : rule.id]
}
