mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mocked" }
  }
}

run "three_groups" {
  assert {
    condition     = join(" ", keys(output.group_arns)) == "Admin Developers Operators"
    error_message = "The groups: ${jsonencode(keys(output.group_arns))}."
  }
  assert {
    condition     = join(" ", keys(output.policy_arns)) == "ChangePassword ViewBilling"
    error_message = "The policies: ${jsonencode(keys(output.policy_arns))}."
  }
  assert {
    condition     = aws_iam_group_policy_attachment.managed["Operators/ReadOnlyAccess"].policy_arn == "arn:aws:iam::aws:policy/ReadOnlyAccess"
    error_message = "Managed policies have the ARN of AWS."
  }
  assert {
    condition     = length(aws_iam_group_policy_attachment.own) == 4
    error_message = "Everybody may change passwords, and operators see the bill."
  }
  assert {
    condition     = output.trail_arn == null && length(aws_s3_bucket.trail) == 0
    error_message = "There is no trail unless it is wanted."
  }
}

run "people" {
  variables {
    users = {
      yuki = { groups = ["Admin"] }
      ken  = { groups = ["Developers", "Operators"], console = false, access_key = true }
    }
  }
  assert {
    condition     = aws_iam_user_group_membership.this["ken"].groups == toset(["Developers", "Operators"])
    error_message = "Users are in their groups."
  }
  assert {
    condition     = join(" ", keys(nonsensitive(output.passwords))) == "yuki" && aws_iam_user_login_profile.this["yuki"].password_reset_required
    error_message = "Only who signs in has a password, which must be changed."
  }
  assert {
    condition     = join(" ", keys(nonsensitive(output.access_keys))) == "ken"
    error_message = "Only who wants one has an access key."
  }
}

run "trail" {
  command = plan
  variables {
    trail = { bucket = "calls" }
  }
  assert {
    condition     = aws_cloudtrail.this[0].is_multi_region_trail && aws_cloudtrail.this[0].enable_log_file_validation
    error_message = "It records all regions and can be verified."
  }
  assert {
    condition     = jsondecode(aws_s3_bucket_policy.trail[0].policy).Statement[1].Resource == "arn:aws:s3:::calls/AWSLogs/*"
    error_message = "It may write into its bucket."
  }
}

run "a_group_that_does_not_exist" {
  command = plan
  variables {
    users = { yuki = { groups = ["Managers"] } }
  }
  expect_failures = [aws_iam_user.this]
}

run "a_user_without_a_group" {
  command = plan
  variables {
    users = { yuki = { groups = [] } }
  }
  expect_failures = [var.users]
}

run "a_policy_that_is_none" {
  command = plan
  variables {
    policies = { Nothing = "all of it" }
  }
  expect_failures = [var.policies]
}

run "a_path_without_slashes" {
  command = plan
  variables {
    path = "staff"
  }
  expect_failures = [var.path]
}
