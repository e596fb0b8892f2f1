mock_provider "aws" {}

override_resource {
  target = aws_vpn_connection.this["tokyo"]
  values = { transit_gateway_attachment_id = "tgw-attach-00000000000000001" }
}

variables {
  name               = "sites"
  transit_gateway_id = "tgw-00000000000000001"
  route_table_id     = "tgw-rtb-00000000000000001"
  known_in           = { services = "tgw-rtb-00000000000000002" }
  static_in          = { services = "tgw-rtb-00000000000000002" }
  sites = {
    tokyo = { address = "198.51.100.1", asn = 65010 }
    osaka = { address = "198.51.100.2", ranges = ["172.16.0.0/16", "172.17.0.0/16"] }
  }
}

run "sites" {
  assert {
    condition     = !aws_vpn_connection.this["tokyo"].static_routes_only && aws_vpn_connection.this["osaka"].static_routes_only
    error_message = "Only a site with ranges has static routes."
  }
  assert {
    condition     = aws_ec2_transit_gateway_route_table_propagation.this["tokyo/services"].transit_gateway_attachment_id == "tgw-attach-00000000000000001"
    error_message = "What BGP tells is made known."
  }
  assert {
    condition     = join(" ", keys(aws_ec2_transit_gateway_route.this)) == "osaka/services/172.16.0.0/16 osaka/services/172.17.0.0/16"
    error_message = "Ranges without BGP have routes: ${join(" ", keys(aws_ec2_transit_gateway_route.this))}."
  }
  assert {
    condition     = length(nonsensitive(output.tunnels["tokyo"])) == 2
    error_message = "There are two tunnels."
  }
}

run "a_site_with_a_name_for_an_address" {
  command = plan
  variables {
    sites = { tokyo = { address = "gateway.example.com" } }
  }
  expect_failures = [var.sites]
}
