mock_provider "aws" {
  mock_resource "aws_ec2_transit_gateway_vpc_attachment" {
    defaults = { id = "tgw-attach-00000000000000001" }
  }
}

mock_provider "aws" {
  alias = "hub"
}

variables {
  name               = "orders"
  range              = "10.0.16.0/20"
  zones              = ["eu-west-1a", "eu-west-1b"]
  transit_gateway_id = "tgw-00000000000000001"
  route_table_id     = "tgw-rtb-00000000000000001"
  known_in           = { shared = "tgw-rtb-00000000000000002" }
}

run "attached" {
  assert {
    condition     = aws_subnet.private["eu-west-1a"].cidr_block == "10.0.16.0/22" && aws_subnet.private["eu-west-1b"].cidr_block == "10.0.20.0/22"
    error_message = "Each zone has a quarter of the range."
  }
  assert {
    condition     = aws_ec2_transit_gateway_vpc_attachment_accepter.hub[0].transit_gateway_attachment_id == output.attachment_id
    error_message = "The hub accepts the attachment."
  }
  assert {
    condition     = aws_ec2_transit_gateway_route_table_propagation.hub["shared"].transit_gateway_route_table_id == "tgw-rtb-00000000000000002"
    error_message = "The range is known where it shall be."
  }
  assert {
    condition     = aws_route.hub["10.0.0.0/8"].transit_gateway_id == "tgw-00000000000000001"
    error_message = "Everything private goes to the hub."
  }
}

run "a_zone_more_moves_nothing" {
  command = plan
  variables {
    zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  }
  assert {
    condition     = aws_subnet.private["eu-west-1a"].id == run.attached.subnet_ids["eu-west-1a"] && aws_subnet.private["eu-west-1c"].cidr_block == "10.0.24.0/22"
    error_message = "Subnets stay where they are."
  }
}

run "in_the_account_of_the_hub" {
  command   = plan
  state_key = "same account"
  variables {
    other_account = false
  }
  assert {
    condition     = length(aws_ec2_transit_gateway_vpc_attachment_accepter.hub) == 0
    error_message = "There is nothing to accept."
  }
}

run "a_range_that_is_too_large" {
  command = plan
  variables {
    range = "10.0.0.0/16"
  }
  expect_failures = [var.range]
}

run "one_zone" {
  command = plan
  variables {
    zones = ["eu-west-1a"]
  }
  expect_failures = [var.zones]
}
