# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

resource "aws_vpc" "v" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_vpc" "w" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id                          = aws_vpc.v.id
  cidr_block                      = "10.0.1.0/24"
  ipv6_cidr_block                 = cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, 1)
  assign_ipv6_address_on_creation = false
}

resource "aws_subnet" "b" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.2.0/24"
}

resource "aws_default_vpc" "d" {
  enable_dns_hostnames                 = [null, false, true][local.stage]
  enable_network_address_usage_metrics = [null, true, null][local.stage]
  tags                                 = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_default_subnet" "d" {
  depends_on              = [aws_default_vpc.d]
  availability_zone       = "eu-west-1a"
  map_public_ip_on_launch = [null, false, true][local.stage]
  tags                    = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_internet_gateway" "i" {
  vpc_id = aws_vpc.v.id
}

resource "aws_eip" "nat" {
  for_each = toset(["a"])
  domain   = "vpc"
}

resource "aws_nat_gateway" "public" {
  depends_on    = [aws_internet_gateway.i]
  allocation_id = aws_eip.nat["a"].id
  subnet_id     = aws_subnet.a.id
  tags          = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_nat_gateway" "private" {
  connectivity_type = "private"
  subnet_id         = aws_subnet.a.id
  tags              = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_network_interface" "six" {
  subnet_id          = aws_subnet.a.id
  description        = ["c", "a", "b"][local.stage]
  ipv6_address_count = [null, 2, 1][local.stage]
}

resource "aws_network_interface" "list" {
  subnet_id   = aws_subnet.a.id
  private_ips = [["10.0.1.50"], ["10.0.1.50", "10.0.1.51"], ["10.0.1.50", "10.0.1.52"]][local.stage]
}

resource "aws_network_interface" "prefixes" {
  subnet_id     = aws_subnet.a.id
  description   = [null, "a", "b"][local.stage]
  ipv4_prefixes = [null, ["10.0.1.64/28"], ["10.0.1.64/28", "10.0.1.80/28"]][local.stage]
}

resource "aws_network_interface" "counted" {
  subnet_id         = aws_subnet.a.id
  ipv4_prefix_count = [null, 1, 2][local.stage]
  ipv6_prefix_count = [null, 2, 1][local.stage]
}

resource "aws_network_interface" "named" {
  subnet_id      = aws_subnet.a.id
  ipv6_addresses = [null, [cidrhost(aws_subnet.a.ipv6_cidr_block, 80)], [cidrhost(aws_subnet.a.ipv6_cidr_block, 81)]][local.stage]
}

resource "aws_ec2_subnet_cidr_reservation" "r" {
  subnet_id        = aws_subnet.a.id
  cidr_block       = "10.0.1.128/28"
  reservation_type = "prefix"
}

resource "aws_route_table" "r" {
  vpc_id = aws_vpc.v.id
}

resource "aws_route" "six" {
  route_table_id              = aws_route_table.r.id
  destination_ipv6_cidr_block = "::/0"
  gateway_id                  = [aws_internet_gateway.i.id, null, null][local.stage]
  egress_only_gateway_id      = [null, aws_egress_only_internet_gateway.e.id, null][local.stage]
  network_interface_id        = [null, null, aws_network_interface.six.id][local.stage]
}

resource "aws_egress_only_internet_gateway" "e" {
  vpc_id = aws_vpc.v.id
}

resource "aws_route" "prefixes" {
  route_table_id             = aws_route_table.r.id
  destination_prefix_list_id = aws_ec2_managed_prefix_list.p.id
  gateway_id                 = [aws_internet_gateway.i.id, null, null][local.stage]
  vpc_peering_connection_id  = [null, aws_vpc_peering_connection.p.id, null][local.stage]
  network_interface_id       = [null, null, aws_network_interface.six.id][local.stage]
}

resource "aws_ec2_managed_prefix_list" "p" {
  name           = "p"
  address_family = "IPv4"
  max_entries    = 5
}

resource "aws_security_group" "g" {
  for_each = toset(["a", "b"])
  name     = each.key
  vpc_id   = aws_vpc.v.id
}

resource "aws_network_interface_sg_attachment" "a" {
  security_group_id    = aws_security_group.g["b"].id
  network_interface_id = aws_network_interface.list.id
}

resource "aws_vpc_security_group_egress_rule" "r" {
  security_group_id = aws_security_group.g["a"].id
  ip_protocol       = "tcp"
  from_port         = 1
  to_port           = 2
  cidr_ipv6         = "::/0"
  description       = [null, "a", "b"][local.stage]
}

resource "aws_vpc_security_group_ingress_rule" "group" {
  security_group_id            = aws_security_group.g["a"].id
  ip_protocol                  = "tcp"
  from_port                    = [1, 2, 3][local.stage]
  to_port                      = 5
  referenced_security_group_id = aws_security_group.g["b"].id
}

resource "aws_vpc_security_group_ingress_rule" "prefixes" {
  security_group_id = aws_security_group.g["a"].id
  ip_protocol       = "udp"
  from_port         = [1, 2, 3][local.stage]
  to_port           = 5
  prefix_list_id    = aws_ec2_managed_prefix_list.p.id
}

resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.w.id
  auto_accept = true
  tags        = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_vpc_peering_connection_options" "p" {
  vpc_peering_connection_id = aws_vpc_peering_connection.p.id
  dynamic "accepter" {
    for_each = [[false], [true], [true]][local.stage]
    content {
      allow_remote_vpc_dns_resolution = accepter.value
    }
  }
  dynamic "requester" {
    for_each = [[true], [false], [true]][local.stage]
    content {
      allow_remote_vpc_dns_resolution = requester.value
    }
  }
}

resource "aws_vpc_dhcp_options" "d" {
  domain_name_servers = ["AmazonProvidedDNS"]
  ntp_servers         = ["10.0.0.1"]
  netbios_node_type   = "2"
  tags                = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_s3_bucket" "flows" {
  bucket        = "flows"
  force_destroy = true
}

resource "aws_flow_log" "bucket" {
  vpc_id                   = aws_vpc.v.id
  traffic_type             = "REJECT"
  log_destination_type     = "s3"
  log_destination          = aws_s3_bucket.flows.arn
  max_aggregation_interval = 60
  tags                     = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_flow_log" "subnet" {
  subnet_id            = aws_subnet.a.id
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = aws_s3_bucket.flows.arn
  log_format           = "$${version} $${srcaddr}"
  tags                 = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_ebs_volume" "v" {
  availability_zone = "eu-west-1a"
  size              = [1, 2, 3][local.stage]
  type              = ["gp2", "gp3", "gp3"][local.stage]
  iops              = [null, 3000, 4000][local.stage]
  throughput        = [null, 125, 200][local.stage]
  tags              = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_key_pair" "k" {
  key_name_prefix = "k"
  public_key      = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKV0WIvnHQCYGbHyYQYpRQZ0nNx6LWcHbEPw1bJzZQ8o me"
  tags            = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_network_acl" "n" {
  vpc_id = aws_vpc.v.id
}

resource "aws_network_acl_rule" "r" {
  network_acl_id  = aws_network_acl.n.id
  rule_number     = 10
  protocol        = "tcp"
  rule_action     = "allow"
  ipv6_cidr_block = "::/0"
  from_port       = 1
  to_port         = 2
}

resource "aws_network_acl_association" "a" {
  network_acl_id = aws_network_acl.n.id
  subnet_id      = aws_subnet.b.id
}
