mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_resource "aws_iam_saml_provider" {
    defaults = { arn = "arn:aws:iam::111111111111:saml-provider/company" }
  }
}

variables {
  saml_provider_name = "company"
  saml_metadata      = join("", [for n in range(1000) : "x"])
  services = {
    orders = { accounts = ["222222222222", "333333333333"] }
    search = { accounts = ["444444444444"], variants = ["operations"] }
  }
}

run "step_roles" {
  assert {
    condition     = join(" ", sort([for role in aws_iam_role.step : role.name])) == "step-orders-admin step-orders-readonly step-search-operations"
    error_message = "A role for each service and variant."
  }
  assert {
    condition     = jsondecode(aws_iam_role.step["orders-admin"].assume_role_policy).Statement[0].Principal.Federated == output.saml_provider_arn
    error_message = "Only the identity provider signs people in."
  }
  assert {
    condition     = jsondecode(aws_iam_role.step["orders-admin"].assume_role_policy).Statement[0].Condition.StringEquals["SAML:aud"] == "https://signin.aws.amazon.com/saml"
    error_message = "And only for the console of AWS."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.go_on["orders-admin"].policy).Statement[0].Resource == [
      "arn:aws:iam::222222222222:role/orders-admin", "arn:aws:iam::333333333333:role/orders-admin",
    ]
    error_message = "It leads to the role of the same name in the service's accounts, and nowhere else."
  }
  assert {
    condition     = aws_iam_role.step["orders-admin"].max_session_duration == 28800
    error_message = "Eight hours are a day."
  }
}

run "an_account_that_is_none" {
  command = plan
  variables {
    services = { orders = { accounts = ["orders-production"] } }
  }
  expect_failures = [var.services]
}

run "metadata_that_are_none" {
  command = plan
  variables {
    saml_metadata = "<xml/>"
  }
  expect_failures = [var.saml_metadata]
}

run "a_week_long_session" {
  command = plan
  variables {
    session_hours = 168
  }
  expect_failures = [var.session_hours]
}
