# Three groups by role. Policies hang on groups, never on users.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  groups = {
    Admin      = { managed = ["AdministratorAccess"], custom = ["ChangePassword"] }
    Developers = { managed = ["PowerUserAccess"], custom = ["ChangePassword"] }
    Operators  = { managed = ["ReadOnlyAccess"], custom = ["ChangePassword", "ViewBilling"] }
  }

  custom_policies = {
    ChangePassword = {
      description = "Users may change their own password"
      json        = data.aws_iam_policy_document.change_password.json
    }
    ViewBilling = {
      description = "Read access to bills and costs"
      json        = data.aws_iam_policy_document.view_billing.json
    }
  }

  # One entry for each policy on each group, such as "Operators/ViewBilling".
  attachments = merge([
    for group, policies in local.groups : merge(
      { for name in policies.managed : "${group}/${name}" => {
        group = group
        arn   = "arn:${data.aws_partition.current.partition}:iam::aws:policy/${name}"
      } },
      { for name in policies.custom : "${group}/${name}" => {
        group = group
        arn   = aws_iam_policy.custom[name].arn
      } },
    )
  ]...)
}

data "aws_iam_policy_document" "change_password" {
  statement {
    sid       = "OwnPassword"
    actions   = ["iam:ChangePassword"]
    resources = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:user/*/&{aws:username}"]
  }

  statement {
    sid       = "PasswordRules"
    actions   = ["iam:GetAccountPasswordPolicy"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "view_billing" {
  statement {
    sid = "ViewBilling"
    actions = [
      "billing:Get*",
      "billing:List*",
      "ce:Describe*",
      "ce:Get*",
      "cur:Describe*",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_group" "role" {
  for_each = local.groups

  name = each.key
}

resource "aws_iam_policy" "custom" {
  for_each = local.custom_policies

  name        = each.key
  description = each.value.description
  policy      = each.value.json
}

resource "aws_iam_group_policy_attachment" "role" {
  for_each = local.attachments

  group      = aws_iam_group.role[each.value.group].name
  policy_arn = each.value.arn
}

resource "aws_iam_user" "person" {
  for_each = var.users

  name = each.key
  path = each.value.path
}

resource "aws_iam_user_group_membership" "person" {
  for_each = var.users

  user   = aws_iam_user.person[each.key].name
  groups = [for group in each.value.groups : aws_iam_group.role[group].name]
}
