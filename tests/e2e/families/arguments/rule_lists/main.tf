# Rules of security groups that have several peers each.

provider "aws" {
  region = "eu-west-1"
}

resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_ec2_managed_prefix_list" "l" {
  name           = "list"
  address_family = "IPv4"
  max_entries    = 1
}

resource "aws_security_group" "g" {
  name   = "group"
  vpc_id = aws_vpc.v.id
}

resource "aws_security_group_rule" "in" {
  security_group_id = aws_security_group.g.id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 80
  to_port           = 443
  cidr_blocks       = ["10.0.0.0/8", "192.168.0.0/16"]
  ipv6_cidr_blocks  = ["fd00::/8"]
}

resource "aws_security_group_rule" "out" {
  security_group_id = aws_security_group.g.id
  type              = "egress"
  protocol          = "udp"
  from_port         = 53
  to_port           = 53
  cidr_blocks       = ["10.0.0.0/8"]
  prefix_list_ids   = [aws_ec2_managed_prefix_list.l.id]
}

resource "aws_security_group_rule" "self" {
  security_group_id = aws_security_group.g.id
  type              = "ingress"
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  self              = true
}
