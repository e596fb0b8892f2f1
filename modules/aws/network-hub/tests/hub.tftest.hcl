mock_provider "aws" {
  mock_resource "aws_ec2_transit_gateway" {
    defaults = { id = "tgw-00000000000000001", arn = "arn:aws:ec2:eu-west-1:123456789012:transit-gateway/tgw-00000000000000001" }
  }
  mock_resource "aws_ram_resource_share" {
    defaults = { arn = "arn:aws:ram:eu-west-1:123456789012:resource-share/1" }
  }
}

variables {
  name = "hub"
}

run "alone" {
  assert {
    condition     = aws_ec2_transit_gateway.this.default_route_table_association == "disable" && aws_ec2_transit_gateway.this.default_route_table_propagation == "disable"
    error_message = "Route tables alone say who sees whom."
  }
  assert {
    condition     = join(" ", keys(output.route_table_ids)) == "services shared"
    error_message = "There are two route tables by default."
  }
  assert {
    condition     = output.share_arn == null && length(aws_ram_resource_share.this) == 0
    error_message = "It is shared with nobody."
  }
}

run "shared" {
  variables {
    share_with   = ["222222222222", "arn:aws:organizations::111111111111:ou/o-abcdefghij/ou-abcd-12345678"]
    route_tables = { services = { blackholes = ["10.0.0.0/8"] } }
  }
  assert {
    condition     = length(aws_ram_principal_association.this) == 2 && output.share_arn == "arn:aws:ram:eu-west-1:123456789012:resource-share/1"
    error_message = "It is shared with both."
  }
  assert {
    condition     = aws_ec2_transit_gateway_route.blackhole["services/10.0.0.0/8"].blackhole
    error_message = "The range leads nowhere."
  }
}

run "a_public_number" {
  command = plan
  variables {
    asn = 15169
  }
  expect_failures = [var.asn]
}

run "shared_with_a_name" {
  command = plan
  variables {
    share_with = ["everybody"]
  }
  expect_failures = [var.share_with]
}
