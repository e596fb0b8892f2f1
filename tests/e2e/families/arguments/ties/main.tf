# What ties parts of networks together: another one at each stage.

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "other"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::222222222222:role/network"
  }
}

locals {
  stage = 0
}

resource "aws_vpc" "v" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "s" {
  for_each          = { a = 1, b = 2 }
  vpc_id            = aws_vpc.v.id
  availability_zone = "eu-west-1${each.key}"
  cidr_block        = "10.0.${each.value}.0/24"
}

resource "aws_vpc_dhcp_options" "d" {
  domain_name = "d.example"
  lifecycle {
    ignore_changes = [tags]
  }
}

resource "aws_route_table" "r" {
  count  = 3
  vpc_id = aws_vpc.v.id
}

resource "aws_route_table" "main" {
  count  = 3
  vpc_id = aws_vpc.v.id
}

resource "aws_main_route_table_association" "m" {
  vpc_id         = aws_vpc.v.id
  route_table_id = aws_route_table.main[local.stage].id
}

resource "aws_route_table_association" "s" {
  subnet_id      = aws_subnet.s["a"].id
  route_table_id = aws_route_table.r[2 - local.stage].id
}

resource "aws_internet_gateway" "g" {
  vpc_id = aws_vpc.v.id
}

resource "aws_route_table_association" "g" {
  gateway_id     = aws_internet_gateway.g.id
  route_table_id = aws_route_table.edge[local.stage].id
}

resource "aws_route_table" "edge" {
  count  = 3
  vpc_id = aws_vpc.v.id
}

resource "aws_ec2_tag" "t" {
  resource_id = aws_vpc_dhcp_options.d.id
  key         = "ours"
  value       = ["a", "b", ""][local.stage]
}

# Connections to other VPCs

resource "aws_vpc" "other" {
  provider   = aws.other
  cidr_block = "10.1.0.0/16"
}

resource "aws_vpc_peering_connection" "o" {
  vpc_id        = aws_vpc.v.id
  peer_vpc_id   = aws_vpc.other.id
  peer_owner_id = "222222222222"
  tags          = [null, { c = 1 }, { d = 1 }][local.stage]
}

resource "aws_vpc_peering_connection_accepter" "o" {
  provider                  = aws.other
  vpc_peering_connection_id = aws_vpc_peering_connection.o.id
  auto_accept               = true
  tags                      = [null, { a = 1 }, { b = 1 }][local.stage]
  dynamic "accepter" {
    for_each = [[], [true], [false]][local.stage]
    content {
      allow_remote_vpc_dns_resolution = accepter.value
    }
  }
}

# Rules

resource "aws_security_group" "g" {
  for_each = toset(["a", "b", "c"])
  name     = each.key
  vpc_id   = aws_vpc.v.id
}

resource "aws_ec2_managed_prefix_list" "p" {
  count          = 2
  name           = "p${count.index}"
  address_family = "IPv4"
  max_entries    = 1
}

resource "aws_vpc_security_group_ingress_rule" "list" {
  security_group_id = aws_security_group.g["a"].id
  prefix_list_id    = aws_ec2_managed_prefix_list.p[local.stage % 2].id
  ip_protocol       = "tcp"
  from_port         = [1, 2, 3][local.stage]
  to_port           = 9
}

resource "aws_vpc_security_group_egress_rule" "group" {
  security_group_id            = aws_security_group.g["a"].id
  referenced_security_group_id = aws_security_group.g[["b", "c", "a"][local.stage]].id
  ip_protocol                  = "tcp"
  from_port                    = 1
  to_port                      = [9, 8, 7][local.stage]
}

resource "aws_vpc_security_group_egress_rule" "six" {
  security_group_id = aws_security_group.g["a"].id
  cidr_ipv6         = ["2001:db8::/32", "2001:db8:1::/48", "::/0"][local.stage]
  ip_protocol       = ["tcp", "-1", "udp"][local.stage]
  from_port         = [1, null, 2][local.stage]
  to_port           = [1, null, 2][local.stage]
  description       = [null, "a", "b"][local.stage]
}

