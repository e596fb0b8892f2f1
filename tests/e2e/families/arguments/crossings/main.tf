# What needs another object where it changes: one value before, and another one after. What can change in place is
# absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "other"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::222222222222:role/other"
  }
}

locals {
  stage = 0
  turn  = 0
}

resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpn_gateway" "g" {
  amazon_side_asn = 64600
  vpc_id          = aws_vpc.v.id
}

resource "aws_vpn_gateway" "zoned" {
  availability_zone = ["eu-west-1a", "eu-west-1b"][local.turn]
}

resource "aws_customer_gateway" "certified" {
  bgp_asn_extended = ["4200000000", "4200000001"][local.turn]
  certificate_arn  = "arn:aws:acm:eu-west-1:123456789012:certificate/${["a", "b"][local.turn]}"
  device_name      = ["a", "b"][local.turn]
  type             = "ipsec.1"
}

resource "aws_customer_gateway" "c" {
  count      = 3
  bgp_asn    = 65000 + count.index
  ip_address = "198.51.100.${count.index}"
  type       = "ipsec.1"
}

resource "aws_ec2_transit_gateway" "plain" {
  default_route_table_association = ["enable", "disable"][local.turn]
  default_route_table_propagation = ["enable", "disable"][local.turn]
}

resource "aws_ec2_transit_gateway" "many" {
  multicast_support = ["disable", "enable"][local.turn]
}

resource "aws_ec2_transit_gateway" "t" {
  transit_gateway_cidr_blocks = ["10.9.0.0/24"]
}

resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "v" {
  subnet_ids         = [aws_subnet.s.id]
  transit_gateway_id = aws_ec2_transit_gateway.t.id
  vpc_id             = aws_vpc.v.id
}

resource "aws_ec2_transit_gateway_connect" "c" {
  protocol                = "gre"
  transit_gateway_id      = aws_ec2_transit_gateway.t.id
  transport_attachment_id = aws_ec2_transit_gateway_vpc_attachment.v.id
}

resource "aws_ec2_transit_gateway_connect_peer" "p" {
  bgp_asn                       = [65010, 65011][local.turn]
  inside_cidr_blocks            = [["169.254.6.0/29"], ["169.254.7.0/29"]][local.turn]
  peer_address                  = ["10.0.1.7", "10.0.1.8"][local.turn]
  transit_gateway_address       = ["10.9.0.7", "10.9.0.8"][local.turn]
  transit_gateway_attachment_id = aws_ec2_transit_gateway_connect.c.id
}

resource "aws_ec2_transit_gateway" "other" {
  provider        = aws.other
  amazon_side_asn = 64700
}

resource "aws_ec2_transit_gateway_peering_attachment" "p" {
  peer_account_id         = "222222222222"
  peer_region             = "eu-west-1"
  peer_transit_gateway_id = aws_ec2_transit_gateway.other.id
  transit_gateway_id      = aws_ec2_transit_gateway.t.id
  options {
    dynamic_routing = ["disable", "enable"][local.turn]
  }
}

resource "aws_vpn_connection" "fast" {
  customer_gateway_id   = aws_customer_gateway.c[0].id
  enable_acceleration   = [true, false][local.turn]
  preshared_key_storage = ["SecretsManager", "Standard"][local.turn]
  transit_gateway_id    = aws_ec2_transit_gateway.t.id
  type                  = "ipsec.1"
}

resource "aws_vpn_connection" "logged" {
  customer_gateway_id = aws_customer_gateway.c[1].id
  transit_gateway_id  = aws_ec2_transit_gateway.t.id
  tunnel_bandwidth    = ["standard", "large"][local.turn]
  type                = "ipsec.1"

  dynamic "tunnel2_log_options" {
    for_each = [[], [0], [1]][local.stage]
    content {
      cloudwatch_log_options {
        bgp_log_enabled       = true
        bgp_log_group_arn     = aws_cloudwatch_log_group.g[tunnel2_log_options.value].arn
        bgp_log_output_format = ["json", "text"][tunnel2_log_options.value]
      }
    }
  }
}

resource "aws_cloudwatch_log_group" "g" {
  count = 2
  name  = "g${count.index}"
}

