# Who may do what, by role: three groups with policies of AWS's and of our own, people in the groups, and a trail of
# what all of them do. Policies hang on groups, never on people.

provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}

variable "people" {
  type = map(object({ group = string, key = optional(bool, false) }))
  default = {
    aki  = { group = "Admin" }
    ken  = { group = "Developers", key = true }
    yuki = { group = "Operators" }
  }
}

locals {
  managed = { Admin = "AdministratorAccess", Developers = "PowerUserAccess", Operators = "ReadOnlyAccess" }
}

data "aws_iam_policy" "managed" {
  for_each = local.managed
  name     = each.value
}

data "aws_iam_policy_document" "change_password" {
  statement {
    actions   = ["iam:ChangePassword"]
    resources = ["arn:aws:iam::*:user/$${aws:username}"]
  }
  statement {
    actions   = ["iam:GetAccountPasswordPolicy"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "change_password" {
  name   = "ChangePassword"
  policy = data.aws_iam_policy_document.change_password.json
}

resource "aws_iam_policy" "view_billing" {
  name = "ViewBilling"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["aws-portal:ViewBilling", "aws-portal:ViewUsage"], Resource = "*" }]
  })
}

resource "aws_iam_group" "role" {
  for_each = local.managed
  name     = each.key
}

resource "aws_iam_group_policy_attachment" "managed" {
  for_each   = local.managed
  group      = aws_iam_group.role[each.key].name
  policy_arn = data.aws_iam_policy.managed[each.key].arn
}

resource "aws_iam_group_policy_attachment" "change_password" {
  for_each   = aws_iam_group.role
  group      = each.value.name
  policy_arn = aws_iam_policy.change_password.arn
}

resource "aws_iam_group_policy_attachment" "view_billing" {
  group      = aws_iam_group.role["Operators"].name
  policy_arn = aws_iam_policy.view_billing.arn
}

resource "aws_iam_user" "person" {
  for_each = var.people
  name     = each.key
}

resource "aws_iam_user_group_membership" "person" {
  for_each = var.people
  user     = aws_iam_user.person[each.key].name
  groups   = [aws_iam_group.role[each.value.group].name]
}

resource "aws_iam_user_login_profile" "person" {
  for_each                = var.people
  user                    = aws_iam_user.person[each.key].name
  password_reset_required = true
}

resource "aws_iam_access_key" "person" {
  for_each = { for name, person in var.people : name => person if person.key }
  user     = aws_iam_user.person[each.key].name
}

resource "aws_s3_bucket" "trail" {
  bucket        = "trail-of-all-regions"
  force_destroy = true
}

data "aws_iam_policy_document" "trail" {
  statement {
    actions   = ["s3:GetBucketAcl"]
    resources = [aws_s3_bucket.trail.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
  }
  statement {
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.trail.arn}/AWSLogs/*"]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
  }
}

resource "aws_s3_bucket_policy" "trail" {
  bucket = aws_s3_bucket.trail.id
  policy = data.aws_iam_policy_document.trail.json
}

resource "aws_cloudtrail" "all" {
  name                          = "all-regions"
  s3_bucket_name                = aws_s3_bucket.trail.id
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
  depends_on                    = [aws_s3_bucket_policy.trail]
}
