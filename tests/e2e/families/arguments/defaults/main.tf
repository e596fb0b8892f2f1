# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2. What needs another object has
# one value before, and another one after.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
  turn  = 0
}

locals {
  # Protocol, network, IPv6 network, ports, ICMP's type and code.
  rules = [
    [],
    [["icmp", "10.0.0.0/8", null, 0, 0, 3, 4], ["58", null, "2001:db8::/32", 0, 0, 128, 0], ["tcp", "10.0.0.0/8", null, 80, 81, null, null]],
    [["icmp", "10.0.0.0/8", null, 0, 0, -1, -1], ["udp", null, "2001:db8:1::/48", 53, 53, null, null]],
  ][local.stage]
  # Protocol, ports, networks, IPv6 networks, whether the group itself, prefix lists.
  permissions = [
    [],
    [["tcp", 80, 81, ["10.0.0.0/8"], null, true, null], ["icmp", 8, 0, null, ["2001:db8::/32"], null, null]],
    [["udp", 53, 53, null, null, null, [aws_ec2_managed_prefix_list.p.id]], ["icmp", -1, -1, ["10.1.0.0/16"], null, true, null]],
  ][local.stage]
}

resource "aws_default_vpc" "d" {
  assign_generated_ipv6_cidr_block = true
}

resource "aws_default_subnet" "d" {
  availability_zone                              = ["eu-west-1a", "eu-west-1b"][local.turn]
  assign_ipv6_address_on_creation                = [null, true, false][local.stage]
  enable_dns64                                   = [null, true, false][local.stage]
  enable_resource_name_dns_a_record_on_launch    = [null, true, false][local.stage]
  enable_resource_name_dns_aaaa_record_on_launch = [null, true, false][local.stage]
  ipv6_cidr_block                                = cidrsubnet(aws_default_vpc.d.ipv6_cidr_block, 8, 1 + local.stage)
  map_public_ip_on_launch                        = [null, false, true][local.stage]
  private_dns_hostname_type_on_launch            = [null, "resource-name", "ip-name"][local.stage]
}

resource "aws_default_vpc" "far" {
  region                           = "eu-west-3"
  assign_generated_ipv6_cidr_block = [null, true, false][local.stage]
  enable_dns_hostnames             = [null, false, true][local.stage]
  enable_dns_support               = [null, false, true][local.stage]
  tags                             = [null, { a = 1 }, { b = 1 }][local.stage]
}

# It goes when it is destroyed.
resource "aws_default_subnet" "far" {
  region            = "eu-west-3"
  availability_zone = "eu-west-3a"
  force_destroy     = true
  tags              = [null, { a = 1 }, { b = 1 }][local.stage]
  depends_on        = [aws_default_vpc.far]
}

resource "aws_vpc" "v" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "s" {
  for_each   = { a = 1, b = 2 }
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.${each.value}.0/24"
}

resource "aws_ec2_managed_prefix_list" "p" {
  name           = "p"
  address_family = "IPv4"
  max_entries    = 2
}

resource "aws_default_network_acl" "d" {
  default_network_acl_id = aws_vpc.v.default_network_acl_id
  subnet_ids             = [values(aws_subnet.s)[*].id, [aws_subnet.s["a"].id], [aws_subnet.s["b"].id]][local.stage]
  depends_on             = [aws_network_acl.a]

  dynamic "ingress" {
    for_each = local.rules
    content {
      action          = "allow"
      cidr_block      = ingress.value[1]
      from_port       = ingress.value[3]
      icmp_code       = ingress.value[6]
      icmp_type       = ingress.value[5]
      ipv6_cidr_block = ingress.value[2]
      protocol        = ingress.value[0]
      rule_no         = 100 + ingress.key
      to_port         = ingress.value[4]
    }
  }

  dynamic "egress" {
    for_each = local.rules
    content {
      action          = "deny"
      cidr_block      = egress.value[1]
      from_port       = egress.value[3]
      icmp_code       = egress.value[6]
      icmp_type       = egress.value[5]
      ipv6_cidr_block = egress.value[2]
      protocol        = egress.value[0]
      rule_no         = 200 + egress.key
      to_port         = egress.value[4]
    }
  }
}

