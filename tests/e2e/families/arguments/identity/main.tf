# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
  trust = { Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] }
  doc   = { for s in ["a", "b"] : s => jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:Get${s}", Resource = "*" }] }) }
}

resource "aws_iam_policy" "p" {
  name   = "p"
  policy = [local.doc.a, local.doc.b, local.doc.a][local.stage]
  tags   = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_iam_policy" "q" {
  name   = "q"
  policy = local.doc.a
}

resource "aws_iam_role" "r" {
  name                  = "r"
  assume_role_policy    = [jsonencode(local.trust), jsonencode(merge(local.trust, { Id = "x" })), jsonencode(local.trust)][local.stage]
  description           = [null, "a", "b"][local.stage]
  force_detach_policies = [null, true, null][local.stage]
  max_session_duration  = [null, 7200, 10800][local.stage]
  permissions_boundary  = [null, aws_iam_policy.p.arn, aws_iam_policy.q.arn][local.stage]
  tags                  = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_iam_role" "inline" {
  name                = "inline"
  assume_role_policy  = jsonencode(local.trust)
  managed_policy_arns = [null, [aws_iam_policy.p.arn], [aws_iam_policy.q.arn]][local.stage]
  dynamic "inline_policy" {
    for_each = [[], ["a"], ["b"]][local.stage]
    content {
      name   = inline_policy.value
      policy = local.doc[inline_policy.value]
    }
  }
}

resource "aws_iam_instance_profile" "i" {
  name = "i"
  role = [null, aws_iam_role.r.name, aws_iam_role.inline.name][local.stage]
  tags = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_iam_user" "u" {
  name          = ["u", "v", "w"][local.stage]
  path          = [null, "/a/", "/b/"][local.stage]
  force_destroy = [null, true, null][local.stage]
  tags          = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_iam_group" "g" {
  name = ["g", "h", "i"][local.stage]
  path = [null, "/a/", "/b/"][local.stage]
}

resource "aws_iam_user" "x" {
  name = "x"
}

resource "aws_iam_access_key" "x" {
  user   = aws_iam_user.x.name
  status = [null, "Inactive", "Active"][local.stage]
}

resource "aws_iam_account_password_policy" "p" {
  allow_users_to_change_password = [null, false, null][local.stage]
  hard_expiry                    = [null, true, null][local.stage]
  max_password_age               = [null, 30, 40][local.stage]
  minimum_password_length        = [null, 20, 21][local.stage]
  password_reuse_prevention      = [null, 3, 4][local.stage]
  require_lowercase_characters   = [null, true, null][local.stage]
  require_numbers                = [null, true, null][local.stage]
  require_symbols                = [null, true, null][local.stage]
  require_uppercase_characters   = [null, true, null][local.stage]
}

resource "aws_iam_openid_connect_provider" "o" {
  url             = "https://example.com"
  client_id_list  = [["a"], ["a", "b"], ["b", "c"]][local.stage]
  thumbprint_list = [["cf23df2207d99a74fbe169e3eba035e633b65d94"], ["9999999999999999999999999999999999999999"], ["cf23df2207d99a74fbe169e3eba035e633b65d94"]][local.stage]
  tags            = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_iam_service_linked_role" "s" {
  aws_service_name = "autoscaling.amazonaws.com"
  description      = [null, "a", "b"][local.stage]
  tags             = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_iam_policy_attachment" "a" {
  name       = "a"
  policy_arn = aws_iam_policy.z.arn
  users      = [[aws_iam_user.x.name], null, [aws_iam_user.x.name]][local.stage]
  groups     = [null, [aws_iam_group.z.name], null][local.stage]
}

resource "aws_iam_group" "z" {
  name = "z"
}

resource "aws_iam_group_policy" "g" {
  group  = aws_iam_group.z.name
  name   = "x"
  policy = [local.doc.a, local.doc.b, local.doc.a][local.stage]
}

resource "aws_iam_user_group_membership" "g" {
  user   = aws_iam_user.x.name
  groups = [[], [aws_iam_group.z.name], []][local.stage]
}

resource "aws_iam_group_membership" "g" {
  name  = "z"
  group = aws_iam_group.y.name
  users = [[], [aws_iam_user.x.name], []][local.stage]
}

resource "aws_iam_policy" "z" {
  name   = "z"
  policy = local.doc.a
}

resource "aws_iam_group" "y" {
  name = "y"
}