resource "aws_security_group" "peers" {
  for_each = toset(["rules", "inline"])
  name     = each.key
  vpc_id   = aws_vpc.v.id
  lifecycle {
    ignore_changes = [ingress, egress]
  }
}

resource "aws_security_group_rule" "self" {
  security_group_id = aws_security_group.peers["rules"].id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 11
  to_port           = 12
  self              = true
  description       = [null, "a", "b"][local.stage]
}

resource "aws_security_group_rule" "group" {
  security_group_id        = aws_security_group.peers["rules"].id
  type                     = "ingress"
  protocol                 = "udp"
  from_port                = 11
  to_port                  = 12
  source_security_group_id = aws_security_group.peers["inline"].id
  description              = [null, "a", "b"][local.stage]
}

resource "aws_security_group_rule" "six" {
  security_group_id = aws_security_group.peers["rules"].id
  type              = "egress"
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  ipv6_cidr_blocks  = ["::/0"]
  description       = [null, "a", "b"][local.stage]
}

resource "aws_security_group_rule" "list" {
  security_group_id = aws_security_group.peers["rules"].id
  type              = "egress"
  protocol          = "icmp"
  from_port         = 8
  to_port           = 0
  prefix_list_ids   = [aws_ec2_managed_prefix_list.p[0].id]
  description       = [null, "a", "b"][local.stage]
}

resource "aws_security_group_rule" "many" {
  security_group_id = aws_security_group.peers["rules"].id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 21
  to_port           = 22
  cidr_blocks       = ["10.3.0.0/16", "10.2.0.0/16"]
  ipv6_cidr_blocks  = ["2001:db8:2::/48"]
  prefix_list_ids   = [aws_ec2_managed_prefix_list.p[1].id]
  description       = [null, "a", "b"][local.stage]
}

resource "aws_security_group" "inline" {
  name   = "other-peers"
  vpc_id = aws_vpc.v.id
  dynamic "ingress" {
    for_each = [[], ["a"], ["b"]][local.stage]
    content {
      protocol         = "tcp"
      from_port        = 31
      to_port          = 32
      self             = [null, true, false][local.stage]
      security_groups  = [null, [aws_security_group.g["a"].id], [aws_security_group.g["b"].id, aws_security_group.g["c"].id]][local.stage]
      ipv6_cidr_blocks = [null, ["2001:db8:3::/48"], ["2001:db8:4::/48"]][local.stage]
      prefix_list_ids  = [null, [aws_ec2_managed_prefix_list.p[0].id], [for list in aws_ec2_managed_prefix_list.p : list.id]][local.stage]
      description      = ingress.value
    }
  }
  dynamic "egress" {
    for_each = [[], ["a"], ["b"]][local.stage]
    content {
      protocol        = "-1"
      from_port       = 0
      to_port         = 0
      prefix_list_ids = [aws_ec2_managed_prefix_list.p[local.stage - 1].id]
      description     = egress.value
    }
  }
}

resource "aws_network_acl" "n" {
  vpc_id = aws_vpc.v.id
  dynamic "egress" {
    for_each = [[], [80], [443, 22]][local.stage]
    content {
      rule_no    = egress.value
      protocol   = "6"
      action     = "allow"
      cidr_block = "10.0.0.0/8"
      from_port  = egress.value
      to_port    = egress.value
    }
  }
  subnet_ids = [[], [aws_subnet.s["a"].id], [aws_subnet.s["b"].id]][local.stage]
}

resource "aws_vpc_endpoint" "e" {
  vpc_id       = aws_vpc.v.id
  service_name = "com.amazonaws.eu-west-1.s3"
}

resource "aws_vpc_endpoint_policy" "e" {
  vpc_endpoint_id = aws_vpc_endpoint.e.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = ["s3:Get*", "s3:Put*", "s3:List*"][local.stage], Resource = "*" }]
  })
}
