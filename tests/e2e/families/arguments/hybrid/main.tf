# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "s" {
  for_each          = { a = 1, b = 2 }
  vpc_id            = aws_vpc.v.id
  availability_zone = "eu-west-1${each.key}"
  cidr_block        = "10.0.${each.value}.0/24"
}

resource "aws_security_group" "g" {
  for_each = toset(["a", "b"])
  name     = each.key
  vpc_id   = aws_vpc.v.id
}

resource "aws_ec2_transit_gateway" "t" {
  description                        = [null, "a", "b"][local.stage]
  amazon_side_asn                    = [null, 64513, 64514][local.stage]
  auto_accept_shared_attachments     = [null, "enable", "disable"][local.stage]
  dns_support                        = [null, "disable", "enable"][local.stage]
  security_group_referencing_support = [null, "enable", "disable"][local.stage]
  vpn_ecmp_support                   = [null, "disable", "enable"][local.stage]
  transit_gateway_cidr_blocks        = [null, ["10.9.0.0/24"], ["10.8.0.0/24"]][local.stage]
  tags                               = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_ec2_transit_gateway" "u" {
}

resource "aws_ec2_transit_gateway_vpc_attachment" "a" {
  transit_gateway_id                              = aws_ec2_transit_gateway.u.id
  vpc_id                                          = aws_vpc.v.id
  subnet_ids                                      = [[aws_subnet.s["a"].id], [aws_subnet.s["a"].id, aws_subnet.s["b"].id], [aws_subnet.s["b"].id]][local.stage]
  appliance_mode_support                          = [null, "enable", "disable"][local.stage]
  dns_support                                     = [null, "disable", "enable"][local.stage]
  ipv6_support                                    = [null, "enable", "disable"][local.stage]
  security_group_referencing_support              = [null, "enable", "disable"][local.stage]
  transit_gateway_default_route_table_association = [null, false, null][local.stage]
  transit_gateway_default_route_table_propagation = [null, false, null][local.stage]
  tags                                            = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_ec2_transit_gateway_route_table" "r" {
  transit_gateway_id = aws_ec2_transit_gateway.u.id
  tags               = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_ec2_managed_prefix_list" "p" {
  name           = "a"
  address_family = "IPv4"
  max_entries    = 5
}

resource "aws_ec2_transit_gateway_prefix_list_reference" "p" {
  prefix_list_id                 = aws_ec2_managed_prefix_list.p.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.r.id
  blackhole                      = [null, true, null][local.stage]
  transit_gateway_attachment_id  = [aws_ec2_transit_gateway_vpc_attachment.a.id, null, aws_ec2_transit_gateway_vpc_attachment.a.id][local.stage]
}

resource "aws_ec2_transit_gateway_connect" "c" {
  transit_gateway_id                              = aws_ec2_transit_gateway.u.id
  transport_attachment_id                         = aws_ec2_transit_gateway_vpc_attachment.a.id
  transit_gateway_default_route_table_association = [null, false, null][local.stage]
  transit_gateway_default_route_table_propagation = [null, false, null][local.stage]
  tags                                            = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_ram_resource_share" "s" {
  name                      = ["a", "b", "c"][local.stage]
  allow_external_principals = [null, true, null][local.stage]
  tags                      = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_customer_gateway" "c" {
  type       = "ipsec.1"
  bgp_asn    = 65000
  ip_address = "198.51.100.1"
  tags       = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_customer_gateway" "d" {
  type       = "ipsec.1"
  bgp_asn    = 65001
  ip_address = "198.51.100.2"
}

