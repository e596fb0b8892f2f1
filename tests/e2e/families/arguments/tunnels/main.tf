# VPN connections, with both tunnels and over each kind of gateway. Each argument is absent at stage 0, has a value at stage 1
# and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpn_gateway" "g" {
  count  = 2
  vpc_id = count.index == 0 ? aws_vpc.v.id : null
}

resource "aws_ec2_transit_gateway" "t" {
}

resource "aws_customer_gateway" "c" {
  count      = 2
  type       = "ipsec.1"
  bgp_asn    = 65000 + count.index
  ip_address = "198.51.100.${count.index}"
}

resource "aws_cloudwatch_log_group" "g" {
  count = 2
  name  = "g${count.index}"
}

# It moves from a gateway to another.
resource "aws_vpn_connection" "moving" {
  type                = "ipsec.1"
  customer_gateway_id = aws_customer_gateway.c[0].id
  vpn_gateway_id      = [aws_vpn_gateway.g[0].id, null, aws_vpn_gateway.g[1].id][local.stage]
  transit_gateway_id  = [null, aws_ec2_transit_gateway.t.id, null][local.stage]
  static_routes_only  = true
  tags                = { Name = "moving" }
}

resource "aws_vpn_connection_route" "r" {
  vpn_connection_id      = aws_vpn_connection.fixed.id
  destination_cidr_block = "192.168.0.0/24"
}

resource "aws_vpn_connection" "fixed" {
  type                = "ipsec.1"
  customer_gateway_id = aws_customer_gateway.c[1].id
  vpn_gateway_id      = aws_vpn_gateway.g[0].id
  static_routes_only  = true
}

resource "aws_vpn_connection" "both" {
  type                                    = "ipsec.1"
  customer_gateway_id                     = aws_customer_gateway.c[0].id
  transit_gateway_id                      = aws_ec2_transit_gateway.t.id
  tunnel2_dpd_timeout_action              = [null, "none", "restart"][local.stage]
  tunnel2_dpd_timeout_seconds             = [null, 40, 50][local.stage]
  tunnel2_enable_tunnel_lifecycle_control = [null, true, false][local.stage]
  tunnel2_ike_versions                    = [null, ["ikev2"], ["ikev1", "ikev2"]][local.stage]
  tunnel2_inside_cidr                     = [null, "169.254.20.0/30", "169.254.20.4/30"][local.stage]
  tunnel2_phase1_dh_group_numbers         = [null, [14, 20], [20]][local.stage]
  tunnel2_phase1_encryption_algorithms    = [null, ["AES256"], ["AES128", "AES256"]][local.stage]
  tunnel2_phase1_integrity_algorithms     = [null, ["SHA2-256"], ["SHA2-384"]][local.stage]
  tunnel2_phase1_lifetime_seconds         = [null, 3600, 7200][local.stage]
  tunnel2_phase2_dh_group_numbers         = [null, [14, 20], [20]][local.stage]
  tunnel2_phase2_encryption_algorithms    = [null, ["AES256"], ["AES128", "AES256"]][local.stage]
  tunnel2_phase2_integrity_algorithms     = [null, ["SHA2-256"], ["SHA2-384"]][local.stage]
  tunnel2_phase2_lifetime_seconds         = [null, 1000, 2000][local.stage]
  tunnel2_preshared_key                   = [null, "abcdefgh12345678", "abcdefgh87654321"][local.stage]
  tunnel2_rekey_fuzz_percentage           = [null, 50, 60][local.stage]
  tunnel2_rekey_margin_time_seconds       = [null, 100, 200][local.stage]
  tunnel2_replay_window_size              = [null, 128, 256][local.stage]
  tunnel2_startup_action                  = [null, "start", "add"][local.stage]
  dynamic "tunnel1_log_options" {
    for_each = [[], [0], [1]][local.stage]
    content {
      cloudwatch_log_options {
        bgp_log_enabled       = true
        bgp_log_group_arn     = aws_cloudwatch_log_group.g[tunnel1_log_options.value].arn
        bgp_log_output_format = ["json", "text"][tunnel1_log_options.value]
      }
    }
  }
  dynamic "tunnel2_log_options" {
    for_each = [[], [0], [1]][local.stage]
    content {
      cloudwatch_log_options {
        log_enabled       = true
        log_group_arn     = aws_cloudwatch_log_group.g[tunnel2_log_options.value].arn
        log_output_format = ["json", "text"][tunnel2_log_options.value]
      }
    }
  }
}

resource "aws_vpn_connection" "six" {
  type                     = "ipsec.1"
  customer_gateway_id      = aws_customer_gateway.c[1].id
  transit_gateway_id       = aws_ec2_transit_gateway.t.id
  tunnel_inside_ip_version = "ipv6"
  local_ipv6_network_cidr  = [null, "2001:db8:1::/48", "2001:db8:2::/48"][local.stage]
  remote_ipv6_network_cidr = [null, "2001:db8:3::/48", "2001:db8:4::/48"][local.stage]
  tunnel1_inside_ipv6_cidr = [null, "fd00:1::/126", "fd00:2::/126"][local.stage]
  tunnel2_inside_ipv6_cidr = [null, "fd00:3::/126", "fd00:4::/126"][local.stage]
}
