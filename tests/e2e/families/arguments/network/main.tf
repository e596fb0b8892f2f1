# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

resource "aws_vpc" "v" {
  cidr_block                           = "10.0.0.0/16"
  enable_dns_hostnames                 = [null, true, null][local.stage]
  enable_dns_support                   = [null, false, null][local.stage]
  enable_network_address_usage_metrics = [null, true, null][local.stage]
  tags                                 = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_vpc" "six" {
  cidr_block                       = "10.1.0.0/16"
  assign_generated_ipv6_cidr_block = [null, true, null][local.stage]
  instance_tenancy                 = "default"
}

resource "aws_vpc" "w" {
  cidr_block                       = "10.2.0.0/16"
  enable_dns_hostnames             = true
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "s" {
  vpc_id                                      = aws_vpc.v.id
  cidr_block                                  = "10.0.1.0/24"
  map_public_ip_on_launch                     = [null, true, null][local.stage]
  enable_resource_name_dns_a_record_on_launch = [null, true, null][local.stage]
  tags                                        = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_subnet" "t" {
  vpc_id                                         = aws_vpc.w.id
  cidr_block                                     = "10.2.1.0/24"
  ipv6_cidr_block                                = cidrsubnet(aws_vpc.w.ipv6_cidr_block, 8, [1, 2, 3][local.stage])
  enable_dns64                                   = [null, true, null][local.stage]
  enable_resource_name_dns_aaaa_record_on_launch = [null, true, null][local.stage]
  private_dns_hostname_type_on_launch            = [null, "resource-name", "ip-name"][local.stage]
  assign_ipv6_address_on_creation                = [null, true, null][local.stage]
}

resource "aws_subnet" "s2" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.2.0/24"
}

resource "aws_internet_gateway" "i" {
  vpc_id = [aws_vpc.v.id, aws_vpc.six.id, aws_vpc.six.id][local.stage]
  tags   = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_internet_gateway" "j" {
  vpc_id = aws_vpc.w.id
}

resource "aws_egress_only_internet_gateway" "e" {
  vpc_id = aws_vpc.w.id
  tags   = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_eip" "e" {
  domain            = "vpc"
  network_interface = [null, aws_network_interface.n.id, aws_network_interface.m.id][local.stage]
  tags              = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_nat_gateway" "n" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.s.id
  tags          = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_network_interface" "n" {
  subnet_id         = aws_subnet.s.id
  security_groups   = [null, [aws_security_group.a.id], [aws_security_group.b.id]][local.stage]
  source_dest_check = [null, false, null][local.stage]
  private_ips_count = [null, 2, 1][local.stage]
  tags              = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_network_interface" "m" {
  subnet_id = aws_subnet.s.id
}

resource "aws_security_group" "a" {
  name                   = "a"
  vpc_id                 = aws_vpc.v.id
  tags                   = [null, { a = 1 }, { b = 1 }][local.stage]
  revoke_rules_on_delete = [null, true, null][local.stage]
  dynamic "ingress" {
    for_each = [[], [80], [443, 22]][local.stage]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
      self        = [null, true, null][local.stage]
    }
  }
  dynamic "egress" {
    for_each = [[], [80], [443, 22]][local.stage]
    content {
      from_port   = egress.value
      to_port     = egress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }
}

resource "aws_security_group" "b" {
  name   = "b"
  vpc_id = aws_vpc.v.id
}

resource "aws_security_group_rule" "r" {
  security_group_id = aws_security_group.b.id
  type              = "ingress"
  from_port         = 1
  to_port           = 2
  protocol          = "tcp"
  cidr_blocks       = ["10.0.0.0/8"]
  description       = ["c", "a", "b"][local.stage]
}

resource "aws_vpc_security_group_ingress_rule" "r" {
  security_group_id = aws_security_group.b.id
  from_port         = [22, 80, 443][local.stage]
  to_port           = [22, 80, 443][local.stage]
  ip_protocol       = ["udp", "tcp", "tcp"][local.stage]
  cidr_ipv4         = ["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"][local.stage]
  description       = ["c", "a", "b"][local.stage]
  tags              = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_vpc_security_group_egress_rule" "r" {
  security_group_id = aws_security_group.b.id
  from_port         = [10, 80, 443][local.stage]
  to_port           = [10, 80, 443][local.stage]
  ip_protocol       = ["udp", "tcp", "tcp"][local.stage]
  cidr_ipv4         = ["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"][local.stage]
  description       = ["c", "a", "b"][local.stage]
  tags              = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_route_table" "r" {
  vpc_id = aws_vpc.w.id
  tags   = [null, { a = 1 }, { b = 1 }][local.stage]
  route  = [[], [{ cidr_block = "0.0.0.0/0", gateway_id = aws_internet_gateway.j.id, carrier_gateway_id = null, core_network_arn = null, destination_prefix_list_id = null, egress_only_gateway_id = null, ipv6_cidr_block = null, local_gateway_id = null, nat_gateway_id = null, network_interface_id = null, transit_gateway_id = null, vpc_endpoint_id = null, vpc_peering_connection_id = null, odb_network_arn = null }], []][local.stage]
}

