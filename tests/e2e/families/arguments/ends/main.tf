# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2. What needs another object has one value
# before, and another one after.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
  turn  = 0
}

resource "aws_vpc" "v" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "s" {
  vpc_id          = aws_vpc.v.id
  cidr_block      = "10.0.1.0/24"
  ipv6_cidr_block = cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, 1)
}

# Endpoints

resource "aws_vpc_endpoint" "resource" {
  vpc_id                     = aws_vpc.v.id
  vpc_endpoint_type          = "Resource"
  resource_configuration_arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-0000000000000000${["a", "b"][local.turn]}"
  subnet_ids                 = [aws_subnet.s.id]
  private_dns_enabled        = true

  dns_options {
    private_dns_preference        = ["ALL_DOMAINS", "SPECIFIED_DOMAINS_ONLY", "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS"][local.stage]
    private_dns_specified_domains = [null, ["a.example.com"], ["a.example.com", "b.example.com"]][local.stage]
  }
}

resource "aws_vpc_endpoint" "network" {
  vpc_id              = aws_vpc.v.id
  vpc_endpoint_type   = "ServiceNetwork"
  service_network_arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:servicenetwork/sn-0000000000000000${["a", "b"][local.turn]}"
  subnet_ids          = [aws_subnet.s.id]
}

resource "aws_vpc_endpoint" "gateway" {
  vpc_id       = aws_vpc.v.id
  service_name = "com.amazonaws.eu-west-1.s3"
}

resource "aws_vpc_endpoint" "inbound" {
  vpc_id              = aws_vpc.v.id
  service_name        = "com.amazonaws.eu-west-1.s3"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [aws_subnet.s.id]
  private_dns_enabled = true
  depends_on          = [aws_vpc_endpoint.gateway]

  dns_options {
    private_dns_only_for_inbound_resolver_endpoint = [null, true, false][local.stage]
  }
}

resource "aws_vpc_endpoint" "placed" {
  vpc_id            = aws_vpc.v.id
  service_name      = "com.amazonaws.eu-west-1.sqs"
  vpc_endpoint_type = "Interface"
  ip_address_type   = "dualstack"
  subnet_ids        = [aws_subnet.s.id]

  subnet_configuration {
    ipv4      = "10.0.1.${[7, 8, 9][local.stage]}"
    ipv6      = cidrhost(aws_subnet.s.ipv6_cidr_block, [7, 8, 9][local.stage])
    subnet_id = aws_subnet.s.id
  }
}

resource "aws_vpc_endpoint" "grouped" {
  vpc_id            = aws_vpc.v.id
  service_name      = "com.amazonaws.eu-west-1.sns"
  vpc_endpoint_type = "Interface"
  subnet_ids        = [aws_subnet.s.id]
}

resource "aws_security_group" "g" {
  name   = "g"
  vpc_id = aws_vpc.v.id
}

resource "aws_vpc_endpoint_security_group_association" "a" {
  vpc_endpoint_id             = aws_vpc_endpoint.grouped.id
  security_group_id           = aws_security_group.g.id
  replace_default_association = [false, true][local.turn]
}

# Rules to prefix lists

resource "aws_ec2_managed_prefix_list" "p" {
  for_each       = toset(["a", "b"])
  name           = each.key
  address_family = "IPv4"
  max_entries    = 1
}

resource "aws_ec2_managed_prefix_list" "six" {
  name           = "six"
  address_family = "IPv6"
  max_entries    = 2

  dynamic "entry" {
    for_each = [[], ["2001:db8::/32"], ["2001:db8:1::/48", "2001:db8:2::/48"]][local.stage]
    content {
      cidr = entry.value
    }
  }
}

resource "aws_vpc_security_group_egress_rule" "r" {
  security_group_id = aws_security_group.g.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_id    = aws_ec2_managed_prefix_list.p[["a", "b", "a"][local.stage]].id
  description       = [null, null, "c"][local.stage]
}

# Addresses of one's own

resource "aws_vpc_ipv6_cidr_block_association" "own" {
  vpc_id          = aws_vpc.v.id
  ipv6_pool       = "ipv6pool-ec2-0000000000000000${["a", "b"][local.turn]}"
  ipv6_cidr_block = "2001:db8:${["a", "b"][local.turn]}::/56"
}

# Peering, between regions and within one

resource "aws_vpc" "far" {
  for_each   = { a = "eu-central-1", b = "eu-north-1" }
  region     = each.value
  cidr_block = "10.1.0.0/16"
}

resource "aws_vpc_peering_connection" "far" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.far[["a", "b"][local.turn]].id
  peer_region = ["eu-central-1", "eu-north-1"][local.turn]
}

resource "aws_vpc_peering_connection_accepter" "far" {
  region                    = ["eu-central-1", "eu-north-1"][local.turn]
  vpc_peering_connection_id = aws_vpc_peering_connection.far.id
  auto_accept               = true
}

resource "aws_vpc" "near" {
  cidr_block = "10.2.0.0/16"
}

resource "aws_vpc_peering_connection" "near" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.near.id
}

resource "aws_vpc_peering_connection_accepter" "near" {
  vpc_peering_connection_id = aws_vpc_peering_connection.near.id
  auto_accept               = true

  dynamic "requester" {
    for_each = [[], [true], [false]][local.stage]
    content {
      allow_remote_vpc_dns_resolution = requester.value
    }
  }
}

# A VPC that moves from a set of DHCP options to another

resource "aws_vpc_dhcp_options" "d" {
  for_each    = toset(["a", "b"])
  domain_name = "${each.key}.example.com"
}

resource "aws_vpc_dhcp_options_association" "d" {
  vpc_id          = aws_vpc.near.id
  dhcp_options_id = aws_vpc_dhcp_options.d[["a", "b", "a"][local.stage]].id
}