resource "aws_vpn_gateway" "v" {
  vpc_id = [aws_vpc.v.id, null, aws_vpc.v.id][local.stage]
  tags   = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_vpn_connection" "v" {
  type                                    = "ipsec.1"
  customer_gateway_id                     = [aws_customer_gateway.c.id, aws_customer_gateway.d.id, aws_customer_gateway.c.id][local.stage]
  transit_gateway_id                      = aws_ec2_transit_gateway.u.id
  local_ipv4_network_cidr                 = [null, "10.0.0.0/8", "0.0.0.0/0"][local.stage]
  remote_ipv4_network_cidr                = [null, "10.0.0.0/8", "0.0.0.0/0"][local.stage]
  tunnel1_dpd_timeout_action              = [null, "none", "restart"][local.stage]
  tunnel1_dpd_timeout_seconds             = [null, 40, 50][local.stage]
  tunnel1_enable_tunnel_lifecycle_control = [null, true, null][local.stage]
  tunnel1_ike_versions                    = [null, ["ikev2"], ["ikev1", "ikev2"]][local.stage]
  tunnel1_phase1_dh_group_numbers         = [null, [14, 20], [20]][local.stage]
  tunnel1_phase1_encryption_algorithms    = [null, ["AES256"], ["AES128", "AES256"]][local.stage]
  tunnel1_phase1_integrity_algorithms     = [null, ["SHA2-256"], ["SHA2-384"]][local.stage]
  tunnel1_phase1_lifetime_seconds         = [null, 3600, 7200][local.stage]
  tunnel1_phase2_dh_group_numbers         = [null, [14, 20], [20]][local.stage]
  tunnel1_phase2_encryption_algorithms    = [null, ["AES256"], ["AES128", "AES256"]][local.stage]
  tunnel1_phase2_integrity_algorithms     = [null, ["SHA2-256"], ["SHA2-384"]][local.stage]
  tunnel1_phase2_lifetime_seconds         = [null, 1000, 2000][local.stage]
  tunnel1_preshared_key                   = [null, "abcdefgh12345678", "abcdefgh87654321"][local.stage]
  tunnel1_rekey_fuzz_percentage           = [null, 50, 60][local.stage]
  tunnel1_rekey_margin_time_seconds       = [null, 100, 200][local.stage]
  tunnel1_replay_window_size              = [null, 128, 256][local.stage]
  tunnel1_startup_action                  = [null, "start", "add"][local.stage]
  tunnel1_inside_cidr                     = [null, "169.254.10.0/30", "169.254.10.4/30"][local.stage]
  tunnel2_dpd_timeout_seconds             = [null, 40, 50][local.stage]
  dynamic "tunnel1_log_options" {
    for_each = [[], [true], [false]][local.stage]
    content {
      cloudwatch_log_options {
        log_enabled       = tunnel1_log_options.value
        log_group_arn     = tunnel1_log_options.value ? aws_cloudwatch_log_group.g.arn : null
        log_output_format = tunnel1_log_options.value ? "json" : null
      }
    }
  }
  tags = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_cloudwatch_log_group" "g" {
  name = "g"
}

resource "aws_ec2_client_vpn_endpoint" "c" {
  description                   = [null, "a", "b"][local.stage]
  server_certificate_arn        = "arn:aws:acm:eu-west-1:123456789012:certificate/${["a", "b", "a"][local.stage]}"
  client_cidr_block             = "10.100.0.0/16"
  vpc_id                        = aws_vpc.v.id
  security_group_ids            = [null, [aws_security_group.g["a"].id], [aws_security_group.g["b"].id]][local.stage]
  dns_servers                   = [null, ["10.0.0.2"], ["10.0.0.3"]][local.stage]
  self_service_portal           = [null, "enabled", "disabled"][local.stage]
  session_timeout_hours         = [null, 8, 12][local.stage]
  split_tunnel                  = [null, true, null][local.stage]
  vpn_port                      = [null, 1194, 443][local.stage]
  disconnect_on_session_timeout = [null, true, null][local.stage]
  authentication_options {
    type                       = "certificate-authentication"
    root_certificate_chain_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/c"
  }
  connection_log_options {
    enabled              = [false, true, false][local.stage]
    cloudwatch_log_group = [null, aws_cloudwatch_log_group.g.name, null][local.stage]
  }
  dynamic "client_login_banner_options" {
    for_each = [[], [1], []][local.stage]
    content {
      enabled     = true
      banner_text = "x"
    }
  }
  dynamic "client_route_enforcement_options" {
    for_each = [[], [true], [false]][local.stage]
    content {
      enforced = client_route_enforcement_options.value
    }
  }
  dynamic "client_connect_options" {
    for_each = [[], [true], [false]][local.stage]
    content {
      enabled             = client_connect_options.value
      lambda_function_arn = client_connect_options.value ? "arn:aws:lambda:eu-west-1:123456789012:function:AWSClientVPN-x" : null
    }
  }
  tags = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_dx_connection" "c" {
  name         = "c"
  bandwidth    = "10Gbps"
  location     = "EqDC2"
  tags         = [null, { a = 1 }, { b = 1 }][local.stage]
  skip_destroy = [null, true, null][local.stage]
}

resource "aws_dx_gateway" "g" {
  name            = ["a", "b", "c"][local.stage]
  amazon_side_asn = 64600
}

resource "aws_dx_gateway_association" "g" {
  dx_gateway_id         = aws_dx_gateway.g.id
  associated_gateway_id = aws_ec2_transit_gateway.u.id
  allowed_prefixes      = [["10.0.0.0/16"], ["10.0.0.0/16", "10.1.0.0/16"], ["10.2.0.0/16"]][local.stage]
}

resource "aws_dx_private_virtual_interface" "p" {
  connection_id    = aws_dx_connection.c.id
  dx_gateway_id    = aws_dx_gateway.g.id
  name             = "p"
  vlan             = 100
  address_family   = "ipv4"
  bgp_asn          = 65000
  mtu              = [null, 9001, 1500][local.stage]
  sitelink_enabled = [null, true, null][local.stage]
  tags             = [null, { a = 1 }, { b = 1 }][local.stage]
}