resource "aws_network_acl" "a" {
  subnet_ids = [[], [aws_subnet.s["b"].id], [aws_subnet.s["a"].id]][local.stage]
  vpc_id     = aws_vpc.v.id

  ingress = [for i, rule in local.rules : {
    action          = "allow"
    cidr_block      = rule[1]
    from_port       = rule[3]
    icmp_code       = rule[6]
    icmp_type       = rule[5]
    ipv6_cidr_block = rule[2]
    protocol        = rule[0]
    rule_no         = 10 + i
    to_port         = rule[4]
  }]
  egress = [for i, rule in local.rules : {
    action          = "deny"
    cidr_block      = rule[1]
    from_port       = rule[3]
    icmp_code       = rule[6]
    icmp_type       = rule[5]
    ipv6_cidr_block = rule[2]
    protocol        = rule[0]
    rule_no         = 20 + i
    to_port         = rule[4]
  }]
}

resource "aws_network_acl" "rules" {
  vpc_id = aws_vpc.v.id
  lifecycle {
    ignore_changes = [ingress, egress]
  }
}

resource "aws_network_acl_rule" "four" {
  network_acl_id = aws_network_acl.rules.id
  rule_number    = 7
  rule_action    = "allow"
  protocol       = "icmp"
  cidr_block     = "10.0.0.0/8"
  icmp_type      = [3, -1][local.turn]
  icmp_code      = [4, -1][local.turn]
}

resource "aws_network_acl_rule" "six" {
  network_acl_id  = aws_network_acl.rules.id
  egress          = true
  rule_number     = 7
  rule_action     = "deny"
  protocol        = "icmpv6"
  ipv6_cidr_block = "::/0"
  icmp_type       = [128, 129][local.turn]
  icmp_code       = 0
}

resource "aws_default_security_group" "d" {
  vpc_id                 = aws_vpc.v.id
  revoke_rules_on_delete = [null, true, false][local.stage]

  dynamic "ingress" {
    for_each = local.permissions
    content {
      cidr_blocks      = ingress.value[3]
      description      = "in"
      from_port        = ingress.value[1]
      ipv6_cidr_blocks = ingress.value[4]
      prefix_list_ids  = ingress.value[6]
      protocol         = ingress.value[0]
      self             = ingress.value[5]
      to_port          = ingress.value[2]
    }
  }

  dynamic "egress" {
    for_each = local.permissions
    content {
      cidr_blocks      = egress.value[3]
      description      = "out"
      from_port        = egress.value[1]
      ipv6_cidr_blocks = egress.value[4]
      prefix_list_ids  = egress.value[6]
      protocol         = egress.value[0]
      self             = egress.value[5]
      to_port          = egress.value[2]
    }
  }
}

resource "aws_security_group" "inline" {
  name                   = "inline"
  revoke_rules_on_delete = [null, true, false][local.stage]
  vpc_id                 = aws_vpc.v.id

  ingress = [for permission in local.permissions : {
    cidr_blocks      = permission[3]
    description      = "in"
    from_port        = permission[1]
    ipv6_cidr_blocks = permission[4]
    prefix_list_ids  = permission[6]
    protocol         = permission[0]
    security_groups  = null
    self             = permission[5]
    to_port          = permission[2]
  }]
  egress = [for permission in local.permissions : {
    cidr_blocks      = permission[3]
    description      = "out"
    from_port        = permission[1]
    ipv6_cidr_blocks = permission[4]
    prefix_list_ids  = permission[6]
    protocol         = permission[0]
    security_groups  = null
    self             = permission[5]
    to_port          = permission[2]
  }]
}

resource "aws_vpc_dhcp_options" "d" {
  domain_name                       = ["a.example.com", "b.example.com"][local.turn]
  domain_name_servers               = [["10.0.0.2"], ["10.0.0.3", "10.0.0.2"]][local.turn]
  ipv6_address_preferred_lease_time = [140, 1440][local.turn]
  netbios_name_servers              = [["10.0.0.4"], ["10.0.0.5"]][local.turn]
  netbios_node_type                 = [2, 4][local.turn]
  ntp_servers                       = [["10.0.0.6"], ["10.0.0.7"]][local.turn]
}
