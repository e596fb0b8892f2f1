mock_provider "aws" {
  mock_resource "aws_organizations_organization" {
    defaults = {
      id    = "o-abcdefghij"
      arn   = "arn:aws:organizations::111111111111:organization/o-abcdefghij"
      roots = [{ id = "r-abcd", name = "Root", arn = "arn:aws:organizations::111111111111:root/o-abcdefghij/r-abcd", policy_types = [] }]
    }
  }
  mock_resource "aws_organizations_organizational_unit" {
    defaults = { id = "ou-abcd-00000000" }
  }
  mock_resource "aws_organizations_account" {
    defaults = { id = "222222222222", arn = "arn:aws:organizations::111111111111:account/o-abcdefghij/222222222222" }
  }
}

override_resource {
  target = aws_organizations_organizational_unit.first["workloads"]
  values = { id = "ou-abcd-11111111" }
}

override_resource {
  target = aws_organizations_organizational_unit.second["workloads/production"]
  values = { id = "ou-abcd-22222222" }
}

variables {
  units = ["security", "workloads", "workloads/production", "workloads/production/orders"]
  accounts = {
    audit  = { email = "audit@example.com", unit = "security" }
    orders = { email = "orders@example.com", unit = "workloads/production" }
  }
  policies = {
    no-leaving = {
      document = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "organizations:LeaveOrganization", Resource = "*" }] })
      units    = ["root"]
      accounts = ["orders"]
    }
  }
  delegated_administrators = { "access-analyzer.amazonaws.com" = "audit" }
}

run "tree" {
  assert {
    condition     = aws_organizations_organizational_unit.first["workloads"].parent_id == "r-abcd" && output.unit_ids["root"] == "r-abcd"
    error_message = "The first level hangs on the root."
  }
  assert {
    condition     = aws_organizations_organizational_unit.second["workloads/production"].parent_id == "ou-abcd-11111111" && aws_organizations_organizational_unit.second["workloads/production"].name == "production"
    error_message = "The second level hangs on the first."
  }
  assert {
    condition     = aws_organizations_organizational_unit.third["workloads/production/orders"].parent_id == "ou-abcd-22222222"
    error_message = "The third level hangs on the second."
  }
  assert {
    condition     = aws_organizations_account.this["orders"].parent_id == "ou-abcd-22222222"
    error_message = "Accounts are in their units."
  }
  assert {
    condition     = aws_organizations_policy_attachment.this["no-leaving/unit/root"].target_id == "r-abcd" && aws_organizations_policy_attachment.this["no-leaving/account/orders"].target_id == "222222222222"
    error_message = "Policies are attached to units and accounts."
  }
  assert {
    condition     = aws_organizations_delegated_administrator.this["access-analyzer.amazonaws.com"].account_id == "222222222222"
    error_message = "A service is administered by an account."
  }
  assert {
    condition     = output.access_role_arns["orders"] == "arn:aws:iam::222222222222:role/OrganizationAccountAccessRole"
    error_message = "The role to go in by: ${output.access_role_arns["orders"]}."
  }
}

run "a_unit_without_the_one_above" {
  command = plan
  variables {
    units                    = ["workloads/production"]
    accounts                 = {}
    policies                 = {}
    delegated_administrators = {}
  }
  expect_failures = [var.units]
}

run "an_account_in_a_unit_that_does_not_exist" {
  command   = plan
  state_key = "other"
  variables {
    accounts                 = { lost = { email = "lost@example.com", unit = "nowhere" } }
    policies                 = {}
    delegated_administrators = {}
  }
  expect_failures = [aws_organizations_account.this]
}

run "two_accounts_with_one_address" {
  command = plan
  variables {
    accounts                 = { one = { email = "a@example.com" }, two = { email = "A@example.com" } }
    policies                 = {}
    delegated_administrators = {}
  }
  expect_failures = [var.accounts]
}
