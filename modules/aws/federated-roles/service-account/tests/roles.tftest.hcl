mock_provider "aws" {}

variables {
  service = "orders"
  step_role_arns = {
    orders-admin    = "arn:aws:iam::111111111111:role/step-orders-admin"
    orders-readonly = "arn:aws:iam::111111111111:role/step-orders-readonly"
    search-admin    = "arn:aws:iam::111111111111:role/step-search-admin"
  }
}

run "roles_trust_their_step_role" {
  assert {
    condition     = join(" ", sort([for role in aws_iam_role.this : role.name])) == "orders-admin orders-readonly"
    error_message = "One for each variant."
  }
  assert {
    condition     = jsondecode(aws_iam_role.this["admin"].assume_role_policy).Statement[0].Principal == { AWS = "arn:aws:iam::111111111111:role/step-orders-admin" }
    error_message = "Exactly the step role of the same name can assume it."
  }
}

run "a_variant_of_its_own" {
  variables {
    step_role_arns = { orders-billing = "arn:aws:iam::111111111111:role/step-orders-billing" }
    variants = {
      billing = { policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "ce:Get*", Resource = "*" }] }) }
    }
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.this["billing"].policy).Statement[0].Action == "ce:Get*" && length(aws_iam_role_policy_attachment.this) == 0
    error_message = "It may do what its policy says."
  }
}

run "a_variant_that_nobody_can_assume" {
  command = plan
  variables {
    variants = { billing = {} }
  }
  expect_failures = [aws_iam_role.this]
}