resource "aws_route_table" "q" {
  vpc_id = aws_vpc.v.id
}

resource "aws_route" "r" {
  route_table_id         = aws_route_table.q.id
  destination_cidr_block = "10.99.0.0/16"
  network_interface_id   = [aws_network_interface.m.id, null, aws_network_interface.n.id][local.stage]
  nat_gateway_id         = [null, aws_nat_gateway.n.id, null][local.stage]
}

resource "aws_network_acl" "n" {
  vpc_id     = aws_vpc.v.id
  tags       = [null, { a = 1 }, { b = 1 }][local.stage]
  subnet_ids = [null, [aws_subnet.s.id], [aws_subnet.s2.id]][local.stage]
  dynamic "ingress" {
    for_each = [[], [80], [443, 22]][local.stage]
    content {
      rule_no    = ingress.value
      from_port  = ingress.value
      to_port    = ingress.value
      protocol   = "tcp"
      action     = "allow"
      cidr_block = "10.0.0.0/8"
    }
  }
}

resource "aws_vpc_dhcp_options" "d" {
  domain_name = "a.example"
  tags        = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_ec2_managed_prefix_list" "p" {
  name           = ["a", "b", "c"][local.stage]
  address_family = "IPv4"
  max_entries    = [5, 7, 6][local.stage]
  tags           = [null, { a = 1 }, { b = 1 }][local.stage]
  dynamic "entry" {
    for_each = [[], ["10.0.0.0/8"], ["10.0.0.0/8", "11.0.0.0/8"]][local.stage]
    content {
      cidr        = entry.value
      description = [null, "x", null][local.stage]
    }
  }
}

resource "aws_vpc_endpoint" "g" {
  vpc_id       = aws_vpc.v.id
  service_name = "com.amazonaws.eu-west-1.s3"
  policy       = [null, jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*", Principal = "*", Sid = "a" }] }), jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*", Principal = "*", Sid = "b" }] })][local.stage]
  tags         = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_vpc_endpoint" "i" {
  vpc_id             = aws_vpc.v.id
  service_name       = "com.amazonaws.eu-west-1.sqs"
  vpc_endpoint_type  = "Interface"
  subnet_ids         = [[aws_subnet.s.id], [aws_subnet.s.id, aws_subnet.s2.id], [aws_subnet.s2.id]][local.stage]
  security_group_ids = [[aws_security_group.b.id], [aws_security_group.a.id, aws_security_group.b.id], [aws_security_group.a.id]][local.stage]
  tags               = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_vpc_endpoint" "d" {
  vpc_id              = aws_vpc.w.id
  service_name        = "com.amazonaws.eu-west-1.sns"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [aws_subnet.t.id]
  private_dns_enabled = [null, true, false][local.stage]
  ip_address_type     = [null, "dualstack", "ipv4"][local.stage]
  dynamic "dns_options" {
    for_each = [[], ["dualstack"], ["ipv4"]][local.stage]
    content {
      dns_record_ip_type = dns_options.value
    }
  }
}

resource "aws_key_pair" "k" {
  key_name   = "k"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBwhuF7ZZvD7wS4n2hEWnRZ6hMg0gIeR4L2lDqyZpqzj x"
  tags       = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_ebs_volume" "v" {
  availability_zone = "eu-west-1a"
  size              = [10, 20, 30][local.stage]
  type              = [null, "gp3", "io2"][local.stage]
  iops              = [null, 4000, 5000][local.stage]
  throughput        = [null, 200, null][local.stage]
  final_snapshot    = [null, true, null][local.stage]
  tags              = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.six.id
  auto_accept = true
  tags        = [null, { a = 1 }, { b = 1 }][local.stage]
  dynamic "accepter" {
    for_each = [[], [true], [false]][local.stage]
    content {
      allow_remote_vpc_dns_resolution = accepter.value
    }
  }
  dynamic "requester" {
    for_each = [[], [true], [false]][local.stage]
    content {
      allow_remote_vpc_dns_resolution = requester.value
    }
  }
}

resource "aws_default_security_group" "d" {
  vpc_id = aws_vpc.six.id
  tags   = [null, { a = 1 }, { b = 1 }][local.stage]
  dynamic "ingress" {
    for_each = [[], [80], [443, 22]][local.stage]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }
}

resource "aws_default_network_acl" "d" {
  default_network_acl_id = aws_vpc.six.default_network_acl_id
  tags                   = [null, { a = 1 }, { b = 1 }][local.stage]
  dynamic "ingress" {
    for_each = [[], [80], [443, 22]][local.stage]
    content {
      rule_no    = ingress.value
      from_port  = ingress.value
      to_port    = ingress.value
      protocol   = "tcp"
      action     = "allow"
      cidr_block = "10.0.0.0/8"
    }
  }
}

resource "aws_default_route_table" "d" {
  default_route_table_id = aws_vpc.w.default_route_table_id
  tags                   = [null, { a = 1 }, { b = 1 }][local.stage]
  dynamic "route" {
    for_each = [[], ["10.77.0.0/16"], ["10.78.0.0/16"]][local.stage]
    content {
      cidr_block = route.value
      gateway_id = aws_internet_gateway.j.id
    }
  }
}
