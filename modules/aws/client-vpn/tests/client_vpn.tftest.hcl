mock_provider "aws" {}

variables {
  name                   = "people"
  client_range           = "10.250.0.0/22"
  server_certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-0000-0000-000000000001"
  saml_provider_arn      = "arn:aws:iam::123456789012:saml-provider/company"
  vpc_id                 = "vpc-00000000000000001"
  subnet_ids             = { a = "subnet-00000000000000001", b = "subnet-00000000000000002" }
  rules = [
    { range = "10.0.0.0/16" },
    { range = "10.0.16.0/20", group = "developers", description = "The orders." },
  ]
  routes = ["172.16.0.0/12"]
}

run "endpoint" {
  assert {
    condition     = aws_ec2_client_vpn_authorization_rule.this["10.0.0.0/16 everybody"].authorize_all_groups
    error_message = "A rule without a group is for everybody."
  }
  assert {
    condition     = aws_ec2_client_vpn_authorization_rule.this["10.0.16.0/20 developers"].access_group_id == "developers"
    error_message = "A rule with a group is for that group."
  }
  assert {
    condition     = length(aws_ec2_client_vpn_route.this) == 2 && aws_ec2_client_vpn_route.this["172.16.0.0/12 b"].target_vpc_subnet_id == "subnet-00000000000000002"
    error_message = "Each route leads through each subnet."
  }
  assert {
    condition     = aws_ec2_client_vpn_endpoint.this.split_tunnel
    error_message = "Only what is meant for the networks goes through the tunnel."
  }
}

run "the_same_rule_twice" {
  command = plan
  variables {
    rules = [{ range = "10.0.0.0/16" }, { range = "10.0.0.0/16" }]
  }
  expect_failures = [var.rules]
}

run "a_range_that_is_too_small" {
  command = plan
  variables {
    client_range = "10.250.0.0/24"
  }
  expect_failures = [var.client_range]
}

run "no_subnet" {
  command = plan
  variables {
    subnet_ids = {}
  }
  expect_failures = [var.subnet_ids]
}