resource "aws_cloudwatch_log_stream" "s" {
  count          = 2
  log_group_name = aws_cloudwatch_log_group.g[count.index].name
  name           = "s"
}

resource "aws_ec2_client_vpn_endpoint" "federated" {
  client_cidr_block      = "10.100.0.0/16"
  server_certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/s"
  transport_protocol     = ["tcp", "udp"][local.turn]

  authentication_options {
    type                           = "federated-authentication"
    saml_provider_arn              = "arn:aws:iam::123456789012:saml-provider/${["a", "b"][local.turn]}"
    self_service_saml_provider_arn = "arn:aws:iam::123456789012:saml-provider/${["c", "d"][local.turn]}"
  }

  connection_log_options {
    enabled               = [false, true, true][local.stage]
    cloudwatch_log_group  = [null, aws_cloudwatch_log_group.g[0].name, aws_cloudwatch_log_group.g[1].name][local.stage]
    cloudwatch_log_stream = [null, aws_cloudwatch_log_stream.s[0].name, aws_cloudwatch_log_stream.s[1].name][local.stage]
  }
}

resource "aws_ec2_client_vpn_endpoint" "directory" {
  client_cidr_block        = "10.104.0.0/16"
  endpoint_ip_address_type = ["ipv4", "dual-stack"][local.turn]
  server_certificate_arn   = "arn:aws:acm:eu-west-1:123456789012:certificate/s"
  traffic_ip_address_type  = ["ipv4", "dual-stack"][local.turn]

  authentication_options {
    type                = "directory-service-authentication"
    active_directory_id = ["d-0123456789", "d-9876543210"][local.turn]
  }

  connection_log_options {
    enabled = false
  }
}

resource "aws_ec2_client_vpn_network_association" "a" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.federated.id
  subnet_id              = aws_subnet.s.id
}

resource "aws_ec2_client_vpn_authorization_rule" "everybody" {
  authorize_all_groups   = true
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.federated.id
  description            = ["a", "b"][local.turn]
  target_network_cidr    = ["10.0.1.0/24", "10.0.0.0/16"][local.turn]
}

resource "aws_ec2_client_vpn_authorization_rule" "group" {
  access_group_id        = ["g-a", "g-b"][local.turn]
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.federated.id
  target_network_cidr    = "10.0.1.0/24"
}

resource "aws_dx_connection" "c" {
  bandwidth       = "10Gbps"
  encryption_mode = [null, "must_encrypt", "no_encrypt"][local.stage]
  location        = "EqDC2"
  name            = "c"
  provider_name   = ["Example Networks", null][local.turn]
  request_macsec  = true
}

resource "aws_dx_connection" "member" {
  count     = 2
  bandwidth = "1Gbps"
  location  = "EqDC2"
  name      = "m${count.index}"
}

resource "aws_dx_lag" "l" {
  count                 = 2
  connections_bandwidth = "1Gbps"
  location              = "EqDC2"
  name                  = "l${count.index}"
  provider_name         = ["Example Networks", null][local.turn]
}

resource "aws_dx_connection_association" "a" {
  connection_id = aws_dx_connection.member[local.turn].id
  lag_id        = aws_dx_lag.l[local.turn].id
}

resource "aws_dx_gateway" "g" {
  amazon_side_asn = "64512"
  name            = "g"
}

resource "aws_dx_gateway" "other" {
  provider        = aws.other
  amazon_side_asn = "64513"
  name            = "other"
}

resource "aws_dx_gateway_association_proposal" "p" {
  associated_gateway_id       = aws_vpn_gateway.g.id
  dx_gateway_id               = aws_dx_gateway.other.id
  dx_gateway_owner_account_id = "222222222222"
}

resource "aws_dx_gateway_association" "p" {
  provider                            = aws.other
  associated_gateway_owner_account_id = "123456789012"
  dx_gateway_id                       = aws_dx_gateway.other.id
  proposal_id                         = aws_dx_gateway_association_proposal.p.id
}

resource "aws_dx_connection" "line" {
  bandwidth = "1Gbps"
  location  = "EqDC2"
  name      = "line"
}

