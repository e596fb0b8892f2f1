data "aws_partition" "current" {}

locals {
  own_policies = {
    ChangePassword = {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "OwnPassword"
          Effect   = "Allow"
          Action   = ["iam:ChangePassword", "iam:GetUser"]
          Resource = "arn:${data.aws_partition.current.partition}:iam::*:user/*$${aws:username}"
        },
        {
          Sid      = "Rules"
          Effect   = "Allow"
          Action   = "iam:GetAccountPasswordPolicy"
          Resource = "*"
        },
      ]
    }
    ViewBilling = {
      Version = "2012-10-17"
      Statement = [{
        Sid      = "Billing"
        Effect   = "Allow"
        Action   = ["aws-portal:View*", "billing:Get*", "billing:List*", "ce:Get*", "ce:List*", "cur:Describe*"]
        Resource = "*"
      }]
    }
  }

  documents = merge({ for name, document in local.own_policies : name => jsonencode(document) }, var.policies)
  used      = toset(flatten([for group in var.groups : group.policies]))

  managed = merge([
    for name, group in var.groups : {
      for policy in group.managed_policies : "${name}/${policy}" => { group = name, policy = policy }
    }
  ]...)
  attached = merge([
    for name, group in var.groups : {
      for policy in group.policies : "${name}/${policy}" => { group = name, policy = policy }
    }
  ]...)
}

resource "aws_iam_group" "this" {
  for_each = var.groups

  name = each.key
  path = var.path
}

resource "aws_iam_policy" "this" {
  for_each = local.used

  name   = each.key
  path   = var.path
  policy = local.documents[each.key]
  tags   = var.tags

  lifecycle {
    precondition {
      condition     = contains(keys(local.documents), each.key)
      error_message = "There is no policy ${each.key}: give it in the input policies."
    }
  }
}

resource "aws_iam_group_policy_attachment" "managed" {
  for_each = local.managed

  group      = aws_iam_group.this[each.value.group].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/${each.value.policy}"
}

resource "aws_iam_group_policy_attachment" "own" {
  for_each = local.attached

  group      = aws_iam_group.this[each.value.group].name
  policy_arn = aws_iam_policy.this[each.value.policy].arn
}

resource "aws_iam_user" "this" {
  for_each = var.users

  name          = each.key
  path          = var.path
  force_destroy = true
  tags          = var.tags

  lifecycle {
    precondition {
      condition     = length(setsubtract(each.value.groups, keys(var.groups))) == 0
      error_message = "${each.key} is in groups that do not exist: ${join(", ", setsubtract(each.value.groups, keys(var.groups)))}."
    }
  }
}

resource "aws_iam_user_group_membership" "this" {
  for_each = var.users

  user   = aws_iam_user.this[each.key].name
  groups = [for group in each.value.groups : aws_iam_group.this[group].name]
}

resource "aws_iam_user_login_profile" "this" {
  for_each = { for name, user in var.users : name => user if user.console }

  user                    = aws_iam_user.this[each.key].name
  password_reset_required = true

  lifecycle {
    # People change it.
    ignore_changes = [password_reset_required]
  }
}

resource "aws_iam_access_key" "this" {
  for_each = { for name, user in var.users : name => user if user.access_key }

  user = aws_iam_user.this[each.key].name
}
