mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "222222222222" }
  }
}

variables {
  log_bucket = "calls-222222222222"
  roles = {
    Deploy = {
      trusted             = ["arn:aws:iam::111111111111:role/ci"]
      managed_policy_arns = ["arn:aws:iam::aws:policy/PowerUserAccess"]
    }
    Audit = {
      trusted     = ["arn:aws:iam::333333333333:root"]
      policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "cloudtrail:LookupEvents", Resource = "*" }] })
      external_id = "audit"
    }
  }
}

run "baseline" {
  assert {
    condition     = jsondecode(aws_iam_role.this["Deploy"].assume_role_policy).Statement[0].Principal.AWS == ["arn:aws:iam::111111111111:role/ci"]
    error_message = "Only who is trusted can assume a role."
  }
  assert {
    condition     = jsondecode(aws_iam_role.this["Audit"].assume_role_policy).Statement[0].Condition.StringEquals["sts:ExternalId"] == "audit"
    error_message = "Others must say the external id."
  }
  assert {
    condition     = aws_cloudtrail.this.is_multi_region_trail && aws_cloudtrail.this.include_global_service_events
    error_message = "The trail records everything."
  }
  assert {
    condition     = jsondecode(aws_s3_bucket_policy.logs.policy).Statement[1].Resource == "arn:aws:s3:::calls-222222222222/AWSLogs/222222222222/*"
    error_message = "It writes logs of this account only."
  }
  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.logs[0].rule[0].expiration[0].days == 400
    error_message = "Logs are deleted after a year and a month."
  }
}

run "logs_for_ever" {
  command   = plan
  state_key = "for ever"
  variables {
    log_days = null
  }
  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.logs) == 0
    error_message = "Nothing is deleted."
  }
}

run "a_role_that_nobody_can_assume" {
  command = plan
  variables {
    roles = { Nobody = { trusted = [] } }
  }
  expect_failures = [var.roles]
}

run "a_bucket_with_a_bad_name" {
  command = plan
  variables {
    log_bucket = "Calls"
  }
  expect_failures = [var.log_bucket]
}