resource "aws_dx_private_virtual_interface" "p" {
  address_family   = "ipv4"
  amazon_address   = ["169.254.255.1/30", "169.254.255.5/30"][local.turn]
  bgp_asn          = [65000, null][local.turn]
  bgp_asn_long     = [null, "4200000000"][local.turn]
  bgp_auth_key     = ["abcdefgh", "hgfedcba"][local.turn]
  connection_id    = aws_dx_connection.line.id
  customer_address = ["169.254.255.2/30", "169.254.255.6/30"][local.turn]
  name             = "p"
  vlan             = 100
  vpn_gateway_id   = aws_vpn_gateway.g.id
}

resource "aws_dx_transit_virtual_interface" "t" {
  address_family   = "ipv4"
  amazon_address   = ["169.254.255.9/30", "169.254.255.13/30"][local.turn]
  bgp_asn_long     = ["4200000000", "4200000001"][local.turn]
  bgp_auth_key     = ["abcdefgh", "hgfedcba"][local.turn]
  connection_id    = aws_dx_connection.line.id
  customer_address = ["169.254.255.10/30", "169.254.255.14/30"][local.turn]
  dx_gateway_id    = aws_dx_gateway.g.id
  name             = "t"
  vlan             = 101
}

resource "aws_dx_public_virtual_interface" "u" {
  address_family        = "ipv4"
  amazon_address        = "175.45.176.2/30"
  bgp_asn_long          = ["4200000000", "4200000001"][local.turn]
  bgp_auth_key          = ["abcdefgh", "hgfedcba"][local.turn]
  connection_id         = aws_dx_connection.line.id
  customer_address      = "175.45.176.1/30"
  name                  = "u"
  route_filter_prefixes = ["175.45.176.0/22"]
  vlan                  = 102
}

resource "aws_dx_hosted_private_virtual_interface" "p" {
  address_family   = "ipv4"
  amazon_address   = ["169.254.255.17/30", "169.254.255.21/30"][local.turn]
  bgp_asn_long     = ["4200000000", "4200000001"][local.turn]
  bgp_auth_key     = ["abcdefgh", "hgfedcba"][local.turn]
  connection_id    = aws_dx_connection.line.id
  customer_address = ["169.254.255.18/30", "169.254.255.22/30"][local.turn]
  mtu              = [1500, 9001][local.turn]
  name             = "hp"
  owner_account_id = "222222222222"
  vlan             = 103
}

resource "aws_vpc" "other" {
  provider   = aws.other
  cidr_block = "10.1.0.0/16"
}

resource "aws_vpn_gateway" "other" {
  provider        = aws.other
  amazon_side_asn = 64601
  vpc_id          = aws_vpc.other.id
}

resource "aws_dx_hosted_private_virtual_interface_accepter" "p" {
  provider             = aws.other
  virtual_interface_id = aws_dx_hosted_private_virtual_interface.p.id
  vpn_gateway_id       = aws_vpn_gateway.other.id
}

resource "aws_dx_hosted_transit_virtual_interface" "t" {
  address_family   = "ipv4"
  amazon_address   = ["169.254.255.25/30", "169.254.255.29/30"][local.turn]
  bgp_asn_long     = ["4200000000", "4200000001"][local.turn]
  bgp_auth_key     = ["abcdefgh", "hgfedcba"][local.turn]
  connection_id    = aws_dx_connection.line.id
  customer_address = ["169.254.255.26/30", "169.254.255.30/30"][local.turn]
  mtu              = [1500, 8500][local.turn]
  name             = "ht"
  owner_account_id = "222222222222"
  vlan             = 104
}

resource "aws_dx_hosted_public_virtual_interface" "u" {
  address_family        = "ipv4"
  amazon_address        = "175.45.176.6/30"
  bgp_asn_long          = ["4200000000", "4200000001"][local.turn]
  bgp_auth_key          = ["abcdefgh", "hgfedcba"][local.turn]
  connection_id         = aws_dx_connection.line.id
  customer_address      = "175.45.176.5/30"
  name                  = "hu"
  owner_account_id      = "222222222222"
  route_filter_prefixes = ["175.45.176.0/22"]
  vlan                  = 105
}
