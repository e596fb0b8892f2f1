data "aws_availability_zones" "available" {
  state = "available"
}

module "network" {
  source = "./network"

  name  = var.name
  cidr  = var.cidr
  zones = slice(data.aws_availability_zones.available.names, 0, 2)
}

resource "aws_security_group" "web" {
  name        = "${var.name}-web"
  description = "Web servers"
  vpc_id      = module.network.vpc_id

  tags = { Name = "${var.name}-web" }
}

resource "aws_vpc_security_group_ingress_rule" "web" {
  for_each = toset([for port in var.web_ports : tostring(port)])

  security_group_id = aws_security_group.web.id
  description       = "TCP ${each.key} from anywhere"
  ip_protocol       = "tcp"
  from_port         = each.key
  to_port           = each.key
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "web" {
  security_group_id = aws_security_group.web.id
  description       = "Everything out"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}
