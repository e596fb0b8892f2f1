# A network with all that belongs to one: ranges, subnets, ways out, routes, lists of access, names, lists of
# networks, a machine with a second address, a peer, and endpoints whose parts are resources of their own.

provider "aws" {
  region = "eu-west-1"
}

locals {
  tags  = { Owner = "network" }
  zones = ["eu-west-1a", "eu-west-1b"]
}

resource "aws_vpc" "this" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags                 = local.tags
}

resource "aws_vpc_ipv4_cidr_block_association" "more" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "public" {
  for_each                = { for n, zone in local.zones : zone => cidrsubnet("10.0.0.0/16", 8, n) }
  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = each.value
  map_public_ip_on_launch = true
  tags                    = local.tags
}

resource "aws_subnet" "private" {
  vpc_id            = aws_vpc_ipv4_cidr_block_association.more.vpc_id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.1.0.0/24"
}

# Ways out

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = local.tags
}

resource "aws_egress_only_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = local.tags
}

resource "aws_eip" "nat" {
  domain = "vpc"
  tags   = local.tags
}

resource "aws_nat_gateway" "this" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public["eu-west-1a"].id
  tags          = local.tags
  depends_on    = [aws_internet_gateway.this]
}

# Routes

resource "aws_default_route_table" "this" {
  default_route_table_id = aws_vpc.this.default_route_table_id
  tags                   = { Name = "unused" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
  tags   = local.tags
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  for_each       = aws_subnet.public
  route_table_id = aws_route_table.public.id
  subnet_id      = each.value.id
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.this.id
  }
}

resource "aws_main_route_table_association" "this" {
  vpc_id         = aws_vpc.peer.id
  route_table_id = aws_route_table.peer.id
}

# Lists of access

resource "aws_default_network_acl" "this" {
  default_network_acl_id = aws_vpc.this.default_network_acl_id

  ingress {
    rule_no    = 100
    protocol   = "-1"
    action     = "allow"
    cidr_block = "10.0.0.0/8"
    from_port  = 0
    to_port    = 0
  }

  lifecycle {
    ignore_changes = [subnet_ids]
  }
}

resource "aws_network_acl" "private" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [aws_subnet.private.id]

  egress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 443
    to_port    = 443
  }

  tags = local.tags
}

resource "aws_network_acl" "other" {
  vpc_id = aws_vpc.this.id
}

resource "aws_network_acl_rule" "web" {
  network_acl_id = aws_network_acl.other.id
  rule_number    = 110
  egress         = false
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = "10.0.0.0/8"
  from_port      = 80
  to_port        = 80
}

resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_security_group" "machines" {
  name        = "machines"
  description = "machines"
  vpc_id      = aws_vpc.this.id
}

# Names, and lists of networks

resource "aws_vpc_dhcp_options" "this" {
  domain_name         = "example.org"
  domain_name_servers = ["AmazonProvidedDNS"]
  tags                = local.tags
}

resource "aws_vpc_dhcp_options_association" "this" {
  vpc_id          = aws_vpc.this.id
  dhcp_options_id = aws_vpc_dhcp_options.this.id
}

resource "aws_ec2_managed_prefix_list" "offices" {
  name           = "offices"
  address_family = "IPv4"
  max_entries    = 5

  entry {
    cidr        = "192.0.2.0/25"
    description = "first"
  }
}

resource "aws_ec2_managed_prefix_list" "partners" {
  name           = "partners"
  address_family = "IPv4"
  max_entries    = 5
}

resource "aws_ec2_managed_prefix_list_entry" "partner" {
  prefix_list_id = aws_ec2_managed_prefix_list.partners.id
  cidr           = "198.51.100.0/24"
  description    = "partner"
}

# A machine

resource "aws_key_pair" "this" {
  key_name   = "machines"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILm0DZ7MDtcnYDUdzoVUkCpwd2Nx5h7YYnKRDWp6pPBZ machines"
}

data "aws_ami" "this" {
  most_recent = true
  owners      = ["amazon"]

  filter {
    name   = "name"
    values = ["amzn2-ami-hvm-*"]
  }
}

resource "aws_instance" "this" {
  ami                    = data.aws_ami.this.id
  instance_type          = "t3.micro"
  key_name               = aws_key_pair.this.key_name
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.machines.id]
  tags                   = { Name = "machine" }
}

resource "aws_network_interface" "spare" {
  subnet_id       = aws_subnet.public["eu-west-1a"].id
  security_groups = [aws_security_group.machines.id]
  description     = "spare"
}

resource "aws_eip" "spare" {
  domain = "vpc"
}

resource "aws_eip_association" "spare" {
  allocation_id        = aws_eip.spare.id
  network_interface_id = aws_network_interface.spare.id
}

# A peer

resource "aws_vpc" "peer" {
  cidr_block = "10.9.0.0/16"
}

resource "aws_route_table" "peer" {
  vpc_id = aws_vpc.peer.id
}

resource "aws_vpc_peering_connection" "this" {
  vpc_id      = aws_vpc.this.id
  peer_vpc_id = aws_vpc.peer.id
  tags        = local.tags
}

resource "aws_vpc_peering_connection_accepter" "this" {
  vpc_peering_connection_id = aws_vpc_peering_connection.this.id
  auto_accept               = true
  # It is the same object, seen from its other end.
  tags = local.tags
}

# Endpoints

resource "aws_vpc_endpoint" "objects" {
  vpc_id       = aws_vpc.this.id
  service_name = "com.amazonaws.eu-west-1.s3"
}

resource "aws_vpc_endpoint_policy" "objects" {
  vpc_endpoint_id = aws_vpc_endpoint.objects.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:Get*", Resource = "*" }]
  })
}

resource "aws_vpc_endpoint_route_table_association" "objects" {
  vpc_endpoint_id = aws_vpc_endpoint.objects.id
  route_table_id  = aws_route_table.private.id
}

resource "aws_vpc_endpoint" "keys" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.eu-west-1.kms"
  vpc_endpoint_type = "Interface"
}

resource "aws_vpc_endpoint_subnet_association" "keys" {
  vpc_endpoint_id = aws_vpc_endpoint.keys.id
  subnet_id       = aws_subnet.private.id
}

resource "aws_vpc_endpoint_security_group_association" "keys" {
  vpc_endpoint_id   = aws_vpc_endpoint.keys.id
  security_group_id = aws_security_group.machines.id
}
